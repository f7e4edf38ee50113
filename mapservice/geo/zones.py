"""The zone tree as members see it: levels, and paths from an area up to its country."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from mapservice.errors import UnknownZoneError

#: The id of a zone; text from outside becomes one by ``path``, or by a look-up in the loaded tree.
ZoneId = NewType("ZoneId", str)

# Path ids: "DE" country, "DE.3" region, "DE.3.7" district, "DE.3.7.2" area; part of the world: UN M49 digits.
_PATH = re.compile(r"[A-Z]{2}(\.[1-9][0-9]{0,4}){0,3}")
_PART = re.compile(r"[0-9]{3}")


class Level(StrEnum):
    """How fine a zone is. A part of the world is drawn only, never chosen."""

    PART = "part"
    COUNTRY = "country"
    REGION = "region"
    DISTRICT = "district"
    AREA = "area"


#: The levels a member may choose, coarsest first.
CHOOSABLE = (Level.COUNTRY, Level.REGION, Level.DISTRICT, Level.AREA)

#: Minimum population of a zone, by level. Source: docs/decisions/0001-the-zone-tree.md.
FLOOR = {Level.COUNTRY: 200_000, Level.REGION: 200_000, Level.DISTRICT: 100_000, Level.AREA: 50_000}


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone of the tree; ``people`` is a lower bound of its population.

    ``anchors`` is the packed array of the points at which its pins may be drawn (see ``geo/anchors.py``), empty
    for countries and regions, which never have pins. ``tree`` is the version of the zone tree.
    """

    id: ZoneId
    tree: int
    level: Level
    name: str
    people: int
    anchors: bytes


def level_of(zone_id: str) -> Level:
    """Return the level of a zone, from its id.

    :raise UnknownZoneError: if the text is not the id of a zone.

    >>> level_of("DE.3.7")
    <Level.DISTRICT: 'district'>
    """
    if _PART.fullmatch(zone_id):
        return Level.PART
    if not _PATH.fullmatch(zone_id):
        raise UnknownZoneError
    return CHOOSABLE[zone_id.count(".")]


def path(zone_id: str) -> tuple[ZoneId, ...]:
    """Return the zones from the country down to the zone itself.

    >>> path("DE.3.7")
    ('DE', 'DE.3', 'DE.3.7')
    """
    level_of(zone_id)
    steps = zone_id.split(".")
    return tuple(ZoneId(".".join(steps[: count + 1])) for count in range(len(steps)))


def country(zone_id: ZoneId) -> ZoneId:
    """Return the country of a zone, or the group of small states; a part of the world is in none.

    >>> country(ZoneId("DE.3.7"))
    'DE'
    """
    return ZoneId(zone_id[:2])


def ancestor(zone_id: ZoneId, level: Level) -> ZoneId:
    """Return the ancestor of a zone at a level; the zone itself if it has that level.

    :raise UnknownZoneError: if the zone is coarser than the level.

    >>> ancestor("DE.3.7.2", Level.REGION)
    'DE.3'
    """
    steps = path(zone_id)
    depth = CHOOSABLE.index(level)
    if depth >= len(steps):
        raise UnknownZoneError
    return steps[depth]


def parent(zone_id: ZoneId) -> ZoneId | None:
    """Return the next coarser zone, or None for a country.

    >>> parent("DE.3"), parent("DE")
    ('DE', None)
    """
    steps = path(zone_id)
    return steps[-2] if len(steps) > 1 else None


def is_finer(level: Level, than: Level) -> bool:
    """Return whether a level is finer than another.

    >>> is_finer(Level.AREA, than=Level.REGION)
    True
    """
    return CHOOSABLE.index(level) > CHOOSABLE.index(than)
