"""The declaration of the members' map."""

from flask import Flask

from mapservice.config import Config
from mapservice.web.members_map import members_map, stacks, tile_cache, view_tags
from mapservice.web.site.declaration import WebSubject


def _start(app: Flask, config: Config) -> None:
    tile_cache.init_app(app, config)
    view_tags.init_app(app, config)


SUBJECT = WebSubject(
    pages=(members_map.bp, stacks.bp), queries=frozenset({"role", "in", "page", "tiles"}), start=_start
)
