"""The form with which a member filters the map."""

from wtforms import SelectField
from wtforms.fields import SelectChoice

from mapservice.i18n.labels import ROLES
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.site.forms import QueryForm


class FilterForm(QueryForm):
    """The role that the map and its table show; empty for all."""

    role = SelectField(
        _l("Show"),
        choices=[SelectChoice("", _l("everyone")), *(SelectChoice(role.value, words) for role, words in ROLES.items())],
        default="",
        render_kw={"autocomplete": "off"},
    )
