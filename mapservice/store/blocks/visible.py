"""The memberships that a viewer can see: the one condition of every statement that reads people for somebody else."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, all_, and_, any_, cast, literal, or_

from mapservice.privacy.texts import Reader
from mapservice.privacy.visibility import Audience, Viewer, audiences_seen, contacts_seen
from mapservice.store.tables import Membership


def visible(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions on :class:`Membership` under which this viewer can see somebody in a community."""
    seen = [Membership.condition_id == condition_id, shown_to(viewer, Membership.audience, Membership.member_id)]
    return [*seen, is_not_apart(viewer, Membership.member_id)]


def is_not_apart(viewer: Viewer | Reader, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that a member, a column, exists for this viewer.

    The people apart are one parameter, as are the contacts: a statement of its own for each number of them would have
    to be planned, and by that time a viewer could notice that somebody has blocked them.
    """
    apart = cast(literal(list(viewer.apart), ARRAY(Uuid)), ARRAY(Uuid))
    return member_id != all_(apart)  # type: ignore[no-any-return]


def shown_to(viewer: Viewer, audience: Any, member_id: Any) -> ColumnElement[bool]:
    """Return the condition that this viewer sees what a member shows to an audience, both of which are columns."""
    shared = audience == any_(literal(list(audiences_seen(viewer)), ARRAY(Text)))
    contacts = literal(list(contacts_seen(viewer)), ARRAY(Uuid))
    return or_(shared, and_(audience == Audience.CONTACTS, member_id == any_(contacts)))
