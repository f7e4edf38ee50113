"""How a member stands on the map of a condition, in one sentence: as what, where, and to whom."""

from flask_babel import gettext as _

from mapservice.db import get_session
from mapservice.geo.zones import Level, level_of
from mapservice.i18n.labels import ROLES, zone_name
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.tables import Membership
from mapservice.store.zones import tree

#: These are drawn as a number at a zone's name; the finer ones as a pin.
_NUMBERS = (Level.COUNTRY, Level.REGION)


def standing(own: Membership | None) -> str:
    """What others see of a member, in words; empty for who shows nothing."""
    if own is None or own.shown_zone is None or own.audience == Audience.NOBODY:
        return ""
    zone_id = own.shown_zone
    name = zone_name(zone_id, tree.names(get_session(), [zone_id])[zone_id])
    who = {
        Audience.CONDITION: _("the members of this condition"),
        Audience.MEMBERS: _("all signed-in members"),
    }[Audience(own.audience)]
    words = {"role": ROLES[Role(own.role)], "zone": name, "who": who}
    if level_of(zone_id) in _NUMBERS:
        return _("You are shown to %(who)s as: %(role)s, one in the number of %(zone)s, without a pin.", **words)
    return _("You are shown to %(who)s as: %(role)s, a pin somewhere in: %(zone)s.", **words)
