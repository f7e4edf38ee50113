"""When a stored home zone may change: a location near a border, entered repeatedly, must never flip between zones."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from mapservice.errors import MovedTooSoonError
from mapservice.geo.zones import ZoneId, path

#: How long a wrong choice can be corrected.
CORRECTION = dt.timedelta(hours=24)

#: Maximum number of corrections in that time.
MAX_CORRECTIONS = 2

#: Minimum time between two moves.
COOLDOWN = dt.timedelta(days=90)


class Change(StrEnum):
    """The effect of choosing a zone on the stored home zone."""

    FIRST = "first"
    NONE = "none"
    REFINED = "refined"
    CORRECTED = "corrected"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Home:
    """The stored home zone, the time of its last change, and the number of corrections since the last cooldown."""

    zone_id: ZoneId
    since: dt.datetime
    corrections: int = 0


@dataclass(frozen=True, slots=True)
class FormerHome:
    """What is kept of a deleted home zone until its cooldown is over: the day of its last change, and no zone."""

    changed_on: dt.date
    corrections: int = 0

    @property
    def since(self) -> dt.datetime:
        """The start of that day, in UTC."""
        return dt.datetime.combine(self.changed_on, dt.time(), dt.UTC)


def change(home: Home | FormerHome | None, chosen: ZoneId, *, now: dt.datetime) -> Change:
    """Return the effect of choosing a zone: a coarser one changes nothing, a finer one inside the home refines it.

    The zone of a deleted home is unknown, so that any choice counts as a move.

    :raise MovedTooSoonError: if the zone is elsewhere, the home can no longer be corrected, and the last change is too
        recent for a move.

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
    """Return whether a home may still be corrected: twice, on the first day. A deleted home only has a date."""
    is_first_day = (
        now - home.since < CORRECTION if isinstance(home, Home) else now.date() - home.changed_on <= CORRECTION
    )
    return is_first_day and home.corrections < MAX_CORRECTIONS


def next_move_date(home: Home | FormerHome) -> dt.date:
    """Return the day from which another zone may be chosen."""
    return (home.since + COOLDOWN).date() + dt.timedelta(days=isinstance(home, Home))


def next_home(home: Home | FormerHome | None, chosen: ZoneId, *, now: dt.datetime) -> Home:
    """Return the home after a zone was chosen; a correction does not extend the time for corrections.

    :raise MovedTooSoonError: as :func:`change`.
    """
    effect = change(home, chosen, now=now)
    if home is None or effect in {Change.FIRST, Change.MOVED}:
        return Home(chosen, now)
    if effect is Change.CORRECTED:
        return Home(chosen, home.since, home.corrections + 1)
    if effect is Change.REFINED:
        # The number of corrections is reset only after a cooldown; refining would otherwise grant new ones.
        return Home(chosen, now, 0 if now - home.since >= COOLDOWN else home.corrections)
    return home if isinstance(home, Home) else Home(chosen, now)
