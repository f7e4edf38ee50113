"""When a stored place may change: a border case that is entered again and again must never flip."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mapservice.errors import MovedTooSoonError
from mapservice.geo.zones import path

#: A wrong choice can be corrected freely for this long.
CORRECTION = dt.timedelta(hours=24)

#: Somebody who moved can say so again after this long.
REST = dt.timedelta(days=90)


class Change(StrEnum):
    """What a newly chosen zone does to the stored one."""

    FIRST = "first"
    NONE = "none"
    REFINED = "refined"
    CORRECTED = "corrected"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Home:
    """The stored zone, and since when it stands."""

    zone_id: str
    since: dt.datetime


def change(home: Home | None, chosen: str, *, now: dt.datetime) -> Change:
    """What choosing a zone does to the home: a coarser one changes nothing, a finer one inside it refines it.

    :raise MovedTooSoonError: if the zone lies elsewhere, the first day is over and the last change too recent.

    Source: docs/decisions/0004-moving.md.
    """
    if home is None:
        return Change.FIRST
    if chosen in path(home.zone_id):
        return Change.NONE
    if home.zone_id in path(chosen):
        return Change.REFINED
    age = now - home.since
    if age < CORRECTION:
        return Change.CORRECTED
    if age < REST:
        raise MovedTooSoonError
    return Change.MOVED


def next_home(home: Home | None, chosen: str, *, now: dt.datetime) -> Home:
    """The home after a zone was chosen; a correction does not prolong the day in which it is free.

    :raise MovedTooSoonError: as :func:`change`.
    """
    what = change(home, chosen, now=now)
    if home is None or what in {Change.REFINED, Change.MOVED}:
        return Home(chosen, now)
    return home if what is Change.NONE else Home(chosen, home.since)
