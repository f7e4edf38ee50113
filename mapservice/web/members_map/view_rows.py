"""The answer of a view of the map: by tile, the rows of which the script draws marks."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from mapservice.geo.tiles import Tile
from mapservice.geo.zones import ZoneId
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import get_locale
from mapservice.store.places import clusters


def view_rows(contents: Mapping[Tile, clusters.TileContent], own_zone: ZoneId | None) -> dict[str, object]:
    """Return the answer of a view: by tile, the rows of which the script draws marks."""
    return {
        f"{tile.z}/{tile.x}/{tile.y}": {
            "clusters": [_bubble(zone, own_zone, with_box=True) for zone in content.clusters],
            "badges": [_bubble(zone, own_zone, with_box=False) for zone in content.badges],
            "pins": [
                [stack.lng, stack.lat, stack.public_ids, len(stack.public_ids), _one_role(stack.roles), stack.is_own]
                for stack in content.pins
            ],
        }
        for tile, content in contents.items()
    }


def _bubble(zone: clusters.Cluster, own_zone: ZoneId | None, *, with_box: bool) -> list[Any]:
    is_own = own_zone == zone.zone_id or (with_box and (own_zone or "").startswith(f"{zone.zone_id}."))
    name = _name(str(get_locale()), zone.zone_id, zone.name)
    box = [zone.box] if with_box else []
    return [zone.lng, zone.lat, zone.n, zone.zone_id, name, *box, zone.level, is_own]


@functools.lru_cache(maxsize=65_536)
def _name(_language: str, zone_id: ZoneId, name: str) -> str:
    """Return the name of a zone in the language of this request, from memory if it was shown before."""
    return zone_name(zone_id, name)


def _one_role(roles: Sequence[str]) -> str | None:
    """Return the role of the people at one anchor if all have the same, otherwise None."""
    return roles[0] if len(set(roles)) == 1 else None
