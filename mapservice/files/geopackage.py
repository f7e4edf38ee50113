"""Figures as a GeoPackage (OGC 12-128r19), by GDAL: a layer that QGIS opens."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely

from mapservice.files.geojson import collection_terms, place_shape
from mapservice.files.sanitize import plain
from mapservice.files.table import COLUMNS, Row, Sheet, values

LAYER = "figures"

#: Rows held in memory at a time.
BATCH = 500

# Programs with a GDAL older than 3.7 cannot read a newer version.
_DATASET = {"VERSION": "1.2"}

_TYPES: dict[str, Any] = {"integer": np.int32, "date": "datetime64[D]", "string": object}


def write(sheet: Sheet, path: Path) -> None:
    """Write the rows as one layer of multipolygons in degrees (lng, lat), SRID 4326, with the terms as its metadata."""
    rows = iter(sheet.rows)
    description = " ".join([sheet.terms.note, *sheet.terms.method])
    first = True
    while batch := list(islice(rows, BATCH)):
        _write(sheet, batch, path, append=not first, DESCRIPTION=description, IDENTIFIER=sheet.terms.title)
        first = False
    if first:
        _write(sheet, [], path, append=False, DESCRIPTION=description, IDENTIFIER=sheet.terms.title)


def _write(sheet: Sheet, rows: Sequence[Row], path: Path, *, append: bool, **options: str) -> None:
    cells = [values(sheet.terms, row) for row in rows]
    columns = [_column(name, [cell[name] for cell in cells]) for name in COLUMNS]
    pyogrio.raw.write(
        path,
        _shapes(rows),
        [data for data, _mask in columns],
        list(COLUMNS),
        field_mask=[mask for _data, mask in columns],
        layer=LAYER,
        driver="GPKG",
        geometry_type="MultiPolygon",
        crs="EPSG:4326",
        dataset_options=None if append else _DATASET,
        append=append,
        promote_to_multi=True,
        layer_metadata=None if append else _metadata(sheet),
        layer_options=None if append else options,
    )


def _shapes(rows: Sequence[Row]) -> np.ndarray:
    shapes = np.array([place_shape(row.level, row.zone) for row in rows], dtype=object)
    return np.array(shapely.to_wkb(shapes), dtype=object)


def _column(name: str, cells: Sequence[str | int | None]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the values of a column, and a mask of the missing ones."""
    kind = COLUMNS[name]
    if kind == "string":
        return np.array([plain(str(cell)) for cell in cells], dtype=object), None
    missing = np.array([cell is None for cell in cells], dtype=bool)
    blank = 0 if kind == "integer" else "1970-01-01"
    return np.array([blank if cell is None else cell for cell in cells], dtype=_TYPES[kind]), missing


def _metadata(sheet: Sheet) -> dict[str, str]:
    return dict(_flat(collection_terms(sheet.terms)))


def _flat(terms: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in terms.items():
        yield name.upper(), value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
