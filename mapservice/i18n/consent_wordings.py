"""The consents to be shown, as they are read and as they are kept.

What is kept has gaps for the zone and the figure, which stand in columns of their own: so forgetting a place can blank
them, and nothing in the words tells where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mapservice.i18n.labels import expected
from mapservice.i18n.translation import gettext
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Consent


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The consent to be shown and the second one as they are kept, with gaps for the zone and the figure."""

    shown: str
    finer: str


#: The consent to be shown, by audience.
SHOWN = {
    Audience.CONDITION: _l("I agree to be shown to the members of this condition in this zone: {zone}."),
    Audience.MEMBERS: _l("I agree to be shown to all signed-in members in this zone: {zone}."),
}

#: The second consent, where few people with the condition live.
FINER = _l(
    "I understand that we expect {figure} with this condition in this zone. Someone who knows the patients there "
    "can recognise me. I still want to be shown there."
)

#: What stands above it, and before it in what is kept.
ABOUT = _l("About this zone: {zone}.")

#: What stands in the gaps of a consent whose place was forgotten.
_NO_ZONE = _l("(no longer stored)")
_NO_FIGURE = _l("few people")


def shown(audience: Audience, zone: str) -> str:
    """The consent to be shown to an audience in a zone, by its name in words."""
    return str(SHOWN[audience]).replace("{zone}", zone)


def about(zone: str) -> str:
    """What stands above the second consent: the zone that it is given for, by its name in words."""
    return str(ABOUT).replace("{zone}", zone)


def finer(figure: str) -> str:
    """The second consent for a zone in which so many people with the condition are expected, in words."""
    return str(FINER).replace("{figure}", figure)


def finer_of(zones: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """What a page says that offers several zones, as (zone, figure) in words: above the second consent, and in it."""
    if len(zones) == 1:
        [(zone, figure)] = zones
        return about(zone), finer(figure)
    named = "; ".join(gettext("%(zone)s: %(figure)s", zone=zone, figure=figure) for zone, figure in zones)
    return about(named) if zones else "", finer(gettext("no more people than stated above"))


def read(consent: Consent, names: dict[str, str]) -> str:
    """A consent as it was read; ``names`` are zones in words by their ids."""
    zone = names.get(consent.zone_id or "", str(_NO_ZONE))
    figure = str(_NO_FIGURE) if consent.expected_people is None else expected(consent.expected_people)
    return consent.wording.replace("{zone}", zone).replace("{figure}", figure)


def kept(audience: Audience) -> ConsentWords:
    """Return the words that are kept of the consents to be shown to an audience; nobody needs none."""
    return ConsentWords(str(SHOWN.get(audience, "")), f"{ABOUT} {FINER}")
