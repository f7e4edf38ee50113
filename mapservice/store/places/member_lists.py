"""The people on the map as lists: zones with their counts, people in a zone, one profile card."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, func, literal_column, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownPersonError
from mapservice.geo.tiles import Tile
from mapservice.geo.zones import ZoneId, country
from mapservice.privacy.profiles import MemberProfile
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import visible
from mapservice.store.places.current_counts import (
    COUNTS,
    PERSONAL,
    personal_changes,
    personal_values,
    seen_anywhere,
    seen_counts,
)
from mapservice.store.profiles import profiles
from mapservice.store.tables import Condition, Member, Membership, ZoneRow
from mapservice.store.tables.community import PIN_ACROSS, PIN_DOWN, PIN_TILE
from mapservice.store.transactions.execution import Read


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A zone with the number of people whom this viewer can see in it or below."""

    zone_id: ZoneId
    name: str
    level: str
    n: int


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the list of a zone; profile cards are fetched one at a time."""

    public_id: str
    role: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Card:
    """The profile card of one person, without a date, which would link two memberships that began together."""

    public_id: str
    pseudonym: str
    role: str
    zone_id: ZoneId
    zone_name: str
    level: str
    is_own: bool
    profile: MemberProfile


# Zones with their counts, and after them the changes of the counts, which have no name.
_ROWS = f"""
    with place as materialized (select id, name, level from zone where {{place}})
    select place.id, coalesce(counts.n, 0), false, place.name, place.level
    from place left join ({COUNTS.format(zones="array(select id from place)")}) as counts on counts.zone_id = place.id
    union all
    select zones, n, true, null, null from ({PERSONAL}) as personal
    order by 4
"""  # noqa: S608 -- the statement is a constant
_COUNTRIES = _ROWS.format(place="level = 'country'")
_CHILDREN = _ROWS.format(place="parent = %(zone)s")


def rows_below(
    session: Session, condition: Condition, zone_id: ZoneId | None, viewer: Viewer, role: str | None
) -> Sequence[MemberRow]:
    """Return the countries of the world, or the children of a zone, with visible people, the largest number first."""
    values = {"zone": zone_id, **personal_values(condition.id, viewer, role)}
    rows = _reader(session)(_COUNTRIES if zone_id is None else _CHILDREN, values)
    changes = personal_changes((row[:3] for row in rows), [country(zone_id)] if zone_id else [])
    members = [MemberRow(zone, name, level, n + changes[zone]) for zone, n, is_change, name, level in rows
               if not is_change]  # fmt: skip
    # They are in the order of their names, which stays among those with equally many people.
    return sorted((row for row in members if row.n > 0), key=lambda row: -row.n)


def total(session: Session, condition: Condition, zone_id: ZoneId | None, viewer: Viewer, role: str | None) -> int:
    """Return how many people this viewer can see in a zone, or in the whole world."""
    if zone_id is None:
        return seen_anywhere(_reader(session), personal_values(condition.id, viewer, role))
    return totals(session, condition, [zone_id], viewer, role)[zone_id]


def totals(
    session: Session, condition: Condition, zone_ids: Collection[ZoneId], viewer: Viewer, role: str | None
) -> dict[ZoneId, int]:
    """Return how many people this viewer can see in each of some zones."""
    counts = seen_counts(_reader(session), zone_ids, personal_values(condition.id, viewer, role))
    return {zone_id: counts.get(zone_id, 0) for zone_id in zone_ids}


def shown_in(
    session: Session,
    condition: Condition,
    zone_id: ZoneId,
    viewer: Viewer,
    role: str | None,
    *,
    limit: int,
    offset: int,
) -> tuple[int, Sequence[Person]]:
    """Return how many people show exactly this zone, and a page of them, in the order of their random public ids."""
    filters = [Membership.shown_zone == zone_id]
    return _listed(session, condition, filters, viewer, role, limit=limit, offset=offset)


def stacked_in(
    session: Session, condition: Condition, cell: Tile, viewer: Viewer, role: str | None, *, limit: int, offset: int
) -> tuple[int, Sequence[Person]]:
    """Return how many people have a pin in a cell, and a page of them, in the order of their random public ids.

    ``cell`` is no larger than a tile of zoom 11, by which the index finds pins.
    """
    filters = [Membership.pin.is_not(None), *_in_cell(cell)]
    return _listed(session, condition, filters, viewer, role, limit=limit, offset=offset)


def _listed(
    session: Session,
    condition: Condition,
    filters: list[ColumnElement[bool]],
    viewer: Viewer,
    role: str | None,
    *,
    limit: int,
    offset: int,
) -> tuple[int, Sequence[Person]]:
    filters += visible(condition.id, viewer)
    if role:
        filters.append(Membership.role == role)
    count = session.scalar(select(func.count()).select_from(Membership).where(*filters)) or 0
    statement = (
        select(Membership.public_id, Membership.role, Membership.member_id)
        .where(*filters)
        .order_by(Membership.public_id)
        .limit(limit)
        .offset(offset)
    )
    people = [Person(row.public_id, row.role, row.member_id == viewer.member) for row in session.execute(statement)]
    return count, people


def card(
    session: Session, condition: Condition, public_id: str, viewer: Viewer, *, profile: MemberProfile | None = None
) -> Card:
    """Return the profile card of a person whom this viewer can see, with the parts of the profile that they can read.

    With ``profile`` it is the card that they would see if the person saved that profile.

    :raise UnknownPersonError: if there is no such person, or this viewer cannot see them: the same answer for both.
    """
    statement = (
        select(
            Membership.public_id,
            func.coalesce(Membership.pseudonym, Member.pseudonym),
            Membership.role,
            ZoneRow.id,
            ZoneRow.name,
            ZoneRow.level,
            Membership.member_id,
        )
        .join(Member, Member.id == Membership.member_id)
        .join(ZoneRow, ZoneRow.id == Membership.shown_zone)
        .where(Membership.public_id == public_id, *visible(condition.id, viewer))
    )
    row = session.execute(statement).one_or_none()
    if row is None:
        raise UnknownPersonError
    public_id, pseudonym, role, zone_id, zone_name, level, member_id = row
    says = (profile or profiles.find(session, condition.id, member_id)).seen_by(viewer, member_id)
    return Card(public_id, pseudonym, role, zone_id, zone_name, level, member_id == viewer.member, says)


def _reader(session: Session) -> Read:
    connection = session.connection()
    return lambda statement, values: connection.exec_driver_sql(statement, dict(values)).all()


def _in_cell(cell: Tile) -> list[ColumnElement[bool]]:
    deeper = cell.z - 11
    x, y = (literal_column(f"floor({part} * {2**cell.z})::integer", Integer) for part in (PIN_ACROSS, PIN_DOWN))
    tile = literal_column(PIN_TILE, Integer)
    return [tile == (cell.x >> deeper) * 2**11 + (cell.y >> deeper), x == cell.x, y == cell.y]
