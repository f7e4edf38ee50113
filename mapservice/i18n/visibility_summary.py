"""One sentence that says how others see a member on the map of a condition: role, zone and audience."""

from collections.abc import Mapping

from mapservice.geo.zones import Level, ZoneId, level_of
from mapservice.i18n.labels import ROLES, zone_name
from mapservice.i18n.translation import gettext as _
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.tables import Membership

#: Levels that are drawn as a number at the name of the zone; finer ones as a pin.
_NUMBERS = (Level.COUNTRY, Level.REGION)


def visibility_summary(own: Membership | None, zone_names: Mapping[ZoneId, str], *, contacts: int) -> str:
    """Return what others see of a member; empty if they are not shown.

    ``zone_names`` are names by zone id, ``contacts`` is the number of their contacts in the condition.
    """
    if own is None or own.shown_zone is None or own.audience == Audience.NOBODY:
        return ""
    zone_id = own.shown_zone
    name = zone_name(zone_id, zone_names[zone_id])
    if own.audience == Audience.CONTACTS and not contacts:
        return _("You have no contacts here yet. Nobody sees you until you and someone else agree to be contacts.")
    words = {"role": ROLES[Role(own.role)], "zone": name}
    has_pin = level_of(zone_id) not in _NUMBERS
    match Audience(own.audience), has_pin:
        case Audience.CONTACTS, True:
            return _(
                "Only your contacts here can see you: %(role)s, %(zone)s, with a pin somewhere in that zone.", **words
            )
        case Audience.CONTACTS, False:
            return _("Only your contacts here can see you: %(role)s, %(zone)s, without a pin.", **words)
        case Audience.CONDITION, True:
            return _(
                "The members of this condition can see you: %(role)s, %(zone)s, with a pin somewhere in that zone.",
                **words,
            )
        case Audience.CONDITION, False:
            return _("The members of this condition can see you: %(role)s, %(zone)s, without a pin.", **words)
        case _audience, True:
            return _(
                "All signed-in members can see you: %(role)s, %(zone)s, with a pin somewhere in that zone.", **words
            )
    return _("All signed-in members can see you: %(role)s, %(zone)s, without a pin.", **words)
