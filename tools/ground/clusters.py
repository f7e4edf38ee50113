"""Where the cluster of a zone stands, and from which zoom the zones in it are shown in its place."""

import math
from collections.abc import Mapping, Sequence

import h3.api.basic_int as h3
import numpy as np
import shapely

from mapservice.geo.zones import Level
from tools.ground.grouping import unit_vector
from tools.ground.sources import Settlement
from tools.ground.tree import Node

#: Clusters nearer than this to each other cannot be read: CSS pixels at 256 pixels a tile, and the share that may be.
READABLE_PX, CROWDED = 40, 0.2

#: The first zoom at which a zone may open, and the last; an area opens into pins.
OPENS = {Level.PART: (3, 4), Level.COUNTRY: (4, 6), Level.REGION: (5, 8), Level.DISTRICT: (6, 9), Level.AREA: (10, 10)}

#: A cluster stands at the centre of the H3 cell, of this resolution, of a settlement: about 5 km².
_CELL = 7

_TILE_PX = 256

#: How far inland a cluster stands whose town lies off the coast, in degrees, the first that leaves land.
_INLAND = (0.01, 0.003, 0.001, 0.0002)


def seat(level: Level, places: Sequence[Settlement]) -> Settlement:
    """The settlement at which a zone's cluster stands; ``places`` are those of the zone, largest first.

    The largest for areas and districts. A larger zone has people in many places: there the largest of those towns
    that lie around the middle of its people.
    """
    if level in (Level.AREA, Level.DISTRICT):
        return places[0]
    towns = places[: max(8, len(places) // 20)]
    vectors = np.array([unit_vector(town.lng, town.lat) for town in towns])
    middle = np.array([town.population for town in towns], dtype=float) @ vectors
    middle /= np.linalg.norm(middle)
    away = np.sum((vectors - middle) ** 2, axis=1)
    return towns[int(np.argmin(away))]


def anchor_of(seat: Settlement) -> tuple[float, float]:
    """The centre of the settlement's cell, (lng, lat) in degrees with 5 decimals."""
    lat, lng = h3.cell_to_latlng(h3.latlng_to_cell(seat.lat, seat.lng, _CELL))
    return round(lng, 5), round(lat, 5)


def anchors(root: Node, places: Mapping, leaves: Mapping[str, shapely.Geometry]) -> dict[str, tuple[float, float]]:
    """The anchor of every zone by id, (lng, lat) in degrees, inside the zone as it will be published."""
    zones = list(root.walk())
    seats = [seat(node.level, places[node.id]) for node in zones]
    cells = np.array([anchor_of(place) for place in seats])
    towns = np.array([(place.lng, place.lat) for place in seats])
    ids, tree = list(leaves), shapely.STRtree(list(leaves.values()))
    chosen = {}
    for candidates in (towns, cells):
        for index, leaf in tree.query(shapely.points(candidates), predicate="within").T.tolist():
            if f"{ids[leaf]}.".startswith(f"{zones[index].id}."):
                chosen[zones[index].id] = tuple(candidates[index].tolist())
    return {
        node.id: chosen.get(node.id) or _inner(node, place, leaves) for node, place in zip(zones, seats, strict=True)
    }


def _inner(zone: Node, town: Settlement, leaves: Mapping[str, shapely.Geometry]) -> tuple[float, float]:
    """The point of a zone nearest to a town that lies off the simplified coast, a little inland where there is room."""
    near = shapely.Point(town.lng, town.lat)
    leaf = min((leaves[node.id] for node in zone.walk() if node.level == Level.AREA), key=near.distance)
    part = min(shapely.get_parts(leaf), key=near.distance)
    for inland in _INLAND:
        land = part.buffer(-inland)
        if not land.is_empty:
            point = shapely.get_point(shapely.shortest_line(land, near), 0)
            return round(point.x, 5), round(point.y, 5)
    point = shapely.point_on_surface(part)
    return point.x, point.y


def opening(root: Node, where: Mapping[str, tuple[float, float]], part_opens: int) -> dict[str, int]:
    """The zoom from which each zone, by id, gives way to its children."""
    opens: dict[str, int] = {}
    for node in root.walk():
        above = opens[node.id.rpartition(".")[0]] if "." in node.id else part_opens
        opens[node.id] = zoom(node.level, above + 1, [where[child.id] for child in node.children])
    return opens


def zoom(level: Level, at_least: int, children: Sequence[tuple[float, float]]) -> int:
    """The first zoom at which most children, (lng, lat) in degrees, stand readably apart, within the level's bounds."""
    low, high = OPENS[level]
    low = min(max(low, at_least), high)
    if len(children) < 2:
        return low
    plane = np.array([_mercator(*child) for child in children])
    gaps = np.hypot(*(plane[:, None] - plane[None, :]).transpose(2, 0, 1))
    np.fill_diagonal(gaps, np.inf)
    typical = float(np.quantile(gaps.min(axis=1), CROWDED))
    readable = math.ceil(math.log2(READABLE_PX / typical)) if typical > 0 else high
    return min(max(low, readable), high)


def _mercator(lng: float, lat: float) -> tuple[float, float]:
    """The pixel of a point at zoom 0 on a Web Mercator map."""
    y = math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))
    return (lng / 360 + 0.5) * _TILE_PX, (0.5 - y / (2 * math.pi)) * _TILE_PX
