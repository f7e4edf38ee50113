"""The wordings of the consents to be shown, as displayed and as stored.

The stored wording has placeholders for the zone and the number of expected people, which are separate columns:
deleting a location can blank them, and the wording reveals nothing about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mapservice.geo.zones import ZoneId
from mapservice.i18n.labels import expected
from mapservice.i18n.translation import gettext
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Consent


@dataclass(frozen=True, slots=True)
class ConsentWords:
    """The consent to be shown and the second consent as stored, with placeholders for the zone and the figure."""

    shown: str
    finer: str


#: The consent to be shown, by audience.
SHOWN = {
    Audience.CONTACTS: _l("I agree to be shown to my contacts in this community in this zone: {zone}."),
    Audience.CONDITION: _l("I agree to be shown to the members of this condition in this zone: {zone}."),
    Audience.MEMBERS: _l("I agree to be shown to all signed-in members in this zone: {zone}."),
}

#: The second consent, for zones in which few people with the condition live.
FINER = _l(
    "I understand that we expect {figure} with this condition in this zone. Someone who knows the patients there "
    "can recognise me. I still want to be shown there."
)

#: The sentence displayed above the second consent, and stored before it.
ABOUT = _l("About this zone: {zone}.")

#: What replaces the placeholders of a consent whose location was deleted.
_NO_ZONE = _l("(no longer stored)")
_NO_FIGURE = _l("few people")


def shown_consent(audience: Audience, zone: str) -> str:
    """Return the consent to be shown to an audience in a zone, given by its displayed name."""
    return str(SHOWN[audience]).replace("{zone}", zone)


def second_consent_intro(zone: str) -> str:
    """Return the sentence above the second consent, with the displayed name of the zone."""
    return str(ABOUT).replace("{zone}", zone)


def second_consent(figure: str) -> str:
    """Return the second consent for a zone in which ``figure`` people with the condition are expected."""
    return str(FINER).replace("{figure}", figure)


def second_consents(zones: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return sentence and second consent for a page that offers several zones, each as (zone name, figure)."""
    if len(zones) == 1:
        [(zone, figure)] = zones
        return second_consent_intro(zone), second_consent(figure)
    named = "; ".join(gettext("%(zone)s: %(figure)s", zone=zone, figure=figure) for zone, figure in zones)
    return second_consent_intro(named) if zones else "", second_consent(gettext("no more people than stated above"))


def displayed(consent: Consent, names: Mapping[ZoneId, str]) -> str:
    """Return a stored consent as it was read; ``names`` are the displayed names of zones by id."""
    zone = names.get(consent.zone_id, str(_NO_ZONE)) if consent.zone_id else str(_NO_ZONE)
    figure = str(_NO_FIGURE) if consent.expected_people is None else expected(consent.expected_people)
    return consent.wording.replace("{zone}", zone).replace("{figure}", figure)


def wordings_to_store(audience: Audience) -> ConsentWords:
    """Return the wordings to store for being shown to an audience; empty for nobody."""
    return ConsentWords(str(SHOWN.get(audience, "")), f"{ABOUT} {FINER}")
