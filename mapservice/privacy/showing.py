"""A member's request to be shown, and the conditions that it has to meet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mapservice.errors import MovedTooSoonError, TooFineError
from mapservice.geo.zones import Zone, path
from mapservice.privacy.home_changes import Change, FormerHome, Home, change
from mapservice.privacy.precision import check_level, needs_second_consent, offered_level
from mapservice.privacy.visibility import Audience, is_wider


class Obstacle(StrEnum):
    """A reason why a request cannot be granted yet."""

    TOO_FINE = "too_fine"
    NEEDS_CONSENT = "needs_consent"
    SAY_MOVED = "say_moved"
    MOVED_TOO_SOON = "moved_too_soon"
    CONFIRM_IDENTITY = "confirm_identity"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request: a zone (the last of its ``path`` from the country down), an audience, and the confirmations given."""

    path: Sequence[Zone]
    audience: Audience
    agrees_to_finer: bool
    says_moved: bool

    @property
    def zone(self) -> Zone:
        """The requested zone."""
        return self.path[-1]


def obstacles(
    wish: Wish, home: Home | FormerHome | None, *, prevalence: float | None, for_minor: bool, now: dt.datetime
) -> list[Obstacle]:
    """Return all obstacles to a request, so that a form can show them together; empty if there are none."""
    return [
        obstacle
        for obstacle in (_level_obstacle(wish, prevalence, for_minor), _home_obstacle(wish, home, now))
        if obstacle is not None
    ]


def is_more_visible(
    zone_before: str | None, audience_before: Audience, zone_after: str | None, audience_after: Audience
) -> bool:
    """Return whether a change shows a member to more people or more finely, which requires confirming the password."""
    if audience_after is Audience.NOBODY or zone_after is None:
        return False
    if zone_before is None or is_wider(audience_after, than=audience_before):
        return True
    # A finer zone, or a zone elsewhere, reveals something that was not visible before.
    return zone_after not in path(zone_before)


def only_narrows(zone_before: str | None, audience_before: Audience, zone_after: str, audience_after: Audience) -> bool:
    """Return whether a change shows the same zone or one that contains it, to the same audience or a narrower one.

    Such a change may be submitted from an outdated form.
    """
    if zone_before is None or zone_after not in path(zone_before):
        return False
    return not is_more_visible(zone_before, audience_before, zone_after, audience_after)


def _level_obstacle(wish: Wish, prevalence: float | None, for_minor: bool) -> Obstacle | None:
    try:
        check_level(wish.zone.level, for_minor=for_minor)
    except TooFineError:
        return Obstacle.TOO_FINE
    offered = offered_level(wish.path, prevalence, for_minor=for_minor)
    asks = wish.audience is not Audience.NOBODY and needs_second_consent(wish.zone.level, offered)
    return Obstacle.NEEDS_CONSENT if asks and not wish.agrees_to_finer else None


def _home_obstacle(wish: Wish, home: Home | FormerHome | None, now: dt.datetime) -> Obstacle | None:
    try:
        effect = change(home, wish.zone.id, now=now)
    except MovedTooSoonError:
        return Obstacle.MOVED_TOO_SOON
    return Obstacle.SAY_MOVED if effect is Change.MOVED and not wish.says_moved else None
