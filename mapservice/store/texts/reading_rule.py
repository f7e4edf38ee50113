"""The rule who can read a text, in SQL; :mod:`mapservice.privacy.texts` says the same, and a test compares both."""

from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from mapservice.privacy.texts import Reader, TextState, audiences_of_members, audiences_read
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import is_not_apart
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText


def readable(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions on texts, joined with their authors, under which this viewer can read one."""
    in_thread = or_(MemberText.thread_id.is_(None), _is_thread_open(condition_id, viewer))
    return [*in_open_thread(condition_id, viewer), in_thread]


def readable_everywhere(reader: Reader) -> list[ColumnElement[bool]]:
    """Return the same conditions for a member who reads texts of all communities."""
    in_thread = or_(MemberText.thread_id.is_(None), _is_thread_open(MemberText.condition_id, reader))
    return [*_may_read(MemberText.condition_id, reader), in_thread]


def in_open_thread(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the same conditions for texts that belong to no discussion, or to one that the viewer can enter."""
    return [MemberText.condition_id == condition_id, *_may_read(condition_id, viewer)]


def _may_read(condition_id: Any, viewer: Viewer | Reader) -> list[ColumnElement[bool]]:
    audience = _is_for(viewer, condition_id, MemberText.audience, Membership, Member)
    known = MemberText.member_id.is_(None) | MemberText.pen_name.is_not(None)
    shown = [MemberText.state == TextState.SHOWN, audience, known | _is_met(viewer, condition_id)]
    is_active = MemberText.member_id.is_(None) | Member.active
    own = and_(is_own(viewer), MemberText.state.in_((TextState.SHOWN, TextState.HELD)))
    others = and_(func.coalesce(MemberText.member_id != viewer.member, True), *shown) if viewer.member else and_(*shown)
    # After a death a caregiver's texts are nowhere, with the membership.
    is_open = Membership.closed_on.is_(None)
    return [is_active, is_open, or_(own, others)]


def is_own(viewer: Viewer | Reader) -> ColumnElement[bool]:
    """Return the condition that a text is one of the viewer's own."""
    if viewer.member is None:
        return false()
    return func.coalesce(MemberText.member_id == viewer.member, False)


def _is_met(viewer: Viewer | Reader, condition_id: Any) -> ColumnElement[bool]:
    """Return the condition that the author of a text exists for a viewer."""
    met = is_not_apart(viewer, MemberText.member_id)
    if isinstance(viewer, Viewer):
        return met
    # As for one community: the statement has the same text however many people are apart from the reader.
    pairs = sorted(viewer.apart_in)
    arrays = ([pair[0] for pair in pairs], ARRAY(Integer)), ([pair[1] for pair in pairs], ARRAY(Uuid))
    given = func.unnest(*(cast(literal(list(values), kind), kind) for values, kind in arrays))
    apart = select(*given.table_valued("condition_id", "member_id").render_derived().c)
    return met & tuple_(condition_id, MemberText.member_id).not_in(apart)


def _is_for(
    viewer: Viewer | Reader, condition_id: Any, audience: Any, membership: Any, member: Any
) -> ColumnElement[bool]:
    """Return the condition that a viewer belongs to an audience, which an author may have chosen for a minor."""
    if isinstance(viewer, Reader):
        has_joined = condition_id == any_(cast(literal(sorted(viewer.joined), ARRAY(Integer)), ARRAY(Integer)))
        here, elsewhere = (audience.in_(audiences_of_members(has_joined=joined)) for joined in (True, False))
        return or_(elsewhere, and_(here, has_joined))
    if not _tells_minors_apart(viewer):
        return audience.in_(audiences_read(viewer))  # type: ignore[no-any-return]
    for_minor = func.coalesce(membership.for_minor | (member.minor_until > func.current_date()), false())
    return case(
        (for_minor, audience.in_(audiences_read(viewer, for_minor=True))), else_=audience.in_(audiences_read(viewer))
    )


def _tells_minors_apart(viewer: Viewer | Reader) -> bool:
    """Return whether a viewer can read less of what was chosen for a minor."""
    return isinstance(viewer, Viewer) and audiences_read(viewer) != audiences_read(viewer, for_minor=True)


def _is_thread_open(condition_id: Any, viewer: Viewer | Reader) -> ColumnElement[bool]:
    """Return the condition that a viewer can enter the discussion of a text, whatever became of its first one."""
    this = open_threads(condition_id, viewer, ForumThread.id).where(ForumThread.id == MemberText.thread_id)
    return exists(this.correlate(MemberText))


def open_threads(condition_id: Any, viewer: Viewer | Reader, *columns: Any) -> Select[Any]:
    """Return the statement for the discussions that a viewer can enter."""
    begun: Select[Any] = select(*columns).select_from(ForumThread)
    if not _tells_minors_apart(viewer):
        is_for = _is_for(viewer, condition_id, ForumThread.audience, Membership, Member)
        return begun.where(ForumThread.condition_id == condition_id, is_for)
    first, membership, member = aliased(MemberText), aliased(Membership), aliased(Member)
    of_first = (first.condition_id == condition_id) & (first.id == ForumThread.id)
    of_author = (membership.condition_id == condition_id) & (membership.member_id == first.member_id)
    begun = begun.outerjoin(first, of_first).outerjoin(membership, of_author)
    is_for = _is_for(viewer, condition_id, ForumThread.audience, membership, member)
    of_member = begun.outerjoin(member, member.id == first.member_id)
    return of_member.where(ForumThread.condition_id == condition_id, is_for)


def joined(statement: Select[Any], condition_id: Any) -> Select[Any]:
    """Return a statement about texts, joined with what is known of their authors, if they have an account."""
    membership = (Membership.condition_id == condition_id) & (Membership.member_id == MemberText.member_id)
    joined = statement.select_from(MemberText).outerjoin(Membership, membership)
    return joined.outerjoin(Member, Member.id == MemberText.member_id)
