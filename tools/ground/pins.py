"""Chooses the anchors of a zone: centres of small H3 cells on its land, a ring away from its border."""

import hashlib
from collections.abc import Sequence

import h3.api.basic_int as h3
import numpy as np
import shapely
from shapely.affinity import scale

from mapservice.geo import anchors
from mapservice.geo.anchors import Lattice
from mapservice.geo.zones import Level
from tools.ground import hexagons

#: H3 resolution of the cells whose centres are anchors; finer ones where a zone holds none of these.
RESOLUTION = {Level.DISTRICT: 7, Level.AREA: 8}
_FINEST = 13

#: Distance of neighbouring centres, in degrees of latitude, by resolution. Source: H3, average hexagon area.
_RING = {resolution: (5.161 / 7 ** (resolution - 7) * 1.1547) ** 0.5 / 111.2 for resolution in range(7, _FINEST + 1)}

#: With fewer anchors than this inside the ring, the zone's border land is used too.
_ENOUGH = 64

#: Centres tried, round after round, until there are enough.
_ROUNDS = (1024, 4096, 32768)

#: Anchors are rounded to this step at most: 0.001 degrees, in units of 1e-6.
_STEP = 1000


def lattice(zone: str, level: Level, cells: Sequence[int], shape: shapely.Geometry, water: shapely.Geometry) -> Lattice:
    """Up to 256 anchors of a zone, all inside its published shape and out of known lakes where it has other land.

    ``cells`` are the fine cells of the zone. Which centres are taken is decided by a hash of the zone's id.
    """
    dry = shapely.difference(shape, water) if not water.is_empty else shape
    for land in (dry, shape):
        for resolution in range(RESOLUTION[level], _FINEST + 1):
            points = _on_land(zone, cells, resolution, land, _grid(land))
            if points is not None:
                return _lattice(points, _grid(land))
    return _single(shape)


def _grid(land: shapely.Geometry) -> tuple[int, int, int]:
    """West, south and step of a zone's own grid in 1e-6 degrees: fine in small zones, never above 12 bits in large."""
    if land.is_empty:
        return 0, 0, 1
    west, south, east, north = shapely.bounds(_unrolled(land)) / anchors.UNIT
    extent = max(east - west, north - south)
    step = max(extent / 4096, min(_STEP, extent / 256), 1)
    return int(np.floor(west)), int(np.floor(south)), int(np.ceil(step))


def _unrolled(land: shapely.Geometry) -> shapely.Geometry:
    """The land with lng from 0 to 360 degrees, if it lies on both sides of the antimeridian."""
    west, _, east, _ = land.bounds
    if east - west < 180:
        return land
    return shapely.transform(land, lambda places: places + (places[:, :1] < 0) * (360.0, 0.0))


def _on_land(
    zone: str, cells: Sequence[int], resolution: int, land: shapely.Geometry, grid: tuple
) -> np.ndarray | None:
    """Steps (x, y) on the grid of the centres chosen at one resolution, or None where no centre is on the land."""
    if land.is_empty:
        return None
    flat = _Flat(land)
    children = 7 ** (resolution - hexagons.FINE)
    total = len(cells) * children
    for tries in _ROUNDS:
        drawn = _drawn(zone, total, tries)
        steps = _rounded(_centres(cells, resolution, drawn // children, drawn % children), grid)
        places = _degrees(steps, grid)
        inside = flat.holds(places)
        inner = inside & flat.is_deep(places, _RING[resolution])
        if inner.sum() >= anchors.MAX_ANCHORS or total <= tries:
            break
    chosen = steps[inner] if inner.sum() >= _ENOUGH else np.concatenate([steps[inner], steps[inside & ~inner]])
    return chosen[: anchors.MAX_ANCHORS] if len(chosen) else None


def _drawn(zone: str, total: int, tries: int) -> np.ndarray:
    """Numbers below a total, each once, in an order made by a hash of the zone's id."""
    stream = np.frombuffer(hashlib.shake_256(zone.encode()).digest(8 * max(tries, 1024)), dtype="<u8")
    if total <= tries:
        return np.argsort(stream[:total], kind="stable")
    numbers, first = np.unique(stream[:tries] % np.uint64(total), return_index=True)
    return numbers[np.argsort(first)].astype(np.int64)


def _centres(cells: Sequence[int], resolution: int, which: np.ndarray, child: np.ndarray) -> np.ndarray:
    """Centres (lng, lat) in degrees of small cells, told by their fine cell and their number in it."""
    sizes = [h3.cell_to_children_size(cell, resolution) for cell in cells]
    pairs = [(w, c) for w, c in zip(which.tolist(), child.tolist(), strict=True) if c < sizes[w]]
    centres = [h3.cell_to_latlng(h3.child_pos_to_cell(cells[w], resolution, c)) for w, c in pairs]
    return np.array(centres)[:, ::-1]


def _rounded(places: np.ndarray, grid: tuple[int, int, int]) -> np.ndarray:
    """Places in degrees as the nearest steps on a zone's grid, those on it, each once, in the order given."""
    west, south, step = grid
    moved = places / anchors.UNIT - (west, south)
    moved[:, 0] %= 360 / anchors.UNIT
    steps = np.rint(moved / step).astype(np.int64)
    steps = steps[np.all((steps >= 0) & (steps < 1 << 16), axis=1)]
    _, first = np.unique(steps, axis=0, return_index=True)
    return steps[np.sort(first)]


def _degrees(steps: np.ndarray, grid: tuple[int, int, int]) -> np.ndarray:
    """Steps on a zone's grid as (lng, lat) in degrees, with the rounding that a reader of the file gets."""
    west, south, step = grid
    return anchors.wrap_longitudes(steps * step + (west, south)) / 1_000_000


def _lattice(steps: np.ndarray, grid: tuple[int, int, int]) -> Lattice:
    """The chosen steps, sorted, on their grid."""
    return Lattice(*grid, steps[np.lexsort((steps[:, 1], steps[:, 0]))])


def _single(shape: shapely.Geometry) -> Lattice:
    """The one anchor of a zone smaller than any cell: a point on its surface."""
    point = shapely.point_on_surface(max(shapely.get_parts(shape), key=lambda part: part.area))
    grid = (round(point.x / anchors.UNIT), round(point.y / anchors.UNIT), 1)
    return Lattice(*grid, np.zeros((1, 2), dtype=np.int64))


class _Flat:
    """The land of a zone with lng shrunk by the cosine of its latitude, so that distances are true near it."""

    def __init__(self, land: shapely.Geometry) -> None:
        middle = (land.bounds[1] + land.bounds[3]) / 2
        self.shrink = np.array([np.cos(np.radians(middle)), 1.0])
        self.land = land
        self.border = shapely.boundary(scale(land, xfact=self.shrink[0], yfact=1, origin=(0, 0)))
        shapely.prepare(self.land)
        shapely.prepare(self.border)

    def holds(self, places: np.ndarray) -> np.ndarray:
        """Which places, (lng, lat) in degrees, lie inside the land."""
        return shapely.contains_properly(self.land, shapely.points(places))

    def is_deep(self, places: np.ndarray, distance: float) -> np.ndarray:
        """Which places lie at least so many degrees of latitude from the border."""
        return ~shapely.dwithin(self.border, shapely.points(places * self.shrink), distance)
