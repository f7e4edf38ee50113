"""Shapes for drawing figures: ``python -m tools.ground.shapes`` makes them of the committed zone files.

Two TopoJSON files for the whole world, countries and regions, coarse enough to be sent at once.
"""

import argparse
import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import shapely

from mapservice.geo import topology, zone_data
from mapservice.geo.zones import Level
from tools.ground import files
from tools.ground.topology import encode


@dataclass(frozen=True, slots=True)
class Size:
    """How coarse a file is: the side of the smallest triangle that stays (Visvalingam–Whyatt) and the grid of its
    corners, in degrees; an island below ``island`` square degrees is left out, unless its zone has no larger part.
    """

    simplify: float
    grid: float
    island: float


#: Corners of two countries that are one corner, and the widest gap between them that is none, in degrees.
SNAP, GAP = 0.0005, 0.002

#: Countries are seen from zoom 2 on, regions from zoom 3.
SIZES = {Level.COUNTRY: Size(0.08, 0.02, 0.02), Level.REGION: Size(0.04, 0.01, 0.004)}
NAMES = {Level.COUNTRY: "countries", Level.REGION: "regions"}


def main() -> None:
    """Write both files, and say how large they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/ground/shapes"), help="folder to write into")
    out = parser.parse_args().out
    for level, data in build(zone_data.codes()).items():
        size = files.write(out / f"{NAMES[level]}.json.gz", data)
        print(f"{NAMES[level]}: {size:,} bytes")


def build(codes: list[str]) -> dict[Level, bytes]:
    """The two files of the zone files asked for, packed."""
    regions = matched({zone: shape for code in codes for zone, shape in _regions(code)})
    countries: dict[str, list[shapely.Geometry]] = {}
    for zone, shape in regions.items():
        countries.setdefault(zone.partition(".")[0], []).append(shape)
    shapes = {
        Level.COUNTRY: {code: topology.merged(country) for code, country in countries.items()},
        Level.REGION: regions,
    }
    facts = {row[0]: row for code in codes for row in _table(code)["zones"]}
    return {level: files.packed(_file(shapes[level], SIZES[level], facts)) for level in shapes}


def matched(shapes: Mapping[str, shapely.Geometry]) -> dict[str, shapely.Geometry]:
    """Shapes whose neighbours share every corner: the areas of two countries were cut apart from each other."""
    rough = np.array(list(shapes.values()), dtype=object)
    return dict(zip(shapes, shapely.coverage_clean(rough, snapping_distance=SNAP, gap_width=GAP), strict=True))


def simplified(shapes: Mapping[str, shapely.Geometry], size: Size) -> dict[str, shapely.Geometry]:
    """Shapes that share their borders, coarser and on a grid; neighbours keep sharing them."""
    coarse = shapely.coverage_simplify(np.array(list(shapes.values()), dtype=object), size.simplify)
    return {zone: _on_grid(shape, size) for zone, shape in zip(shapes, coarse, strict=True)}


def _file(shapes: Mapping[str, shapely.Geometry], size: Size, facts: Mapping[str, list]) -> dict[str, Any]:
    """One TopoJSON; each geometry says its zone's name, and a country from which zoom its regions are drawn."""
    made = encode(simplified(shapes, size), size.grid)
    for geometry in made["objects"][topology.LAYER]["geometries"]:
        _, level, name, *_, opens = facts[geometry["id"]]
        geometry["properties"] = {"name": name} | ({"opens": opens - 1} if level == Level.COUNTRY else {})
    return made


def _regions(code: str) -> Iterator[tuple[str, shapely.Geometry]]:
    """The regions of a zone file, each put together from its areas."""
    areas: dict[str, list[shapely.Geometry]] = {}
    for zone, shape in topology.polygons(_table(code)).items():
        areas.setdefault(".".join(zone.split(".")[:2]), []).append(shape)
    for zone in sorted(areas, key=lambda zone: [zone[:2], len(zone), zone]):
        yield zone, topology.merged(areas[zone])


def _table(code: str) -> dict[str, Any]:
    """A zone file as it is committed."""
    table: dict[str, Any] = orjson.loads(gzip.decompress(zone_data.zone_file(code).read_bytes()))
    return table


def _on_grid(shape: shapely.Geometry, size: Size) -> shapely.Geometry:
    """A shape without its smallest islands and lakes, its corners on the grid, as one or several polygons."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -part.area)
    kept = [part for number, part in enumerate(parts) if number == 0 or part.area >= size.island]
    snapped = [_snapped(part, size) for part in kept]
    rings = [part for part in snapped if part is not None] or [_speck(parts[0], size.grid)]
    return rings[0] if len(rings) == 1 else shapely.multipolygons(rings)


def _snapped(part: shapely.Polygon, size: Size) -> shapely.Polygon | None:
    """A polygon with its corners moved to the grid and its smaller holes filled, or None where nothing is left."""
    outer = _ring(part.exterior, size.grid)
    holes = [_ring(hole, size.grid) for hole in part.interiors if shapely.Polygon(hole).area >= size.island]
    return shapely.Polygon(outer, [hole for hole in holes if hole is not None]) if outer is not None else None


def _ring(ring: shapely.LinearRing, grid: float) -> np.ndarray | None:
    """The corners of a ring on the grid, none twice in a row; None if fewer than three are left."""
    corners = np.rint(shapely.get_coordinates(ring) / grid)
    moved = np.any(np.diff(corners, axis=0) != 0, axis=1)
    corners = corners[np.concatenate([[True], moved])]
    return corners * grid if len(corners) >= 4 else None


def _speck(part: shapely.Polygon, grid: float) -> shapely.Polygon:
    """A square of one step for what is smaller than the grid, such as a city that is a country."""
    west, south = np.floor(shapely.get_coordinates(part.centroid)[0] / grid) * grid
    return shapely.box(west, south, west + grid, south + grid)


if __name__ == "__main__":
    main()
