"""The tiles of the members' map that this process has sent, cached for others who can see the same people.

A tile is cached with the versions of the audiences that were counted for it, and is used only while they are the same:
after each change of the counts, and so after each hide, the database is asked again. It is used only for viewers who
can see exactly the same people: never for those who have blocked somebody or were blocked, or who see somebody who
shows themselves to their contacts. It marks nothing as a viewer's own: that is done for each of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import orjson
from flask import Flask, current_app

from mapservice.config import Config
from mapservice.db import read_rows
from mapservice.geo.tiles import Tile
from mapservice.i18n.translation import get_locale
from mapservice.privacy.visibility import Viewer
from mapservice.store.across.viewpoints import Viewpoint
from mapservice.store.places import clusters
from mapservice.store.zones import drawn_zones
from mapservice.web.members_map.view_rows import Row, mark_own, own_marks, row_marks, tile_rows
from mapservice.web.site.recently_used import RecentlyUsed

# Maximum bytes of all tiles in a process, and about what one mark takes.
_MAX_BYTES = 16 * 1024 * 1024
_MARK_BYTES = 100

_CACHE = "tile_cache"


class _CachedTile(NamedTuple):
    """The JSON of a tile, the versions that it is of, and what could be a viewer's own on it."""

    body: bytes
    versions: tuple[tuple[str, int], ...]
    marks: frozenset[object]


def init_app(app: Flask, _config: Config | None = None) -> None:
    """Give the app an empty cache, in the memory of its process."""
    app.extensions[_CACHE] = RecentlyUsed[_CachedTile](
        _MAX_BYTES, size=lambda tile: len(tile.body) + _MARK_BYTES * len(tile.marks)
    )


def view_body(viewpoint: Viewpoint, tiles: Sequence[Tile], role: str | None) -> bytes:
    """Return the JSON of a view for its viewer: the rows of each tile, by "z/x/y"."""
    cache: RecentlyUsed[_CachedTile] = current_app.extensions[_CACHE]
    audiences = tuple(audience for audience, _version in viewpoint.versions)
    shared = (viewpoint.condition_id, audiences, role, str(get_locale()), viewpoint.tree)
    is_shared = is_for_all(viewpoint)
    # Nobody whom others do not see is on a tile for all, even if they have shown themselves to contacts this moment.
    viewer = replace(viewpoint.viewer, contacts=frozenset()) if is_shared else viewpoint.viewer
    current: dict[Tile, _CachedTile] = {}
    for tile in tiles if is_shared else ():
        cached = cache.get((shared, tile))
        if cached is not None and cached.versions == viewpoint.versions:
            current[tile] = cached
    if missing := [tile for tile in tiles if tile not in current]:
        loaded = _load(viewpoint, viewer, missing, role)
        current |= loaded
        for tile in loaded if is_shared else ():
            cache.put((shared, tile), loaded[tile])
    own = own_marks(viewpoint, role)
    parts = (b'"%d/%d/%d":%b' % (tile.z, tile.x, tile.y, _for_viewer(current[tile], own)) for tile in tiles)
    return b"{%b}" % b",".join(parts)


def is_for_all(viewpoint: Viewpoint) -> bool:
    """Return whether its viewer sees exactly the people whom all others see who see the same audiences."""
    # Without a digest the zones may be other ones at any time.
    return viewpoint.tree is not None and not viewpoint.viewer.apart and not viewpoint.shown_to_contacts


def _load(viewpoint: Viewpoint, viewer: Viewer, tiles: Sequence[Tile], role: str | None) -> dict[Tile, _CachedTile]:
    """Return tiles from the database, which are as new as the viewpoint or newer."""
    read = partial(read_rows, current_app.extensions["engine"])
    zones = drawn_zones.load(read, viewpoint.tree)
    contents = clusters.in_tiles(read, viewpoint.condition_id, tiles, viewer, role, zones)
    rows = {tile: tile_rows(content) for tile, content in contents.items()}
    return {
        tile: _CachedTile(orjson.dumps(of_tile), viewpoint.versions, row_marks(of_tile))
        for tile, of_tile in rows.items()
    }


def _for_viewer(tile: _CachedTile, own: frozenset[object]) -> bytes:
    if tile.marks.isdisjoint(own):
        return tile.body
    rows: dict[str, list[Row]] = orjson.loads(tile.body)
    return orjson.dumps(mark_own(rows, own))
