"""The people on the map as lists: zones with their counts, people in a zone, one profile card."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, func, literal_column, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownPersonError
from mapservice.geo.tiles import Tile
from mapservice.geo.zones import ZoneId, path
from mapservice.privacy.profiles import MemberProfile
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import visible
from mapservice.store.places.current_counts import seen_counts
from mapservice.store.profiles import profiles
from mapservice.store.tables import Condition, Member, Membership, ZoneRow
from mapservice.store.tables.community import PIN_ACROSS, PIN_DOWN, PIN_TILE


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


def rows_below(
    session: Session, condition: Condition, zone_id: ZoneId | None, viewer: Viewer, role: str | None
) -> Sequence[MemberRow]:
    """Return the countries of the world, or the children of a zone, with visible people, the largest number first."""
    counted = seen_counts(condition, viewer, role, _depth(zone_id) + 1)
    n = func.sum(counted.c.n)
    place = ZoneRow.level == "country" if zone_id is None else ZoneRow.parent == zone_id
    statement = (
        select(ZoneRow.id, ZoneRow.name, ZoneRow.level, n)
        .join(counted, counted.c.zone_id == ZoneRow.id)
        .where(place)
        .group_by(ZoneRow.id)
        .having(n > 0)
        .order_by(n.desc(), ZoneRow.name)
    )
    return [MemberRow(*row) for row in session.execute(statement)]


def total(session: Session, condition: Condition, zone_id: ZoneId | None, viewer: Viewer, role: str | None) -> int:
    """Return how many people this viewer can see in a zone, or in the whole world."""
    place = ZoneRow.level == "country" if zone_id is None else ZoneRow.id == zone_id
    counted = seen_counts(condition, viewer, role, _depth(zone_id) or 1)
    statement = (
        select(func.coalesce(func.sum(counted.c.n), 0)).join(ZoneRow, counted.c.zone_id == ZoneRow.id).where(place)
    )
    return session.scalar(statement) or 0


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


def _depth(zone_id: ZoneId | None) -> int:
    return 0 if zone_id is None else len(path(zone_id))


def _in_cell(cell: Tile) -> list[ColumnElement[bool]]:
    deeper = cell.z - 11
    x, y = (literal_column(f"floor({part} * {2**cell.z})::integer", Integer) for part in (PIN_ACROSS, PIN_DOWN))
    tile = literal_column(PIN_TILE, Integer)
    return [tile == (cell.x >> deeper) * 2**11 + (cell.y >> deeper), x == cell.x, y == cell.y]
