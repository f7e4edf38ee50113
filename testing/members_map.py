"""What the members' map is sent."""

from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient

from mapservice.geo.tiles import Tile


def view_address(page: str, *tiles: Tile) -> str:
    """Return the address at which the map of a condition (``page``: /conditions/<slug>) asks for tiles of one zoom."""
    return f"{page}/clusters?tiles={','.join(f'{tile.z}/{tile.x}/{tile.y}' for tile in tiles)}"


def view_content(
    client: FlaskClient, page: str, tiles: Sequence[Tile], role: str = ""
) -> list[dict[str, list[Any]]] | None:
    """Return what a viewer is sent of tiles of one zoom: clusters, badges, pins; None if the viewer is sent nothing."""
    answer = client.get(view_address(page, *tiles) + (f"&role={role}" if role else ""))
    if answer.status_code != 200:
        return None
    content = answer.get_json()
    assert len(content) == len(tiles)
    return list(content.values())


def tile_content(client: FlaskClient, page: str, tile: Tile, role: str = "") -> dict[str, list[Any]] | None:
    """Return what a viewer is sent of one tile: clusters, badges, pins; None if the viewer is sent nothing."""
    content = view_content(client, page, [tile], role)
    return content[0] if content else None
