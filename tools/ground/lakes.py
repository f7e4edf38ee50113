"""The lakes that the base map draws: anchors keep out of them. Admin-1 units run through lakes as through land."""

import json
import lzma
from pathlib import Path

import numpy as np
import shapely

_RADIUS = 6378137.0
_FINEST_ZOOM = 6


def read_lakes(path: Path) -> np.ndarray:
    """The lakes as polygons in degrees (lng, lat), SRID 4326; an island in a lake counts as water.

    Source: data/basemap/features.jsonl.xz, which has them from Natural Earth 10m (public domain), in steps on the
    Mercator plane.
    """
    lakes = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith('{"layer":"lake"'):
                row = json.loads(line)
                if row["zoom"][0] >= _FINEST_ZOOM:
                    lakes += [_ring(part, row["unit"]) for part in row["parts"]]
    return shapely.make_valid(np.array([lake for lake in lakes if lake is not None]))


def water_in(lakes: shapely.STRtree, shape: shapely.Geometry) -> shapely.Geometry:
    """The lakes that a shape touches, as one geometry; empty where there is none."""
    return shapely.union_all(lakes.geometries[np.sort(lakes.query(shape, predicate="intersects"))])


def _ring(steps: list[int], unit: int) -> shapely.Polygon | None:
    """A polygon in degrees from steps (x, y) of so many metres on the Mercator plane."""
    metres = np.cumsum(np.array(steps, dtype=float).reshape(-1, 2), axis=0) * unit
    if len(metres) < 3:
        return None
    lng = np.degrees(metres[:, 0] / _RADIUS)
    lat = np.degrees(2 * np.arctan(np.exp(metres[:, 1] / _RADIUS)) - np.pi / 2)
    return shapely.polygons(np.stack([lng, lat], axis=1))
