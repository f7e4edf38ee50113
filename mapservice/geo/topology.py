"""TopoJSON: borders stored once, as arcs on a grid, and the polygons built from them."""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import shapely

from mapservice.errors import MapServiceError

#: The object of a zone file that holds its finest zones.
LAYER = "areas"


class BrokenTopologyError(MapServiceError):
    """The file is not a quantised TopoJSON of polygons."""


def polygons(topology: Mapping[str, Any], layer: str = LAYER) -> dict[str, shapely.Geometry]:
    """Return the polygons of a layer by id, as Polygon or MultiPolygon in degrees (lng, lat), SRID 4326.

    Two neighbours share the very same numbers along their border, so that they can be merged without slivers.
    Source: The TopoJSON Format Specification, github.com/topojson/topojson-specification, section 2.

    :raise BrokenTopologyError: if the file is something else.
    """
    try:
        if topology["type"] != "Topology":
            raise BrokenTopologyError
        arcs = _arcs(topology)
        return {shape["id"]: _polygon(shape, arcs) for shape in topology["objects"][layer]["geometries"]}
    except (KeyError, IndexError, TypeError, ValueError, shapely.errors.ShapelyError) as error:
        raise BrokenTopologyError from error


def merged(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    """Return the union of neighbouring shapes that share their borders exactly."""
    return shapely.coverage_union_all(list(shapes)) if len(shapes) > 1 else shapes[0]


def _arcs(topology: Mapping[str, Any]) -> list[np.ndarray]:
    """Return the arcs in degrees: grid steps summed up, scaled and translated."""
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    lengths = [len(arc) for arc in topology["arcs"]]
    steps = np.fromiter(chain.from_iterable(chain.from_iterable(topology["arcs"])), dtype=np.int64).reshape(-1, 2)
    ends = np.cumsum(lengths)
    return [np.cumsum(arc, axis=0) * scale + translate for arc in np.split(steps, ends[:-1])]


def _polygon(shape: Mapping[str, Any], arcs: list[np.ndarray]) -> shapely.Geometry:
    """Return a polygon or multipolygon from its arc indexes."""
    if shape["type"] == "Polygon":
        return _rings(shape["arcs"], arcs)
    if shape["type"] == "MultiPolygon":
        return shapely.multipolygons([_rings(part, arcs) for part in shape["arcs"]])
    raise BrokenTopologyError


def _rings(rings: Sequence[Sequence[int]], arcs: list[np.ndarray]) -> shapely.Geometry:
    """Return a polygon from its outer ring and its holes."""
    outer, *holes = [_ring(ring, arcs) for ring in rings]
    return shapely.Polygon(outer, holes)


def _ring(numbers: Sequence[int], arcs: list[np.ndarray]) -> np.ndarray:
    """Return a closed ring from its arcs; ``~index`` is an arc in reverse, shared end points are counted once."""
    lines = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])
