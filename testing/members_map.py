"""What the members' map is sent."""

from typing import Any

from flask.testing import FlaskClient

from mapservice.geo.tiles import Tile


def view_address(page: str, *tiles: Tile) -> str:
    """Return the address at which the map of a condition (``page``: /conditions/<slug>) asks for tiles of one zoom."""
    return f"{page}/clusters?tiles={','.join(f'{tile.z}/{tile.x}/{tile.y}' for tile in tiles)}"


def tile_content(client: FlaskClient, page: str, tile: Tile, role: str = "") -> dict[str, list[Any]] | None:
    """Return what a viewer is sent of one tile: clusters, badges, pins; None if the viewer is sent nothing."""
    answer = client.get(view_address(page, tile) + (f"&role={role}" if role else ""))
    if answer.status_code != 200:
        return None
    [content] = answer.get_json().values()
    return dict(content)
