"""How finely a place may be shown: the level offered by rarity, and the bounds nobody can lift."""

import datetime as dt
from collections.abc import Sequence

from mapservice.errors import TooFineError
from mapservice.geo.zones import Level, Zone, is_finer

#: People with the condition whom a zone should hold before it is offered. Source: docs/decisions/0002-rarity.md.
MIN_EXPECTED_PEOPLE = 11

#: Prevalence per 100,000 people that is assumed where none is known: that of a rare disease.
UNKNOWN_PREVALENCE = 2.0

#: Who speaks for somebody under 18, or is under 18, shows no more than this.
FINEST_FOR_MINORS = Level.REGION


def expected_people(zone: Zone, prevalence: float | None) -> float:
    """How many people in a zone have a condition, by its prevalence per 100,000.

    >>> expected_people(Zone("DE.1.1.1", 1, Level.AREA, "Ulm", 100_000, b""), None)
    2.0
    """
    return (UNKNOWN_PREVALENCE if prevalence is None else prevalence) * zone.people / 100_000


def offered_level(path: Sequence[Zone], prevalence: float | None, *, for_minor: bool = False) -> Level:
    """The level a member is offered first: the finest whose zone holds enough people with the condition.

    ``path`` are the zones of the home from the country down. Where not even the country holds enough,
    it is the country all the same.
    """
    enough = [zone.level for zone in path if expected_people(zone, prevalence) >= MIN_EXPECTED_PEOPLE]
    offered = enough[-1] if enough else Level.COUNTRY
    return FINEST_FOR_MINORS if for_minor and is_finer(offered, than=FINEST_FOR_MINORS) else offered


def is_minor(minor_until: dt.date | None, today: dt.date) -> bool:
    """Whether somebody is under 18, of whom is known at most the month in which they turn 18, by its first day."""
    return minor_until is not None and today < minor_until


def check_level(level: Level, *, for_minor: bool) -> None:
    """Refuse a level that tells too much of a child.

    :raise TooFineError: if the member speaks for somebody under 18 and the level is finer than region.
    """
    if for_minor and is_finer(level, than=FINEST_FOR_MINORS):
        raise TooFineError


def needs_second_consent(level: Level, offered: Level) -> bool:
    """Whether showing a level asks for a consent that names how few people with the condition live there."""
    return is_finer(level, than=offered)
