"""Writes polygons that share their borders as TopoJSON: every border once, on a grid."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from mapservice.geo.topology import LAYER

GridPoint = tuple[int, int]
Ring = list[GridPoint]


def encode(shapes: Mapping[str, shapely.Geometry], grid: float) -> dict[str, Any]:
    """A TopoJSON with the shapes as the geometries of one layer, in the order given.

    ``shapes`` are Polygons or MultiPolygons in degrees (lng, lat) whose corners lie on a grid of so many degrees.
    Source: The TopoJSON Format Specification, github.com/topojson/topojson-specification.
    """
    rings = {zone: [_rings(part, grid) for part in shapely.get_parts(shape)] for zone, shape in shapes.items()}
    every = [ring for parts in rings.values() for part in parts for ring in part]
    origin = (min(x for ring in every for x, _ in ring), min(y for ring in every for _, y in ring))
    arcs = _Arcs(_junctions(every))
    geometries = [_geometry(zone, [[arcs.numbers(ring) for ring in part] for part in rings[zone]]) for zone in rings]
    return {
        "type": "Topology",
        "transform": {"scale": [grid, grid], "translate": [round(origin[0] * grid, 7), round(origin[1] * grid, 7)]},
        "objects": {LAYER: {"type": "GeometryCollection", "geometries": geometries}},
        "arcs": [_steps(arc, origin) for arc in arcs.arcs],
    }


def _geometry(zone: str, parts: list[list[list[int]]]) -> dict[str, Any]:
    """One geometry object of TopoJSON."""
    if len(parts) == 1:
        return {"type": "Polygon", "id": zone, "arcs": parts[0]}
    return {"type": "MultiPolygon", "id": zone, "arcs": parts}


def _rings(polygon: shapely.Polygon, grid: float) -> list[Ring]:
    """The rings of a polygon, outer first, as grid points without the closing one."""
    return [_on_grid(ring, grid) for ring in (polygon.exterior, *polygon.interiors)]


def _on_grid(ring: shapely.LinearRing, grid: float) -> Ring:
    """The corners of a ring in whole steps of the grid, without the closing one."""
    corners = np.rint(shapely.get_coordinates(ring) / grid).astype(np.int64).tolist()
    return [(x, y) for x, y in corners[:-1]]


def _junctions(rings: Sequence[Ring]) -> set[GridPoint]:
    """The points where borders part: those with another number of neighbours than two."""
    beside: dict[GridPoint, set[GridPoint]] = defaultdict(set)
    for ring in rings:
        for before, point, after in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True):
            beside[point].update((before, after))
    return {point for point, others in beside.items() if len(others) != 2}


class _Arcs:
    """The arcs found so far, each stored in one direction."""

    def __init__(self, junctions: set[GridPoint]) -> None:
        self.junctions = junctions
        self.arcs: list[tuple[GridPoint, ...]] = []
        self._number: dict[tuple[GridPoint, ...], int] = {}

    def numbers(self, ring: Ring) -> list[int]:
        """A ring as numbers of arcs; ``~number`` means backwards."""
        cuts = [place for place, point in enumerate(ring) if point in self.junctions]
        start = cuts[0] if cuts else ring.index(min(ring))
        turned = ring[start:] + ring[:start]
        bounds = [cut - start for cut in cuts or [start]] + [len(ring)]
        closed = [*turned, turned[0]]
        return [self._add(tuple(closed[a : b + 1])) for a, b in pairwise(bounds)]

    def _add(self, arc: tuple[GridPoint, ...]) -> int:
        """The number of an arc, new or known."""
        back = arc[::-1]
        if back in self._number:
            return ~self._number[back]
        if arc not in self._number:
            self._number[arc] = len(self.arcs)
            self.arcs.append(arc)
        return self._number[arc]


def _steps(arc: Sequence[GridPoint], origin: GridPoint) -> list[list[int]]:
    """An arc as its first point, counted from the origin, and the steps from point to point."""
    points = [origin, *arc]
    return [[x - before_x, y - before_y] for (before_x, before_y), (x, y) in pairwise(points)]
