"""The ETag of a view of the members' map, with which the script of the page asks whether anything has changed.

It is made from the answer itself: whatever happens to people whom its viewer cannot see leaves it as it is. So nobody
notices by it that they have been blocked (docs/decisions/0052-etags-of-answers.md). Without our keys it is a random
number, and two viewers never have the same one (docs/decisions/0037-a-map-that-has-not-changed.md).

An answer is made once for each state of what it depends on, and its ETag is remembered.
"""

import datetime as dt
import functools
import hashlib
import hmac
from collections.abc import Sequence

import orjson
from flask import Flask, Response, current_app, request, session

from mapservice.config import VERSION, Config
from mapservice.geo.tiles import Tile
from mapservice.i18n.translation import get_locale
from mapservice.store.across.viewpoints import Viewpoint
from mapservice.web.site.recently_used import RecentlyUsed

_TAGS = "view_tags"

# Maximum number of ETags that a process remembers: about 15 MB.
_MAX_TAGS = 65_536


def init_app(app: Flask, _config: Config | None = None) -> None:
    """Remember ETags in the memory of the app's process."""
    app.extensions[_TAGS] = RecentlyUsed[str](_MAX_TAGS, size=lambda _tag: 1)


def view_state(viewpoint: Viewpoint, tiles: Sequence[Tile], role: str | None) -> bytes:
    """Return a digest of all that the answer to a view depends on: the same state has the same answer."""
    viewer = viewpoint.viewer
    return _digest(
        *(*_parts(viewpoint, tiles, role), viewpoint.versions, viewpoint.shown_to_contacts),
        *(sorted(map(str, viewer.apart)), viewpoint.public_id),
    )


def remembered_tag(state: bytes) -> str | None:
    """Return the ETag of the answer in a state, if this process has made it."""
    tags: RecentlyUsed[str] = current_app.extensions[_TAGS]
    return tags.get(state)


def view_tag(viewpoint: Viewpoint, tiles: Sequence[Tile], role: str | None, state: bytes, body: bytes) -> str:
    """Return the ETag of an answer, of this login, and of today, and remember it for its state."""
    tag = _digest(*_parts(viewpoint, tiles, role), hashlib.sha256(body).hexdigest()).hex()[:32]
    current_app.extensions[_TAGS].put(state, tag)
    return tag


def _parts(viewpoint: Viewpoint, tiles: Sequence[Tile], role: str | None) -> tuple[object, ...]:
    """Return what an ETag depends on besides the answer: nothing about others."""
    login: bytes | None = getattr(session, "token_hash", None)
    return (
        *(VERSION, dt.datetime.now(dt.UTC).date(), str(get_locale()), (login or b"").hex()),
        *(viewpoint.viewer.member, viewpoint.role, viewpoint.shown_zone, viewpoint.condition_id, viewpoint.tree),
        *(role, [(tile.z, tile.x, tile.y) for tile in tiles]),
    )


def _digest(*parts: object) -> bytes:
    key = _key(current_app.config["SECRET_KEY"], current_app.config["ANCHOR_KEY"])
    return hmac.digest(key, orjson.dumps(parts), "sha256")


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
    return hmac.digest(secret.encode(), b"map-view/v2/" + hashlib.sha256(anchor_key).digest(), "sha256")
