"""The people around a member's own home, by the zone that they show to this member; nothing of it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, literal_column, or_, select, type_coerce
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level, ZoneId, level_of
from mapservice.privacy.nearness import Nearness, Sought, Surrounding, nearness, surroundings
from mapservice.privacy.profiles import ProfilePart
from mapservice.privacy.visibility import Role, Viewer
from mapservice.store.community import visible_people
from mapservice.store.places import member_lists
from mapservice.store.tables import Condition, Membership
from mapservice.store.tables.profiles import ProfileRow

#: The most people of one group who are listed on a day; on other days it is others.
MAX_LISTED = 500

#: The most people with a part of a profile who are counted: more are "more than".
MAX_COUNTED = 1_000


@dataclass(frozen=True, slots=True)
class PersonNear:
    """A person in a list, never the viewer; their profile card is fetched by itself."""

    public_id: str
    role: str
    is_own: bool = False


def counts(
    session: Session, condition: Condition, home: ZoneId, viewer: Viewer, role: Role | None
) -> dict[Nearness, int]:
    """Return how many others this viewer can see in each group around a home, from the counts of the zones."""
    groups = surroundings(home)
    zones = {zone for group in groups.values() for zone in (group.within, group.nearer) if zone}
    people = member_lists.totals(session, condition, zones, viewer, role)
    anywhere = member_lists.total(session, condition, None, viewer, role)
    numbers = {
        near: (people[group.within] if group.within else anywhere) - (people[group.nearer] if group.nearer else 0)
        for near, group in groups.items()
    }
    own = _own_zone(session, condition, viewer, role)
    if own is not None:
        numbers[nearness(home, own)] -= 1
    return numbers


def count(session: Session, condition: Condition, group: Surrounding, viewer: Viewer, sought: Sought) -> int:
    """Return how many people of a group match, at most ``MAX_COUNTED``."""
    matching = select(Membership.public_id).where(*_matching(condition, group, viewer, sought)).limit(MAX_COUNTED)
    return session.scalar(select(func.count()).select_from(matching.subquery())) or 0


def find(
    session: Session, condition: Condition, group: Surrounding, viewer: Viewer, sought: Sought, *, start: str
) -> Sequence[PersonNear]:
    """Return the people of a group who match, at most ``MAX_LISTED``: the first from ``start`` on by their public id.

    Public ids are random, so that those who are left out of a large group are no special ones.
    """
    statement = select(Membership.public_id, Membership.role).where(*_matching(condition, group, viewer, sought))
    in_order = statement.order_by(Membership.public_id)
    rows = session.execute(in_order.where(Membership.public_id >= start).limit(MAX_LISTED)).all()
    if len(rows) < MAX_LISTED:
        more = in_order.where(Membership.public_id < start).limit(MAX_LISTED - len(rows))
        rows = [*rows, *session.execute(more).all()]
    return [PersonNear(*row) for row in rows]


def _matching(condition: Condition, group: Surrounding, viewer: Viewer, sought: Sought) -> list[ColumnElement[bool]]:
    filters = [*visible_people.visible(condition.id, viewer), Membership.member_id != viewer.member]
    filters += [Membership.shown_zone.is_not(None), *_in_group(Membership.shown_zone, group)]
    if sought.role:
        filters.append(Membership.role == sought.role)
    if sought.of_profile:
        of_person = ProfileRow.condition_id == Membership.condition_id, ProfileRow.member_id == Membership.member_id
        filters.append(select(ProfileRow.member_id).where(*of_person, *_readable(viewer, sought)).exists())
    return filters


def _in_group(zone: Any, group: Surrounding) -> list[ColumnElement[bool]]:
    """Return the conditions that a zone, which somebody shows, puts them into a group."""
    filters: list[ColumnElement[bool]] = []
    if group.within:
        filters.append(_is_or_is_below(zone, group.within))
    if group.nearer:
        filters.append(~_is_or_is_below(zone, group.nearer))
    return filters


def _is_or_is_below(zone: Any, zone_id: ZoneId) -> ColumnElement[bool]:
    """Return the condition that a zone is another one or inside it.

    A country has thousands of people, who are found in an index in the order in which they are listed. Of a finer zone
    all are read. The ids are in the order of their bytes, in which "/" follows ".": so it is a range, which PostgreSQL
    can estimate and find in an index.
    """
    if level_of(zone_id) is Level.COUNTRY:
        return func.left(zone, literal_column("2")) == zone_id
    return or_(zone == zone_id, and_(zone >= f"{zone_id}.", zone < f"{zone_id}/"))


def _readable(viewer: Viewer, sought: Sought) -> list[ColumnElement[bool]]:
    """Return the conditions that a profile has all parts sought, and that this viewer can read each of them."""
    return [
        _says(part, value)
        & visible_people.shown_to(viewer, getattr(ProfileRow, f"{part}_audience"), ProfileRow.member_id)
        for part, value in sought.of_profile.items()
    ]


def _says(part: ProfilePart, value: str) -> ColumnElement[bool]:
    column: Any = getattr(ProfileRow, part)
    return column == value if part is ProfilePart.DURATION else type_coerce(column, ARRAY(Text)).contains([value])


def _own_zone(session: Session, condition: Condition, viewer: Viewer, role: Role | None) -> ZoneId | None:
    """Return the zone in which the counts have the viewer as well, if they do."""
    own = [*visible_people.visible(condition.id, viewer), Membership.member_id == viewer.member]
    with_role = [Membership.role == role] if role else []
    return session.scalar(select(Membership.shown_zone).where(*own, *with_role))
