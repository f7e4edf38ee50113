"""When a stored place may change: a border case that is entered again and again must never flip."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mapservice.errors import MovedTooSoonError
from mapservice.geo.zones import path

#: A wrong choice can be corrected freely for this long.
CORRECTION = dt.timedelta(hours=24)

#: How often, on that day.
MAX_CORRECTIONS = 2

#: Somebody who moved can say so again after this long.
COOLDOWN = dt.timedelta(days=90)


class Change(StrEnum):
    """What a newly chosen zone does to the stored one."""

    FIRST = "first"
    NONE = "none"
    REFINED = "refined"
    CORRECTED = "corrected"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Home:
    """The stored zone, since when it stands, and how often it was corrected since the last rest."""

    zone_id: str
    since: dt.datetime
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class FormerHome:
    """What is kept of a home that was deleted, until the rest is over: the day of its last change, and no zone."""

    changed_on: dt.date
    corrections: int = 0

    @property
    def since(self) -> dt.datetime:
        """The day as a moment: its beginning, in UTC."""
        return dt.datetime.combine(self.changed_on, dt.time(), dt.UTC)


def change(home: Home | FormerHome | None, chosen: str, *, now: dt.datetime) -> Change:
    """What choosing a zone does to the home: a coarser one changes nothing, a finer one inside it refines it.

    Of a home that was deleted nobody knows where it was: whatever is chosen then counts as lying elsewhere.

    :raise MovedTooSoonError: if the zone lies elsewhere, the corrections of the first day are used up or the day is
        over, and the last change is too recent.

    Source: docs/decisions/0004-moving.md, 0021-two-corrections.md.
    """
    if home is None:
        return Change.FIRST
    if isinstance(home, Home):
        if chosen in path(home.zone_id):
            return Change.NONE
        if home.zone_id in path(chosen):
            return Change.REFINED
    if may_correct(home, now=now):
        return Change.CORRECTED
    if now - home.since < COOLDOWN:
        raise MovedTooSoonError
    return Change.MOVED if isinstance(home, Home) else Change.FIRST


def may_correct(home: Home | FormerHome, *, now: dt.datetime) -> bool:
    """Whether a home may be corrected still: twice, on the first day. Of a deleted one only the date is known."""
    is_first_day = (
        now - home.since < CORRECTION if isinstance(home, Home) else now.date() - home.changed_on <= CORRECTION
    )
    return is_first_day and home.corrections < MAX_CORRECTIONS


def free_again(home: Home | FormerHome) -> dt.date:
    """The day from which another zone may be chosen."""
    return (home.since + COOLDOWN).date() + dt.timedelta(days=isinstance(home, Home))


def next_home(home: Home | FormerHome | None, chosen: str, *, now: dt.datetime) -> Home:
    """The home after a zone was chosen; a correction does not prolong the day in which it is free.

    :raise MovedTooSoonError: as :func:`change`.
    """
    what = change(home, chosen, now=now)
    if home is None or what in {Change.FIRST, Change.MOVED}:
        return Home(chosen, now)
    if what is Change.CORRECTED:
        return Home(chosen, home.since, home.corrections + 1)
    if what is Change.REFINED:
        # Corrections come back only after a rest, or refining would be a way to more of them.
        return Home(chosen, now, 0 if now - home.since >= COOLDOWN else home.corrections)
    return home if isinstance(home, Home) else Home(chosen, now)
