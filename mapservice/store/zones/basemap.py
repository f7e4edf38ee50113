"""The base map: land, water, borders and names from Natural Earth, and the vector tiles cut from them."""

import hashlib
import json
import lzma
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from mapservice.config import HOME
from mapservice.geo.tiles import NoSuchTileError, Tile
from mapservice.store.tables.base import SRID_DRAWN
from mapservice.store.tables.zones import BaseFeature, BaseTile, Loaded

#: One JSON feature per line; tools/basemap/build.py documents the format.
FILE = HOME / "data" / "basemap" / "features.jsonl.xz"

#: Maximum zoom of the tiles; beyond it the page enlarges them, so that requests reveal no finer location.
MAX_ZOOM = 8

#: Up to this zoom tiles hold so much of the world that they are pre-rendered.
MAX_STORED_ZOOM = 3

# Number of features read and written at a time.
_BATCH = 1000

#: Incremented when tiles of the same data have to look different.
EDITION = 2

# One layer after the other in the order of painting. The bounds are transformed, not the column, so that the index is
# used. A name is in one tile only, so that names need no margin.
TILE = text("""
    WITH bounds AS (
        SELECT ST_TileEnvelope(:z, :x, :y) AS inner_box, ST_TileEnvelope(:z, :x, :y, margin => 0.015625) AS outer_box
    ),
    found AS MATERIALIZED (
        SELECT id, layer, name, rank,
            ST_AsMVTGeom(geom, inner_box, 4096, CASE WHEN layer LIKE 'label%' THEN 0 ELSE 64 END) AS geom
        FROM base_feature, bounds
        WHERE geom && outer_box AND min_zoom <= :z AND max_zoom >= :z
    )
    SELECT string_agg(cut.layer_data, ''::bytea ORDER BY position)
    FROM unnest(ARRAY[
        'land', 'lake', 'river', 'region_border', 'border', 'label_country', 'label_region', 'label_city'
    ]) WITH ORDINALITY AS wanted (layer, position),
    LATERAL (
        SELECT ST_AsMVT(feature, wanted.layer, 4096, 'geom') AS layer_data
        FROM (
            SELECT name, rank, geom FROM found WHERE found.layer = wanted.layer AND geom IS NOT NULL ORDER BY rank, id
        ) AS feature
    ) AS cut
""")

# Loading the same data again is another transaction.
_VERSION = text("select digest || '/' || xmin::text from loaded where subject = 'basemap'")

COPY = "COPY base_feature (layer, min_zoom, max_zoom, name, rank, geom) FROM STDIN"


def tile(session: Session, at: Tile) -> bytes:
    """Return a Mapbox vector tile of the base map; empty in the open sea.

    :raise NoSuchTileError: if the zoom is beyond ``MAX_ZOOM``.
    """
    if at.z > MAX_ZOOM:
        raise NoSuchTileError(f"The ground is drawn up to zoom {MAX_ZOOM}.")
    if at.z <= MAX_STORED_ZOOM:
        kept = session.scalar(select(BaseTile.data).filter_by(z=at.z, x=at.x, y=at.y))
        if kept is not None:
            return kept
    return _cut(session, at)


def version(session: Session) -> str | None:
    """Return a text that changes whenever the base map is loaded; None before the first time."""
    loaded: str | None = session.scalar(_VERSION)
    return loaded


def load(session: Session, progress: Callable[[int, int], None] = lambda done, total: None, file: Path = FILE) -> bool:
    """Replace the features by those of the file; return True if something changed.

    ``progress`` is called with the amount done, and the total. A file that is already loaded is skipped.
    """
    packed = file.read_bytes()
    digest = f"{hashlib.sha256(packed).hexdigest()}/{EDITION}"
    if session.scalar(select(Loaded.digest).filter_by(subject="basemap")) == digest:
        return False

    lines = lzma.decompress(packed).splitlines()
    session.execute(delete(Loaded).filter_by(subject="basemap"))
    session.execute(delete(BaseTile))
    session.execute(delete(BaseFeature))
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for done in range(0, len(lines), _BATCH):
            progress(done, len(lines))
            for row in _rows([json.loads(line) for line in lines[done : done + _BATCH]]):
                copy.write_row(row)
    session.execute(text("ANALYZE base_feature"))
    for at in _tiles_above(MAX_STORED_ZOOM):
        session.execute(insert(BaseTile).values(z=at.z, x=at.x, y=at.y, data=_cut(session, at)))
    session.execute(insert(Loaded).values(subject="basemap", digest=digest))
    progress(len(lines), len(lines))
    return True


def count(session: Session) -> int:
    """Return the number of features of the base map; 0 before it is loaded."""
    return session.scalar(select(func.count()).select_from(BaseFeature)) or 0


def _cut(session: Session, at: Tile) -> bytes:
    return session.scalar(TILE, {"z": at.z, "x": at.x, "y": at.y}) or b""


def _tiles_above(zoom: int) -> Iterator[Tile]:
    """Yield every tile of the zooms 0 to ``zoom``."""
    for z in range(zoom + 1):
        yield from (Tile(z, x, y) for x in range(2**z) for y in range(2**z))


def _rows(features: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of features; a geometry is EWKB in hexadecimal."""
    shapes = shapely.set_srid(np.array([_shape(feature) for feature in features], dtype=object), SRID_DRAWN)
    for feature, ewkb in zip(features, shapely.to_wkb(shapes, hex=True, include_srid=True), strict=True):
        low, high = feature["zoom"]
        yield feature["layer"], low, high, feature["name"], feature["rank"], ewkb


def _shape(feature: dict[str, Any]) -> shapely.Geometry:
    """Return the geometry of a feature; x before y, metres, SRID 3857."""
    parts = [
        np.cumsum(np.array(part, dtype="<f8").reshape(-1, 2), axis=0) * feature["unit"] for part in feature["parts"]
    ]
    match feature["kind"]:
        case "point":
            return shapely.points(parts[0][0])
        case "line":
            return shapely.linestrings(parts[0])
        case _:
            shell, *holes = map(shapely.linearrings, parts)
            return shapely.polygons(shell, holes or None)
