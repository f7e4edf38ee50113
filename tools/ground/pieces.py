"""Pieces: the land of a country cut by its admin-1 borders and by fine H3 cells. Zones are sets of pieces."""

from dataclasses import dataclass

import numpy as np
import shapely

from tools.ground import hexagons
from tools.ground.sources import Settlement, Unit, points

#: A settlement off the coast counts for the nearest land of its country up to this far, in degrees.
REACH = 0.25


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one country: polygons (lng, lat) on the grid, the unit (by index) and the cell of each."""

    shapes: np.ndarray
    units: list[int]
    cells: list[int]


def cut(units: list[Unit], grid: float) -> Pieces:
    """The pieces of a country, with corners on a grid of so many degrees.

    All borders are noded together, once: whatever is built of these pieces shares its borders exactly, without
    overlaps and gaps, however the pieces are put together.
    """
    shapes = np.array([unit.shape for unit in units])
    cells = sorted({cell for shape in shapes for cell in hexagons.covering(shape)})
    lines = [*shapely.boundary(shapes), hexagons.edges(cells, grid)]
    noded = shapely.union_all(lines, grid_size=grid)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    return _on_land(faces, shapes)


def _on_land(faces: np.ndarray, units: np.ndarray) -> Pieces:
    """The faces that lie in a unit, ordered by unit, cell and place."""
    inner = shapely.point_on_surface(faces)
    which, unit = shapely.STRtree(units).query(inner, predicate="intersects")
    _, first = np.unique(which, return_index=True)
    which, unit = which[first].tolist(), unit[first].tolist()
    where = shapely.get_coordinates(inner)
    cells = {face: hexagons.cell_at(*where[face].tolist()) for face in which}
    rows = sorted((u, cells[face], *where[face].tolist(), face) for face, u in zip(which, unit, strict=True))
    return Pieces(faces[[row[-1] for row in rows]], [row[0] for row in rows], [row[1] for row in rows])


def locate(pieces: Pieces, settlements: list[Settlement]) -> tuple[list[int], list[float]]:
    """For each settlement the nearest piece (0 degrees away when inside) and its distance in degrees.

    The piece is -1 where the country has no land within ``REACH``.
    """
    numbers, distances = [-1] * len(settlements), [np.inf] * len(settlements)
    where = shapely.points(points(settlements))
    tree = shapely.STRtree(pieces.shapes)
    (place, piece), away = tree.query_nearest(where, max_distance=REACH, return_distance=True)
    for i, j, distance in sorted(zip(place.tolist(), piece.tolist(), away.tolist(), strict=True), reverse=True):
        numbers[i], distances[i] = j, distance
    return numbers, distances
