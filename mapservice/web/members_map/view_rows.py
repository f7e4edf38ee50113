"""The rows of a tile of the map, of which the script draws marks; the last value of each says whether it is one's own.

What can be one's own are the clusters of the zone that one shows and of those above it, the badge of that zone, and the
pin, alone or among others of its cell. :func:`row_marks` and :func:`own_marks` name them alike.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

from mapservice.geo import cells, zones
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import ZoneId
from mapservice.i18n.labels import zone_name
from mapservice.i18n.translation import get_locale
from mapservice.store.across.viewpoints import Viewpoint
from mapservice.store.places import clusters

#: One row: a list of values for JSON.
Row = list[Any]


def tile_rows(content: clusters.TileContent) -> dict[str, list[Row]]:
    """Return the rows of a tile by kind, the same for everybody who may see the same people: none is one's own."""
    language = str(get_locale())
    return {
        "clusters": [_bubble(zone, language, with_box=True) for zone in content.clusters],
        "badges": [_bubble(zone, language, with_box=False) for zone in content.badges],
        "pins": [
            [stack.lng, stack.lat, stack.public_id or cells.cell_name(stack.cell), stack.n, stack.role, False]
            for stack in content.pins
        ],
    }


def row_marks(rows: Mapping[str, Iterable[Row]]) -> frozenset[object]:
    """Return what names each row of a tile."""
    return frozenset(_mark(kind, row) for kind, rows_of_kind in rows.items() for row in rows_of_kind)


def own_marks(viewpoint: Viewpoint, role: str | None) -> frozenset[object]:
    """Return what names the rows that are a viewer's own on any tile, with a filter by role."""
    if viewpoint.shown_zone is None:
        return frozenset()
    marks: set[object] = {("clusters", zone_id) for zone_id in zones.path(viewpoint.shown_zone)}
    marks.add(("badges", viewpoint.shown_zone))
    if viewpoint.pin is not None and role in {None, viewpoint.role}:
        zooms = range(clusters.PIN_ZOOM, clusters.MAX_ZOOM + 1)
        names = [cells.cell_name(tile_at(*viewpoint.pin, zoom + cells.DEEPER)) for zoom in zooms]
        marks.update(("pins", name) for name in (viewpoint.public_id, *names))
    return frozenset(marks)


def mark_own(rows: dict[str, list[Row]], own: frozenset[object]) -> dict[str, list[Row]]:
    """Say in the rows of a tile which of them are a viewer's own."""
    for kind, rows_of_kind in rows.items():
        for row in rows_of_kind:
            row[-1] = _mark(kind, row) in own
    return rows


def _mark(kind: str, row: Row) -> tuple[str, str]:
    return (kind, row[2] if kind == "pins" else row[3])


def _bubble(zone: clusters.Cluster, language: str, *, with_box: bool) -> Row:
    name = _name(language, zone.zone_id, zone.name)
    box = [zone.box] if with_box else []
    return [zone.lng, zone.lat, zone.n, zone.zone_id, name, *box, zone.level, False]


@functools.lru_cache(maxsize=65_536)
def _name(_language: str, zone_id: ZoneId, name: str) -> str:
    """Return the name of a zone in the language of this request, from memory if it was shown before."""
    return zone_name(zone_id, name)
