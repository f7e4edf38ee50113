"""Look-up of zones in the loaded tree, and paths from a zone up to its country."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from mapservice.errors import UnknownZoneError
from mapservice.geo import zones
from mapservice.geo.bbox import Bbox
from mapservice.geo.zones import Level, ZoneId
from mapservice.store import tables


def get(session: Session, zone_id: str) -> zones.Zone:
    """Return the zone with an id.

    :raise UnknownZoneError: if the tree has no such zone, or it cannot be chosen.
    """
    return path(session, zone_id)[-1]


def path(session: Session, zone_id: str) -> list[zones.Zone]:
    """Return the zones from the country down to the zone itself.

    :raise UnknownZoneError: if the tree has no such zone, or it cannot be chosen.
    """
    ids = zones.path(zone_id)
    rows = {row.id: row for row in session.scalars(select(tables.ZoneRow).where(tables.ZoneRow.id.in_(ids)))}
    if len(rows) != len(ids) or rows[ids[-1]].level == Level.PART:
        raise UnknownZoneError
    return [_zone(rows[zone]) for zone in ids]


def children(session: Session, zone_id: ZoneId) -> Sequence[zones.Zone]:
    """Return the children of a zone, by name."""
    rows = session.scalars(select(tables.ZoneRow).where(tables.ZoneRow.parent == zone_id).order_by(tables.ZoneRow.name))
    return [_zone(row) for row in rows]


def names(session: Session, zone_ids: Sequence[ZoneId]) -> dict[ZoneId, str]:
    """Return the names of zones by their ids."""
    rows = session.execute(select(tables.ZoneRow.id, tables.ZoneRow.name).where(tables.ZoneRow.id.in_(zone_ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class Place:
    """A country or region that can have figures; ``people`` is a lower bound of its population.

    ``codes`` are ISO 3166-1 alpha-2 of a country (several for a group), ISO 3166-2 of a region.
    """

    zone: ZoneId
    name: str
    codes: Sequence[str]
    country: str
    country_name: str
    people: int


def places(
    session: Session, level: str, *, within: Sequence[str] | None = None, offset: int = 0, limit: int = 1
) -> tuple[list[Place], int]:
    """Return a page of countries or regions by id, all or those in ``within``; and their total number."""
    zone, country = tables.ZoneRow, aliased(tables.ZoneRow)
    filters = [zone.level == level] if within is None else [zone.level == level, zone.id.in_(within)]
    rows = session.execute(
        select(zone.id, zone.name, zone.codes, country.id, country.name, zone.people)
        .join(country, country.id == func.split_part(zone.id, ".", 1))
        .where(*filters)
        .order_by(zone.id)
        .limit(limit)
        .offset(offset)
    )
    matched = session.scalar(select(func.count()).select_from(zone).where(*filters)) or 0
    return [Place(*row) for row in rows], matched


def bbox(session: Session, zone_id: ZoneId) -> Bbox:
    """Return the bounding box of a zone."""
    return Bbox(*session.scalars(select(tables.ZoneRow.box).where(tables.ZoneRow.id == zone_id)).one())


def _zone(row: tables.ZoneRow) -> zones.Zone:
    return zones.Zone(row.id, row.tree, Level(row.level), row.name, row.people, row.anchors)
