"""The tiles of a condition's map for one viewer: zones with their counts, badges, pins."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mapservice.geo import cells
from mapservice.geo.tiles import Tile
from mapservice.geo.zones import Level, ZoneId
from mapservice.privacy.visibility import Viewer
from mapservice.store.places.current_counts import HAS_ROLE, PEOPLE, Sight, personal_values, seen_counts
from mapservice.store.tables.community import PIN_ACROSS, PIN_DOWN, PIN_TILE
from mapservice.store.transactions.execution import Read
from mapservice.store.zones import drawn_zones
from mapservice.store.zones.drawn_zones import DrawnZone, DrawnZones, TileZones

#: First zoom at which people are drawn as pins.
PIN_ZOOM = 10

#: Maximum zoom of the members' map.
MAX_ZOOM = 11


@dataclass(frozen=True, slots=True)
class Cluster:
    """People shown in a zone or below it; (lng, lat) is the zone's fixed anchor, ``box`` (west, south, east, north)."""

    lng: float
    lat: float
    n: int
    zone_id: ZoneId
    name: str
    box: Sequence[float]
    level: str


@dataclass(frozen=True, slots=True)
class Stack:
    """The ``n`` people whose pins are in one cell, drawn as one mark.

    The mark is at the pin of one of them, the westernmost. ``public_id`` is that of a person who is alone, ``role``
    that of all if they have the same one.
    """

    lng: float
    lat: float
    n: int
    public_id: str | None
    cell: Tile
    role: str | None


@dataclass(frozen=True, slots=True)
class TileContent:
    """What is drawn on one tile."""

    clusters: list[Cluster] = field(default_factory=list)
    badges: list[Cluster] = field(default_factory=list)
    pins: list[Stack] = field(default_factory=list)


# An array is compared element by element: the least point is the westernmost.
_PINS = f"""
    select x, y, min(place) as place, count(*)::integer as n, min(public_id) as public_id,
           case when min(role) = max(role) then min(role) end as role
    from (
        select floor({PIN_ACROSS} * %(cells)s)::integer as x, floor({PIN_DOWN} * %(cells)s)::integer as y,
               public_id, role, array[st_x(pin), st_y(pin)] as place
        from membership
        where condition_id = %(condition)s and pin is not null
          and {PIN_TILE} = any(string_to_array(%(tiles)s, ',')::integer[])
          and (audience = any(%(audiences)s)
               or audience = 'contacts' and member_id in (select {PEOPLE.format("contacts")}))
          and member_id not in (select {PEOPLE.format("apart")}) and {HAS_ROLE}
    ) as pins
    group by x, y
    order by x, y
"""  # noqa: S608 -- the statement is a constant


def in_tiles(
    read: Read,
    condition_id: int,
    tiles: Sequence[Tile],
    viewer: Viewer,
    role: str | None,
    zones: DrawnZones | None = None,
) -> dict[Tile, TileContent]:
    """Return what is drawn on tiles of one zoom, with the people whom this viewer can see.

    Clusters are the zones that are drawn at this zoom; badges those that people chose to show as a whole, at zooms that
    already draw finer ones; pins the people drawn one by one, or several of one cell together, from ``PIN_ZOOM`` on.

    :raise ValueError: if the tiles are not of one zoom.
    """
    [zoom] = {tile.z for tile in tiles}
    zones = zones or drawn_zones.load(read, drawn_zones.digest(read))
    on_tiles = {tile: _zones_on(tile, zones) for tile in tiles}
    counted = _counted(on_tiles.values(), zones)
    sight = personal_values(condition_id, viewer, role)
    counts = seen_counts(read, counted, sight, zones.part_of)
    content = {
        tile: TileContent(
            [_cluster(zone, counts[zone.id]) for zone in on_tile.drawn if counts.get(zone.id, 0) > 0],
            [_cluster(zone, n) for zone in on_tile.opened if (n := _shown_as_a_whole(zone, zones, counts)) > 0],
        )
        for tile, on_tile in on_tiles.items()
    }
    if zoom >= PIN_ZOOM:
        for stack in _stacks(read, tiles, sight):
            content[cells.tile_of_cell(stack.cell)].pins.append(stack)
    return content


def _zones_on(tile: Tile, zones: DrawnZones) -> TileZones:
    """Return the zones of which a tile may show a cluster or a badge. From PIN_ZOOM on, people with a pin are drawn."""
    levels = (Level.COUNTRY, Level.REGION) if tile.z >= PIN_ZOOM else (Level.COUNTRY, Level.REGION, Level.DISTRICT)
    on_tile = zones.on(tile)
    return TileZones(on_tile.drawn, [zone for zone in on_tile.opened if zone.level in levels])


def _counted(on_tiles: Iterable[TileZones], zones: DrawnZones) -> set[ZoneId]:
    """Return the zones whose counts are needed: a badge is what is left of its zone without the children."""
    counted_zones: set[ZoneId] = set()
    for on_tile in on_tiles:
        counted_zones.update(zone.id for zone in (*on_tile.drawn, *on_tile.opened))
        for zone in on_tile.opened:
            counted_zones.update(zones.children(zone.id))
    return counted_zones


def _shown_as_a_whole(zone: DrawnZone, zones: DrawnZones, counts: Mapping[ZoneId, int]) -> int:
    """Return how many people show a zone itself, not a finer one."""
    n = counts.get(zone.id, 0)
    return n - sum(counts.get(child, 0) for child in zones.children(zone.id)) if n else 0


def _cluster(zone: DrawnZone, n: int) -> Cluster:
    return Cluster(zone.lng, zone.lat, n, zone.id, zone.name, zone.box, zone.level)


def _stacks(read: Read, tiles: Sequence[Tile], sight: Sight) -> Iterator[Stack]:
    """Yield the people on tiles whom a viewer can see one by one, or several of one cell together."""
    zoom = tiles[0].z + cells.DEEPER
    values = {
        **sight,
        "cells": 2**zoom,
        "tiles": ",".join(str(number) for tile in tiles for number in _numbers(tile)),
    }
    for x, y, (lng, lat), n, public_id, same_role in read(_PINS, values):
        yield Stack(lng, lat, n, public_id if n == 1 else None, Tile(zoom, x, y), same_role)


def _numbers(tile: Tile) -> Iterator[int]:
    """Yield the tiles of MAX_ZOOM that a tile is made of, as ``PIN_TILE`` numbers them."""
    side = 2 ** (MAX_ZOOM - tile.z)
    for x in range(tile.x * side, (tile.x + 1) * side):
        yield from range(x * 2**MAX_ZOOM + tile.y * side, x * 2**MAX_ZOOM + (tile.y + 1) * side)
