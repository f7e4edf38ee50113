"""H3 cells as the ground uses them: whole numbers, planar outlines in degrees, neighbours."""

from itertools import pairwise

import h3.api.basic_int as h3
import numpy as np
import shapely

#: Resolution of the pieces that zones are made of. A point is indexed here, once, and climbs by ``parent``.
FINE = 5
#: Resolution of the groups that districts are made of.
COARSE = 4

#: Two samples of a border lie no farther apart than this, in degrees: a third of a fine cell's edge at the equator.
_STEP = 0.03


def cell_at(lng: float, lat: float) -> int:
    """The fine cell that holds a point; (lng, lat) in degrees."""
    return h3.latlng_to_cell(lat, lng, FINE)


def parent(cell: int) -> int:
    """The coarse cell that a fine cell climbs to."""
    return h3.cell_to_parent(cell, COARSE)


def neighbours(cell: int) -> list[int]:
    """The cells that share an edge with a cell, in the order of their number."""
    return sorted(set(h3.grid_disk(cell, 1)) - {cell})


def centre(cell: int) -> tuple[float, float]:
    """The centre of a cell as (lng, lat) in degrees."""
    lat, lng = h3.cell_to_latlng(cell)
    return lng, lat


def covering(shape: shapely.Geometry) -> list[int]:
    """Fine cells that cover a shape, in the order of their number; a few more than needed."""
    inside: set[int] = set()
    border: set[int] = set()
    for polygon in shapely.get_parts(shape):
        inside.update(_cells_centred_in(polygon))
        samples = shapely.get_coordinates(shapely.segmentize(polygon.boundary, _STEP))
        border.update(cell_at(lng, lat) for lng, lat in samples.tolist())
    for cell in border:
        inside.update(h3.grid_disk(cell, 1))
    return sorted(inside)


def _cells_centred_in(polygon: shapely.Polygon) -> list[int]:
    """Fine cells whose centre lies in a polygon; h3 wants (lat, lng)."""
    rings = [[(lat, lng) for lng, lat in ring.coords] for ring in (polygon.exterior, *polygon.interiors)]
    return h3.h3shape_to_cells(h3.LatLngPoly(*rings), FINE)


def edges(cells: list[int], grid: float) -> shapely.Geometry:
    """The edges of cells as one MultiLineString on a grid (degrees), each edge once.

    A cell on the antimeridian is drawn on both sides of the map; what lies beyond 180° is no one's land.
    """
    segments = {segment for cell in cells for segment in _segments(cell, grid)}
    ordered = np.array(sorted(segments), dtype=float).reshape(-1, 2, 2) * grid
    return shapely.multilinestrings(shapely.linestrings(ordered))


def _segments(cell: int, grid: float) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The sides of a cell as pairs of grid points (x, y), the lesser point first."""
    lats, lngs = np.array(h3.cell_to_boundary(cell)).T
    copies = [lngs]
    if lngs.max() - lngs.min() > 180:
        copies = [np.where(lngs < 0, lngs + 360, lngs), np.where(lngs < 0, lngs, lngs - 360)]
    sides = []
    for copy in copies:
        corners = [(x, y) for x, y in np.rint(np.stack([copy, lats], axis=1) / grid).astype(int).tolist()]
        sides += [(min(side), max(side)) for side in pairwise([*corners, corners[0]]) if side[0] != side[1]]
    return sides
