"""The ETag of a view of the members' map, with which the script of the page asks whether anything has changed.

It is another one after each change that this viewer may see, and says nothing else: without our keys it is a random
number, and two viewers never have the same one (docs/decisions/0037-a-map-that-has-not-changed.md).
"""

import datetime as dt
import functools
import hashlib
import hmac
from collections.abc import Sequence

import orjson
from flask import Response, current_app, request, session

from mapservice.config import VERSION
from mapservice.geo.tiles import Tile
from mapservice.i18n.translation import get_locale
from mapservice.store.across.viewpoints import Viewpoint


def view_tag(viewpoint: Viewpoint, tiles: Sequence[Tile], role: str | None) -> str:
    """Return the ETag of a view: of all that its answer depends on, of this login, and of today."""
    login: bytes | None = getattr(session, "token_hash", None)
    parts = (
        *(VERSION, dt.datetime.now(dt.UTC).date(), str(get_locale()), (login or b"").hex()),
        *(viewpoint.viewer.member, viewpoint.role, viewpoint.shown_zone, viewpoint.condition_id, viewpoint.tree),
        *(viewpoint.versions, role, [(tile.z, tile.x, tile.y) for tile in tiles]),
    )
    key = _key(current_app.config["SECRET_KEY"], current_app.config["ANCHOR_KEY"])
    return hmac.digest(key, orjson.dumps(parts), "sha256").hex()[:32]


def is_known(tag: str) -> bool:
    """Return whether the script that sends this request has the answer with this ETag."""
    return tag in request.if_none_match.as_set(include_weak=True)


def tagged(response: Response, tag: str) -> Response:
    """Add the ETag to a response, which nobody but our own script may keep."""
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@functools.lru_cache(maxsize=4)
def _key(secret: str, anchor_key: bytes) -> bytes:
    # With another key of the anchors all pins move.
    return hmac.digest(secret.encode(), b"map-view/v1/" + hashlib.sha256(anchor_key).digest(), "sha256")
