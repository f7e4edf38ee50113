"""How precisely a location may be shown: the level offered by rarity, and fixed limits."""

import datetime as dt
from collections.abc import Sequence

from mapservice.errors import TooFineError
from mapservice.geo.zones import Level, Zone, is_finer

#: Minimum number of expected people with the condition in a zone that is offered. Source:
#: docs/decisions/0002-rarity.md.
MIN_EXPECTED_PEOPLE = 11

#: Prevalence per 100,000 people that is assumed if unknown: that of a rare disease.
UNKNOWN_PREVALENCE = 2.0

#: Finest level for a member who represents a minor or is under 18.
FINEST_FOR_MINORS = Level.REGION


def expected_people(zone: Zone, prevalence: float | None) -> float:
    """Return how many people with a condition are expected in a zone, from the prevalence per 100,000.

    >>> expected_people(Zone("DE.1.1.1", 1, Level.AREA, "Ulm", 100_000, b""), None)
    2.0
    """
    return (UNKNOWN_PREVALENCE if prevalence is None else prevalence) * zone.people / 100_000


def offered_level(path: Sequence[Zone], prevalence: float | None, *, for_minor: bool = False) -> Level:
    """Return the default level for a member: the finest whose zone holds enough people with the condition.

    ``path`` are the zones of the home from the country down. If not even the country holds enough, the country is
    returned.
    """
    enough = [zone.level for zone in path if expected_people(zone, prevalence) >= MIN_EXPECTED_PEOPLE]
    offered = enough[-1] if enough else Level.COUNTRY
    return FINEST_FOR_MINORS if for_minor and is_finer(offered, than=FINEST_FOR_MINORS) else offered


def is_minor(minor_until: dt.date | None, today: dt.date) -> bool:
    """Return whether a member is under 18; ``minor_until`` is the first day of the month in which they turn 18."""
    return minor_until is not None and today < minor_until


def check_level(level: Level, *, for_minor: bool) -> None:
    """Reject a level that is too fine for a minor.

    :raise TooFineError: if the member represents a minor and the level is finer than region.
    """
    if for_minor and is_finer(level, than=FINEST_FOR_MINORS):
        raise TooFineError


def needs_second_consent(level: Level, offered: Level) -> bool:
    """Return whether a level needs a second consent, which states how few people with the condition live there."""
    return is_finer(level, than=offered)
