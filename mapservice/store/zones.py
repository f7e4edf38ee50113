"""Zones of the loaded tree, and the way from a zone up to its country."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownZoneError
from mapservice.geo import zones
from mapservice.geo.zones import Level
from mapservice.store import tables


def get(session: Session, zone_id: str) -> zones.Zone:
    """The zone of an id.

    :raise UnknownZoneError: if the tree has no such zone, or it is one that cannot be chosen.
    """
    return path(session, zone_id)[-1]


def path(session: Session, zone_id: str) -> list[zones.Zone]:
    """The zones from the country down to the zone itself.

    :raise UnknownZoneError: if the tree has no such zone, or it is one that cannot be chosen.
    """
    wanted = zones.path(zone_id)
    found = {row.id: row for row in session.scalars(select(tables.Zone).where(tables.Zone.id.in_(wanted)))}
    if len(found) != len(wanted) or found[zone_id].level == Level.PART:
        raise UnknownZoneError
    return [_zone(found[each]) for each in wanted]


def children(session: Session, zone_id: str) -> Sequence[zones.Zone]:
    """The zones right below a zone, by name."""
    rows = session.scalars(select(tables.Zone).where(tables.Zone.parent == zone_id).order_by(tables.Zone.name))
    return [_zone(row) for row in rows]


def names(session: Session, zone_ids: Sequence[str]) -> dict[str, str]:
    """The names of zones by their ids."""
    rows = session.execute(select(tables.Zone.id, tables.Zone.name).where(tables.Zone.id.in_(zone_ids)))
    return {row.id: row.name for row in rows}


def box(session: Session, zone_id: str) -> tuple[float, float, float, float]:
    """The box around a zone: west, south, east, north in degrees, SRID 4326."""
    west, south, east, north = session.scalars(select(tables.Zone.box).where(tables.Zone.id == zone_id)).one()
    return west, south, east, north


def _zone(row: tables.Zone) -> zones.Zone:
    return zones.Zone(row.id, row.tree, Level(row.level), row.name, row.people, row.anchors)
