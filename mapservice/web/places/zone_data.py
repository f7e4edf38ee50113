"""The files of a country for choosing a zone in the browser, and the base map tiles: the same for everybody.

What lies below ``/ground/`` needs no database: it is answered in the lane of static files, and no limit counts it
(``SHARED_FILES`` in web/site/redirects.py). Each process keeps the tiles that were requested most recently, compressed,
until the base map is loaded again.
"""

import gzip
import re
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, make_response, request

from mapservice.config import HOME
from mapservice.db import get_reading_session
from mapservice.geo.tiles import Tile
from mapservice.store.zones import basemap
from mapservice.web.accounts.access import public
from mapservice.web.site import rate_limits
from mapservice.web.site.content_encoding import accepted_encoding, mark_encoding
from mapservice.web.site.headers import cache_for
from mapservice.web.site.recently_used import RecentlyUsed

bp = Blueprint("zone_data", __name__)

FILES = HOME / "data" / "ground"
_CODE = re.compile(r"[A-Z]{2}")
_DAY_S = 86_400

# Maximum bytes of all tiles that a process keeps, and bytes of one besides its content: an open sea has 20.
_MAX_BYTES = 16 * 1024 * 1024
_OVERHEAD_BYTES = 500

_TILES = "base_tiles"


def init_app(app: Flask) -> None:
    """Keep tiles of the base map in the memory of this app's process."""
    app.extensions[_TILES] = RecentlyUsed[bytes](_MAX_BYTES, size=lambda packed: len(packed) + _OVERHEAD_BYTES)


@bp.get("/ground/<int:tree>/zones/<code>.json")
@public
def zones(tree: int, code: str) -> Response:
    """Return the zones of one country: shapes, names, populations."""
    return _file(FILES / "zones", code)


@bp.get("/ground/<int:tree>/gazetteer/<code>.json")
@public
def gazetteer(tree: int, code: str) -> Response:
    """Return the towns of one country, each with its zone."""
    return _file(FILES / "gazetteer", code)


@bp.get("/ground/<int:tree>/countries.json")
@public
def countries(tree: int) -> Response:
    """Return the shapes of all countries, as drawn with figures."""
    return _gzipped_response((FILES / "shapes" / "countries.json.gz").read_bytes(), "application/json")


@bp.get("/ground/<int:tree>/regions.json")
@public
def regions(tree: int) -> Response:
    """Return the shapes of all regions of the world in one file, which does not reveal where somebody looks."""
    return _gzipped_response((FILES / "shapes" / "regions.json.gz").read_bytes(), "application/json")


@bp.get("/tiles/base/<int:z>/<int:x>/<int:y>.mvt")
@rate_limits.unlimited  # _tile counts what it has to draw
@public
def tile(z: int, x: int, y: int) -> Response:
    """Return one vector tile of the base map."""
    if z > basemap.MAX_ZOOM:
        abort(404)
    return _gzipped_response(_tile(Tile(z, x, y)), "application/vnd.mapbox-vector-tile")


def _tile(at: Tile) -> bytes:
    """Return a compressed tile of the base map, from memory if it was drawn since the base map was loaded."""
    tiles: RecentlyUsed[bytes] = current_app.extensions[_TILES]
    session = get_reading_session()
    version = basemap.version(session)
    packed = tiles.get((version, at))
    if packed is None:
        session.rollback()  # one request never holds two connections
        rate_limits.consume_page()
        packed = gzip.compress(basemap.tile(get_reading_session(), at), 5, mtime=0)
        if version is not None:
            tiles.put((version, at), packed)
    return packed


def _file(folder: Path, code: str) -> Response:
    path = folder / f"{code}.json.gz"
    if not _CODE.fullmatch(code) or not path.is_file():
        abort(404)
    return _gzipped_response(path.read_bytes(), "application/json")


def _gzipped_response(content: bytes, mimetype: str) -> Response:
    """Return a response with gzipped content that can be cached for a day."""
    encoding = accepted_encoding("gzip")
    response = make_response(content if encoding else gzip.decompress(content))
    response.mimetype = mimetype
    mark_encoding(response, encoding).add_etag()
    cache_for(response, seconds=_DAY_S).make_conditional(request)
    return response
