"""One tile of a condition's map for one viewer: zones with their counts, badges, pins."""

from collections.abc import Sequence
from dataclasses import dataclass

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


# Few zones are drawn at low zooms, and few in a tile at high ones: a generic plan is many times slower at low zooms
# than a plan for each tile (bench/README.md).
_PLAN_EACH = text("set local plan_cache_mode = force_custom_plan")

# A zone is drawn from zoom `appears` until it opens into its children. The envelope has the SRID of the column, so that
# the index on the anchors is used; a tile includes its west and south edge only.
_CLUSTERS = text(f"""
    select st_x(zone.anchor) as lng, st_y(zone.anchor) as lat, sum(counted.n)::int as n,
           zone.id, zone.name, zone.box, zone.level
    from zone join {CURRENT} as counted on counted.zone_id = zone.id
    where zone.anchor && st_makeenvelope(:west, :south, :east, :north, 4326)
      and st_x(zone.anchor) < :east and st_y(zone.anchor) < :north
      and zone.appears <= :zoom and :zoom < zone.opens
      and counted.condition_id = :condition and counted.audience = any(:audiences)
      and (cast(:role as text) is null or counted.role = :role)
    group by zone.id having sum(counted.n) > 0
    order by zone.id
""")  # noqa: S608 -- the statement is a constant

# People who show a zone itself, not a finer one, at zooms that draw finer zones. From PIN_ZOOM on, people with a pin
# are not counted here: they are drawn.
_BADGES = text(f"""
    with told as (
        select zone.id, zone.anchor, zone.name, zone.box, zone.level,
               coalesce((select sum(n) from {CURRENT} as counted where zone_id = zone.id and condition_id = :condition
                         and audience = any(:audiences) and (cast(:role as text) is null or role = :role)), 0)
             - coalesce((select sum(n) from zone as child join {CURRENT} as counted on zone_id = child.id
                         where child.parent = zone.id and condition_id = :condition
                         and audience = any(:audiences) and (cast(:role as text) is null or role = :role)), 0) as n
        from zone
        where zone.anchor && st_makeenvelope(:west, :south, :east, :north, 4326)
          and st_x(zone.anchor) < :east and st_y(zone.anchor) < :north
          and zone.opens <= :zoom and zone.level = any(:levels)
    )
    select st_x(anchor) as lng, st_y(anchor) as lat, n::int as n, id, name, box, level from told
    where n > 0 order by id
""")  # noqa: S608 -- the statement is a constant

_PINS = text("""
    select st_x(pin) as lng, st_y(pin) as lat, array_agg(public_id order by public_id) as public_ids,
           array_agg(role order by public_id) as roles, bool_or(member_id = :member) as is_own
    from membership
    where pin && st_makeenvelope(:west, :south, :east, :north, 4326)
      and st_x(pin) < :east and st_y(pin) < :north
      and condition_id = :condition and audience = any(:audiences)
      and (cast(:role as text) is null or role = :role)
    group by pin
    order by lng, lat
""")


def clusters(session: Session, condition_id: int, tile: Tile, viewer: Viewer, role: str | None) -> list[Cluster]:
    """Return the zones that are drawn on this tile, with the number of people whom this viewer can see in each."""
    session.execute(_PLAN_EACH)
    rows = session.execute(_CLUSTERS, _view(condition_id, tile, viewer, role))
    return [Cluster(*row) for row in rows]


def badges(session: Session, condition_id: int, tile: Tile, viewer: Viewer, role: str | None) -> list[Cluster]:
    """Return the zones that people chose to show as a whole, at zooms that already draw finer ones."""
    levels = ["country", "region"] if tile.z >= PIN_ZOOM else ["country", "region", "district"]
    session.execute(_PLAN_EACH)
    rows = session.execute(_BADGES, {**_view(condition_id, tile, viewer, role), "levels": levels})
    return [Cluster(*row) for row in rows]


def pins(session: Session, condition_id: int, tile: Tile, viewer: Viewer, role: str | None) -> list[Stack]:
    """Return the people drawn one by one on this tile, grouped by anchor; empty below ``PIN_ZOOM``."""
    if tile.z < PIN_ZOOM:
        return []
    rows = session.execute(_PINS, {**_view(condition_id, tile, viewer, role), "member": viewer.member})
    return [Stack(*row) for row in rows]


def _view(condition_id: int, tile: Tile, viewer: Viewer, role: str | None) -> dict[str, object]:
    west, south, east, north = tile.bounds_lnglat
    return {
        "condition": condition_id,
        "audiences": list(audiences_seen(viewer)),
        "role": role,
        "zoom": tile.z,
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }
