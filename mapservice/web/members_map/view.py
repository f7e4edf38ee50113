"""A view of the members' map, which every open map asks for every few seconds: its tiles, or that nothing has changed.

One statement finds the login, the condition, and the versions of what its viewer can see. It is all that the database
is asked where they have the answer already, or where this process has made it for somebody who can see the same people
(docs/decisions/0043-a-cache-of-tiles.md).
"""

import functools
import re

from flask import Response, abort, jsonify, request

from mapservice.errors import UnknownConditionError
from mapservice.geo.tiles import Tile
from mapservice.store.across import viewpoints
from mapservice.store.across.viewpoints import Viewpoint
from mapservice.store.places import clusters
from mapservice.web.accounts.access import member_required_with
from mapservice.web.members_map.forms import chosen_role
from mapservice.web.members_map.tile_cache import view_body
from mapservice.web.members_map.view_tags import is_known, remembered_tag, tagged, view_state, view_tag
from mapservice.web.site import form_fields, rate_limits

#: Tiles of one request: a view of some 2,000 by 2,000 pixels. For a larger view the script sends several requests.
MAX_TILES = 64

# Zoom, column and row, with no more digits than the maximum zoom needs.
_TILE = re.compile(r"[0-9]{1,2}/[0-9]{1,4}/[0-9]{1,4}")


@rate_limits.unlimited
@member_required_with(viewpoints.load)
def view(viewpoint: Viewpoint | None, slug: str) -> Response:
    """Return what the tiles of a view hold for this member, by tile: clusters, badges, pins; 304 if they have it."""
    form_fields.allow_only_queries("tiles", "role")
    role, tiles = chosen_role(), _requested_tiles(request.args.get("tiles"))
    if viewpoint is None:
        raise UnknownConditionError
    if not tiles:
        return jsonify({})
    state = view_state(viewpoint, tiles, role)
    tag = remembered_tag(state)
    if tag is not None and is_known(tag):
        return tagged(Response(status=304), tag)
    body = view_body(viewpoint, tiles, role)
    tag = view_tag(viewpoint, tiles, role, state, body)
    if is_known(tag):
        return tagged(Response(status=304), tag)
    return tagged(Response(body, mimetype="application/json"), tag)


# An open map sends the same text each time.
@functools.lru_cache(maxsize=1_024)
def _requested_tiles(text: str | None) -> tuple[Tile, ...]:
    """Return the tiles in the query, "z/x/y" separated by commas; 422 if malformed, 404 if one does not exist."""
    if text is None:
        return ()
    words = text.split(",")
    if len(words) > MAX_TILES or not all(map(_TILE.fullmatch, words)):
        abort(422)
    tiles = tuple(Tile(*map(int, word.split("/"))) for word in words)
    if len(set(tiles)) < len(tiles) or len({tile.z for tile in tiles}) > 1:
        abort(422)
    if tiles[0].z > clusters.MAX_ZOOM:
        abort(404)
    return tiles
