"""Cases of the search for a zone: points, and the area that each lies in by shapely."""

import gzip
import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import shapely
from shapely.affinity import affine_transform

from mapservice.geo import topology, zone_data

#: Countries with islands, lakes, enclaves, and both sides of the antimeridian.
COUNTRIES = ("CH", "DK", "FJ", "LS", "NL", "NZ", "ZA")

#: As far as a zone is looked for around a point that lies in none, in kilometres; and what a degree is.
MAX_DISTANCE_KM, KM_PER_DEGREE = 30.0, 111.32

Point = tuple[float, float, str | None]


def groups() -> dict[str, list[Point]]:
    """Return points of some countries, each with its area, or the nearest one within 30 km, or None."""
    return {code: list(_points(topology.polygons(_file(code)), [*code.encode()])) for code in COUNTRIES}


def _points(shapes: dict[str, shapely.Geometry], seed: list[int]) -> Iterator[Point]:
    """Yield points inside the areas of a country, around them, and in the gaps between them."""
    chance = np.random.default_rng(seed)
    ids = sorted(shapes)
    for zone_id in chance.choice(ids, min(len(ids), 24), replace=False):
        inside = shapes[zone_id].representative_point()
        west, south, east, north = shapes[zone_id].bounds
        yield from _answers(shapes, [(inside.x, inside.y)])
        around = chance.uniform((west - 0.3, south - 0.3), (east + 0.3, north + 0.3), (4, 2))
        yield from _answers(shapes, around)


def _answers(shapes: dict[str, shapely.Geometry], places: Iterable[Iterable[float]]) -> Iterator[Point]:
    """Yield the answer for each point that is not so near to a border that a rounding decides it."""
    for lng, lat in ((round(float(lng), 5), round(float(lat), 5)) for lng, lat in places):
        if not (-180 < lng < 180):
            continue
        point = shapely.Point(lng, lat)
        if any(shape.boundary.distance(point) < 1e-6 for shape in shapes.values()):
            continue
        inside = [zone_id for zone_id, shape in shapes.items() if shape.covers(point)]
        if inside:
            yield lng, lat, inside[0]
            continue
        near = sorted((_distance_km(shape, lng, lat), zone_id) for zone_id, shape in shapes.items())
        (shortest, nearest), (second, _) = near[0], near[1] if len(near) > 1 else (math.inf, "")
        if second - shortest > 0.001 and abs(shortest - MAX_DISTANCE_KM) > 0.001:
            yield lng, lat, nearest if shortest < MAX_DISTANCE_KM else None


def _distance_km(shape: shapely.Geometry, lng: float, lat: float) -> float:
    """Return the distance on a plane that touches the earth at the point."""
    across = KM_PER_DEGREE * math.cos(math.radians(lat))
    on_plane = affine_transform(shape, [across, 0, 0, KM_PER_DEGREE, -lng * across, -lat * KM_PER_DEGREE])
    return float(on_plane.distance(shapely.Point(0, 0)))


def _file(code: str) -> dict[str, Any]:
    return json.loads(gzip.decompress(zone_data.zone_file(code).read_bytes()))
