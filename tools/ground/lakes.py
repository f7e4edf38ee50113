"""The lakes that the base map draws: anchors keep out of them. Admin-1 units run through lakes as through land."""

import json
import lzma
from pathlib import Path

import numpy as np
import shapely

_RADIUS = 6378137.0
_FINEST_ZOOM = 6


def read_lakes(path: Path) -> np.ndarray:
    """The lakes in degrees (lng, lat), SRID 4326, without their islands: Flevoland is one.

    Source: data/basemap/features.jsonl.xz, which has them from Natural Earth 10m (public domain), in steps on the
    Mercator plane.
    """
    lakes = []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith('{"layer":"lake"'):
                row = json.loads(line)
                if row["zoom"][0] >= _FINEST_ZOOM:
                    lakes.append(_lake(row["parts"], row["unit"]))
    return np.array([lake for lake in lakes if not lake.is_empty])


def water_in(lakes: shapely.STRtree, shape: shapely.Geometry) -> shapely.Geometry:
    """The lakes that a shape touches, as one geometry; empty where there is none."""
    return shapely.union_all(lakes.geometries[np.sort(lakes.query(shape, predicate="intersects"))])


def _lake(parts: list[list[int]], unit: int) -> shapely.Geometry:
    """One lake from its rings: what lies in an odd number of them is water."""
    rings = shapely.make_valid(np.array([_ring(part, unit) for part in parts]))
    return shapely.symmetric_difference_all(rings)


def _ring(steps: list[int], unit: int) -> shapely.Polygon:
    """A polygon in degrees from steps (x, y) of so many metres on the Mercator plane."""
    metres = np.cumsum(np.array(steps, dtype=float).reshape(-1, 2), axis=0) * unit
    if len(metres) < 3:
        return shapely.Polygon()
    lng = np.degrees(metres[:, 0] / _RADIUS)
    lat = np.degrees(2 * np.arctan(np.exp(metres[:, 1] / _RADIUS)) - np.pi / 2)
    return shapely.polygons(np.stack([lng, lat], axis=1))
