"""Figures as GeoJSON (RFC 7946): the shape of each place with its figure."""

import functools
from collections.abc import Iterator
from typing import IO, Any

import orjson
import shapely

from mapservice.files.sanitize import plain
from mapservice.files.table import FigureLevel, Row, Sheet, Terms, values
from mapservice.geo.shapes import shapes

#: Decimals of a degree, about a metre: repaired borders are not on the grid of two decimals.
DECIMALS = 5


def write(sheet: Sheet, file: IO[bytes]) -> None:
    """Write a FeatureCollection, one feature per line; the metadata are foreign members (RFC 7946, section 6.1).

    The row for the world has no geometry. Coordinates are lng, lat in degrees, SRID 4326.
    """
    head = orjson.dumps({"type": "FeatureCollection", **collection_terms(sheet.terms)})
    file.write(head[:-1] + b',"features":[')
    for number, row in enumerate(sheet.rows):
        file.write((b",\n" if number else b"\n") + orjson.dumps(feature(sheet.terms, row)))
    file.write(b"\n]}\n")


def collection_terms(terms: Terms) -> dict[str, Any]:
    """Return the metadata as members of a FeatureCollection."""
    return {
        "title": terms.title,
        "release": terms.release,
        "released_on": terms.released_on.isoformat(),
        "threshold": terms.profile.threshold,
        "rounded_to": terms.profile.base,
        "plus_minus": terms.profile.interval,
        "note": terms.note,
        "method": list(terms.method),
        "population_source": terms.population_source,
        "licence": terms.licence,
        "citation": terms.citation,
    }


def feature(terms: Terms, row: Row) -> dict[str, Any]:
    """Return a row as a feature, with an id that is the same in every release."""
    properties = {name: plain(value) if isinstance(value, str) else value for name, value in values(terms, row).items()}
    return {
        "type": "Feature",
        "id": f"{row.condition}/{row.zone}",
        "geometry": geometry(row.level, row.zone),
        "properties": properties,
    }


@functools.cache
def geometry(level: FigureLevel, zone: str) -> orjson.Fragment | None:
    """Return the shape of a place as a GeoJSON geometry, serialised once; None for the world."""
    shape = place_shape(level, zone)
    if shape is None:
        return None
    parts = [[_ring(ring) for ring in _rings(part)] for part in shapely.get_parts(shape)]
    return orjson.Fragment(orjson.dumps({"type": "MultiPolygon", "coordinates": parts}))


def place_shape(level: FigureLevel, zone: str) -> shapely.Geometry | None:
    """Return the shape of a place in degrees (lng, lat), SRID 4326; None for the world."""
    return None if level is FigureLevel.WORLD else shapes(level).get(zone)


def _rings(part: shapely.Polygon) -> Iterator[shapely.LinearRing]:
    yield part.exterior
    yield from part.interiors


def _ring(ring: shapely.LinearRing) -> list[list[float]]:
    return [[round(lng, DECIMALS), round(lat, DECIMALS)] for lng, lat in shapely.get_coordinates(ring).tolist()]
