"""How near people are: the smallest zone that holds both the viewer's own home and the zone that a person shows them.

The home of the other person plays no part: only what they show to this viewer. Distance is a word, never a number.
"""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mapservice.geo.zones import ZoneId, path
from mapservice.privacy.profiles import Duration, LookingFor, ProfilePart
from mapservice.privacy.visibility import Role

#: The fewest people with a language, a wish or a duration of whom a number is shown.
MIN_COUNT = 5


class Nearness(StrEnum):
    """How near somebody is to the viewer's home, nearest first."""

    AREA = "area"
    DISTRICT = "district"
    REGION = "region"
    COUNTRY = "country"
    ELSEWHERE = "elsewhere"


# From the coarsest level of a zone to the finest, as in the path of a zone.
_BY_DEPTH = (Nearness.COUNTRY, Nearness.REGION, Nearness.DISTRICT, Nearness.AREA)

#: Where parts of profiles are counted. In smaller zones a number would describe few people.
COUNTED = (Nearness.REGION, Nearness.COUNTRY)


@dataclass(frozen=True, slots=True)
class Surrounding:
    """The people who are as near as ``nearness``: they show a zone ``within`` one, and not within ``nearer``.

    ``within`` is None for the whole world, ``nearer`` None where nothing is nearer.
    """

    nearness: Nearness
    within: ZoneId | None
    nearer: ZoneId | None


@dataclass(frozen=True, slots=True)
class Sought:
    """What a viewer filters people by. Each but the role is a part of the profile, which has an audience of its own."""

    role: Role | None = None
    language: str | None = None
    looking_for: LookingFor | None = None
    duration: Duration | None = None

    @property
    def of_profile(self) -> dict[ProfilePart, str]:
        """Return the filters by parts of the profile."""
        parts = {
            ProfilePart.LANGUAGES: self.language,
            ProfilePart.LOOKING_FOR: self.looking_for,
            ProfilePart.DURATION: self.duration,
        }
        return {part: value for part, value in parts.items() if value}


def surroundings(home: ZoneId) -> dict[Nearness, Surrounding]:
    """Return the groups of people around a home, nearest first; none is finer than the home itself.

    >>> [(one.within, one.nearer) for one in surroundings(ZoneId("DE.3.7")).values()]
    [('DE.3.7', None), ('DE.3', 'DE.3.7'), ('DE', 'DE.3'), (None, 'DE')]
    """
    steps = path(home)
    groups = [
        Surrounding(_BY_DEPTH[depth], zone, steps[depth + 1] if depth + 1 < len(steps) else None)
        for depth, zone in enumerate(steps)
    ]
    return {one.nearness: one for one in [*reversed(groups), Surrounding(Nearness.ELSEWHERE, None, steps[0])]}


def nearness(home: ZoneId, shown: ZoneId) -> Nearness:
    """Return how near a person is who shows a zone.

    >>> nearness(ZoneId("DE.3.7.2"), ZoneId("DE.3")), nearness(ZoneId("DE.3"), ZoneId("DE.3.7.2"))
    (<Nearness.REGION: 'region'>, <Nearness.REGION: 'region'>)
    >>> nearness(ZoneId("DE.3.7.2"), ZoneId("FR.1"))
    <Nearness.ELSEWHERE: 'elsewhere'>
    """
    common = sum(mine == theirs for mine, theirs in zip(path(home), path(shown), strict=False))
    return _BY_DEPTH[common - 1] if common else Nearness.ELSEWHERE


def order(key: bytes, public_ids: Iterable[str]) -> list[str]:
    """Return people in an order that only the key decides: it says nothing of when they joined or were here last."""
    return sorted(public_ids, key=lambda public_id: hmac.digest(key, public_id.encode(), hashlib.sha256))


def shown_count(n: int) -> int | None:
    """Return a number of people with some part of a profile, None if it is too small to be shown.

    >>> shown_count(MIN_COUNT), shown_count(MIN_COUNT - 1)
    (5, None)
    """
    return n if n >= MIN_COUNT else None
