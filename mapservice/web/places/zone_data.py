"""The files of a country for choosing a zone in the browser, and the base map tiles: the same for everybody.

What lies below ``/ground/`` needs no database: it is answered in the lane of static files, and no limit counts it
(``SHARED_FILES`` in web/site/redirects.py).
"""

import gzip
import re
from pathlib import Path

from flask import Blueprint, Response, abort, make_response, request

from mapservice.config import HOME
from mapservice.db import get_session
from mapservice.geo.tiles import Tile
from mapservice.store.zones import basemap
from mapservice.web.accounts.access import public
from mapservice.web.site.content_encoding import accepted_encoding, mark_encoding
from mapservice.web.site.headers import cache_for

bp = Blueprint("zone_data", __name__)

FILES = HOME / "data" / "ground"
_CODE = re.compile(r"[A-Z]{2}")
_DAY_S = 86_400


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
@public
def tile(z: int, x: int, y: int) -> Response:
    """Return one vector tile of the base map."""
    if z > basemap.MAX_ZOOM:
        abort(404)
    tile_address = Tile(z, x, y)
    return _gzipped_response(
        gzip.compress(basemap.tile(get_session(), tile_address), 5, mtime=0), "application/vnd.mapbox-vector-tile"
    )


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
