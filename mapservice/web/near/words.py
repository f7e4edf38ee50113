"""The words for how near people are. There is no distance among them: we know none."""

from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.nearness import Nearness

#: The groups, as in "My area".
GROUPS = {
    Nearness.AREA: _l("My area"),
    Nearness.DISTRICT: _l("My district"),
    Nearness.REGION: _l("My region"),
    Nearness.COUNTRY: _l("My country"),
    Nearness.ELSEWHERE: _l("Other countries"),
}

#: The titles of their lists.
LISTS = {
    Nearness.AREA: _l("People in your area"),
    Nearness.DISTRICT: _l("People in your district"),
    Nearness.REGION: _l("People in your region"),
    Nearness.COUNTRY: _l("People in your country"),
    Nearness.ELSEWHERE: _l("People in other countries"),
}
