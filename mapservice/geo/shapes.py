"""The coarse shapes of countries and regions for drawing figures on maps and in files; too coarse to locate anybody."""

import functools
import gzip
from collections.abc import Mapping

import orjson
import shapely

from mapservice.geo import topology
from mapservice.geo.bbox import Bbox
from mapservice.geo.zone_data import GROUND

FILES = {"country": GROUND / "shapes" / "countries.json.gz", "region": GROUND / "shapes" / "regions.json.gz"}


def intersecting(level: str, bbox: Bbox) -> list[str]:
    """Return the ids of the countries or regions whose shape intersects a bounding box, sorted."""
    west, south, east, north = bbox
    parts = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    boxes = [shapely.box(left, south, right, north) for left, right in parts]
    names, tree = _tree(level)
    _box, indexes = tree.query(boxes, predicate="intersects")
    return sorted({names[index] for index in indexes.tolist()})


@functools.cache
def _tree(level: str) -> tuple[list[str], shapely.STRtree]:
    shapes_by_id = shapes(level)
    return list(shapes_by_id), shapely.STRtree(list(shapes_by_id.values()))


@functools.cache
def shapes(level: str) -> Mapping[str, shapely.Geometry]:
    """The shapes of all countries ("country") or regions ("region") by zone id, in degrees (lng, lat), SRID 4326.

    Outer rings run counterclockwise and nothing crosses the antimeridian, as RFC 7946 asks, sections 3.1.6 and 3.1.9.
    """
    table = orjson.loads(gzip.decompress(FILES[level].read_bytes()))
    shapes_by_id = topology.polygons(table)
    # On such a coarse grid, a few narrow bays touch themselves.
    sound = [
        shape if shape.is_valid else shapely.make_valid(shape, method="structure") for shape in shapes_by_id.values()
    ]
    return dict(zip(shapes_by_id, shapely.orient_polygons(sound), strict=True))
