"""The tiles of a condition's map for one viewer: zones with their counts, badges, pins."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.geo.tiles import Tile
from mapservice.geo.zones import ZoneId
from mapservice.privacy.visibility import Viewer, audiences_seen
from mapservice.store.places.current_counts import CURRENT

#: First zoom at which people are drawn one by one.
PIN_ZOOM = 10

#: Maximum zoom of the members' map.
MAX_ZOOM = 11


@dataclass(frozen=True, slots=True)
class Cluster:
    """People shown in a zone or below it; (lng, lat) is the zone's fixed anchor, ``box`` (west, south, east, north)."""

    lng: float
    lat: float
    n: int
    zone_id: ZoneId
    name: str
    box: Sequence[float]
    level: str


@dataclass(frozen=True, slots=True)
class Stack:
    """The memberships with a pin at the same anchor: their public ids, and their roles in the same order."""

    lng: float
    lat: float
    public_ids: Sequence[str]
    roles: Sequence[str]
    is_own: bool


@dataclass(frozen=True, slots=True)
class TileContent:
    """What is drawn on one tile."""

    clusters: list[Cluster] = field(default_factory=list)
    badges: list[Cluster] = field(default_factory=list)
    pins: list[Stack] = field(default_factory=list)


# Few zones are drawn at low zooms, and few in a tile at high ones: a generic plan is many times slower at low zooms
# than a plan for each tile (bench/README.md).
_PLAN_EACH = text("set local plan_cache_mode = force_custom_plan")

# All tiles of a view, each with its edges in degrees.
_TILES = """unnest(
    cast(:xs as integer[]), cast(:ys as integer[]),
    cast(:west as float[]), cast(:south as float[]), cast(:east as float[]), cast(:north as float[])
) as tile (x, y, west, south, east, north)"""

# A zone is drawn from zoom `appears` until it opens into its children. The envelope has the SRID of the column, so that
# the index on the anchors is used; a tile includes its west and south edge only.
_CLUSTERS = text(f"""
    select tile.x, tile.y, st_x(zone.anchor) as lng, st_y(zone.anchor) as lat, sum(counted.n)::int as n,
           zone.id, zone.name, zone.box, zone.level
    from {_TILES}
    join zone on zone.anchor && st_makeenvelope(tile.west, tile.south, tile.east, tile.north, 4326)
    join {CURRENT} as counted on counted.zone_id = zone.id
    where st_x(zone.anchor) < tile.east and st_y(zone.anchor) < tile.north
      and zone.appears <= :zoom and :zoom < zone.opens
      and counted.condition_id = :condition and counted.audience = any(:audiences)
      and (cast(:role as text) is null or counted.role = :role)
    group by tile.x, tile.y, zone.id having sum(counted.n) > 0
    order by zone.id
""")  # noqa: S608 -- the statement is a constant

# People who show a zone itself, not a finer one, at zooms that draw finer zones. From PIN_ZOOM on, people with a pin
# are not counted here: they are drawn.
_BADGES = text(f"""
    with shown as (
        select tile.x, tile.y, zone.id, zone.anchor, zone.name, zone.box, zone.level,
               coalesce((select sum(n) from {CURRENT} as counted where zone_id = zone.id and condition_id = :condition
                         and audience = any(:audiences) and (cast(:role as text) is null or role = :role)), 0)
             - coalesce((select sum(n) from zone as child join {CURRENT} as counted on zone_id = child.id
                         where child.parent = zone.id and condition_id = :condition
                         and audience = any(:audiences) and (cast(:role as text) is null or role = :role)), 0) as n
        from {_TILES}
        join zone on zone.anchor && st_makeenvelope(tile.west, tile.south, tile.east, tile.north, 4326)
        where st_x(zone.anchor) < tile.east and st_y(zone.anchor) < tile.north
          and zone.opens <= :zoom and zone.level = any(:levels)
    )
    select x, y, st_x(anchor) as lng, st_y(anchor) as lat, n::int as n, id, name, box, level from shown
    where n > 0 order by id
""")  # noqa: S608 -- the statement is a constant

_PINS = text(f"""
    select tile.x, tile.y, st_x(pin) as lng, st_y(pin) as lat, array_agg(public_id order by public_id) as public_ids,
           array_agg(role order by public_id) as roles, bool_or(member_id = :member) as is_own
    from {_TILES}
    join membership on pin && st_makeenvelope(tile.west, tile.south, tile.east, tile.north, 4326)
    where st_x(pin) < tile.east and st_y(pin) < tile.north
      and condition_id = :condition and audience = any(:audiences)
      and (cast(:role as text) is null or role = :role)
    group by tile.x, tile.y, pin
    order by lng, lat
""")  # noqa: S608 -- the statement is a constant


def in_tiles(
    session: Session, condition_id: int, tiles: Sequence[Tile], viewer: Viewer, role: str | None
) -> dict[Tile, TileContent]:
    """Return what is drawn on tiles of one zoom, with the people whom this viewer can see.

    Clusters are the zones that are drawn at this zoom; badges those that people chose to show as a whole, at zooms that
    already draw finer ones; pins the people drawn one by one, grouped by anchor, from ``PIN_ZOOM`` on.

    :raise ValueError: if the tiles are not of one zoom.
    """
    [zoom] = {tile.z for tile in tiles}
    content = {tile: TileContent() for tile in tiles}
    values = _values(condition_id, tiles, viewer, role)
    session.execute(_PLAN_EACH)
    for x, y, *row in session.execute(_CLUSTERS, values | {"zoom": zoom}):
        content[Tile(zoom, x, y)].clusters.append(Cluster(*row))
    levels = ["country", "region"] if zoom >= PIN_ZOOM else ["country", "region", "district"]
    for x, y, *row in session.execute(_BADGES, values | {"zoom": zoom, "levels": levels}):
        content[Tile(zoom, x, y)].badges.append(Cluster(*row))
    if zoom >= PIN_ZOOM:
        for x, y, *row in session.execute(_PINS, values | {"member": viewer.member}):
            content[Tile(zoom, x, y)].pins.append(Stack(*row))
    return content


def _values(condition_id: int, tiles: Sequence[Tile], viewer: Viewer, role: str | None) -> dict[str, object]:
    edges = zip(*(tile.bounds_lnglat for tile in tiles), strict=True)
    return {
        "condition": condition_id,
        "audiences": list(audiences_seen(viewer)),
        "role": role,
        "xs": [tile.x for tile in tiles],
        "ys": [tile.y for tile in tiles],
        **dict(zip(("west", "south", "east", "north"), map(list, edges), strict=True)),
    }
