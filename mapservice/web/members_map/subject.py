"""The declaration of the members' map."""

from mapservice.web.members_map import members_map, stacks, tile_cache
from mapservice.web.site.declaration import WebSubject

SUBJECT = WebSubject(
    pages=(members_map.bp, stacks.bp), queries=frozenset({"role", "in", "page", "tiles"}), start=tile_cache.init_app
)
