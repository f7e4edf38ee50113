"""What the members' map is sent."""

import itertools
from collections.abc import Sequence
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.geo import cells
from mapservice.geo.tiles import Tile, tile_at
from mapservice.store.places import clusters
from mapservice.store.tables import Membership


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


def people_behind(client: FlaskClient, page: str, pin: Sequence[Any], role: str = "") -> list[str]:
    """Return the public ids of the people behind a pin, of which those of several are listed page by page."""
    name, n = pin[2:4]
    if n == 1:
        return [name]
    public_ids: list[str] = []
    for number in itertools.count(1):
        address = f"{page}/stacks/{name}?page={number}" + (f"&role={role}" if role else "")
        listed = client.get(address, headers={"Accept": "application/json"}).get_json()
        if listed["page"] != number:  # after the last page the last one is shown again
            break
        public_ids += listed["people"]
    return public_ids


def cell_of(session: Session, public_id: str, zoom: int = clusters.PIN_ZOOM) -> str:
    """Return the name of the cell that somebody's pin is in, at a zoom at which pins are drawn."""
    lng, lat = session.execute(
        select(func.st_x(Membership.pin), func.st_y(Membership.pin)).where(Membership.public_id == public_id)
    ).one()
    return cells.cell_name(tile_at(lng, lat, zoom + cells.DEEPER))
