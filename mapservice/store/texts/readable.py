"""The texts that a viewer can read: the one condition of every statement that reads texts for somebody else.

It says in SQL what ``can_read`` of :mod:`mapservice.privacy.texts` says.
"""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import (
    MIN_COUNT,
    MemberTextKind,
    Reader,
    TextState,
    audiences_of_members,
    audiences_read,
)
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import is_not_apart, visible
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import AnyText, ForumThread, MemberText, TextThanks

_DAY_AND_NUMBER: tuple[Any, ...] = (MemberText.written_on.label("day"), MemberText.number)


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text as somebody reads it: its row or, for visitors, its copy.

    ``name`` is that of the author, None if the account was deleted; ``public_id`` is that of the author's profile card
    where the text leads to it: the viewer can see it, and the text is under the same name.
    """

    row: AnyText
    name: str | None
    public_id: str | None
    is_own: bool
    is_thanked: bool


def readable(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return the conditions on texts, joined with their authors, under which this viewer can read one."""
    in_thread = or_(MemberText.thread_id.is_(None), _is_thread_open(condition_id, viewer))
    return [*_in_open_thread(condition_id, viewer), in_thread]


def readable_everywhere(reader: Reader) -> list[ColumnElement[bool]]:
    """Return the same conditions for a member who reads texts of all communities."""
    in_thread = or_(MemberText.thread_id.is_(None), _is_thread_open(MemberText.condition_id, reader))
    return [*_may_read(MemberText.condition_id, reader), in_thread]


def _in_open_thread(condition_id: int, viewer: Viewer) -> list[ColumnElement[bool]]:
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


def get(session: Session, condition: Condition, text_id: uuid.UUID, viewer: Viewer) -> ReadText:
    """Return a text that this viewer can read.

    :raise UnknownTextError: if there is none: the same answer whatever the reason.
    """
    statement = _with_authors(condition.id, viewer).where(MemberText.id == text_id, *readable(condition.id, viewer))
    row = session.execute(statement).one_or_none()
    if row is None:
        raise UnknownTextError
    return ReadText(*row)


def of(session: Session, condition_id: int, viewer: Viewer, which: ColumnElement[bool]) -> Sequence[ReadText]:
    """Return those of some texts that this viewer can read."""
    statement = _with_authors(condition_id, viewer).where(which, *readable(condition_id, viewer))
    return [ReadText(*row) for row in session.execute(statement.execution_options(populate_existing=True))]


def in_thread(
    session: Session,
    condition: Condition,
    viewer: Viewer,
    thread_id: uuid.UUID,
    which: ColumnElement[bool],
    *,
    limit: int,
    offset: int,
) -> tuple[int, Sequence[ReadText]]:
    """Return how many of some texts of a discussion this viewer can read, and some of them, in their order."""
    this = _open_threads(condition.id, viewer, ForumThread.id).where(ForumThread.id == thread_id)
    if session.scalar(this) is None:
        return 0, []
    filters = MemberText.thread_id == thread_id, which, *_in_open_thread(condition.id, viewer)
    how_many = session.scalar(joined(select(func.count()), condition.id).where(*filters)) or 0
    statement = _with_authors(condition.id, viewer).where(*filters).order_by(MemberText.number, MemberText.id)
    return how_many, [ReadText(*row) for row in session.execute(statement.limit(limit).offset(offset))]


def count(
    session: Session, condition: Condition, viewer: Viewer, kind: MemberTextKind, topic: str | None = None
) -> int:
    """Return how many texts of a kind this viewer can read."""
    statement = joined(select(func.count()), condition.id).where(*_of(kind, topic), *readable(condition.id, viewer))
    return session.scalar(statement) or 0


def counts_by_topic(session: Session, condition: Condition, viewer: Viewer) -> dict[str, int]:
    """Return how many experiences this viewer can read, by question."""
    filters = *_of(MemberTextKind.EXPERIENCE, None), *readable(condition.id, viewer)
    topics = joined(select(MemberText.topic), condition.id).where(*filters)
    return Counter(topic for topic in session.scalars(topics) if topic)


def listed(
    session: Session,
    condition: Condition,
    viewer: Viewer,
    kind: MemberTextKind,
    topic: str | None = None,
    *,
    by_thanks: bool = False,
    limit: int,
    offset: int = 0,
) -> tuple[int, Sequence[ReadText]]:
    """Return how many texts of a kind this viewer can read, and some of them.

    The newest day comes first, and within a day the random ids decide. With ``by_thanks`` and enough texts, those come
    first for which most people thanked who exist for this viewer, and of equally many another one each day.
    """
    how_many = count(session, condition, viewer, kind, topic)
    order: tuple[Any, ...] = MemberText.written_on.desc(), MemberText.id
    if by_thanks and how_many >= MIN_COUNT:
        daily = func.md5(cast(MemberText.id, String) + cast(func.current_date(), String))
        order = _thanks(viewer).desc(), daily, MemberText.id
    statement = _with_authors(condition.id, viewer).where(*_of(kind, topic), *readable(condition.id, viewer))
    rows = session.execute(statement.order_by(*order).limit(limit).offset(offset))
    return how_many, [ReadText(*row) for row in rows]


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
    this = _open_threads(condition_id, viewer, ForumThread.id).where(ForumThread.id == MemberText.thread_id)
    return exists(this.correlate(MemberText))


def _open_threads(condition_id: Any, viewer: Viewer | Reader, *columns: Any) -> Select[Any]:
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


def newest_by_thread(condition_id: int, viewer: Viewer) -> Select[Any]:
    """Return the statement for the discussions in which a viewer can read something: ``id``, ``day``, ``number``.

    Day and number are those of the newest text that they can read: as the numbers grow, one text of each is looked for.
    """
    said: Select[Any] = select(*_DAY_AND_NUMBER)
    newest = (
        joined(said, condition_id)
        .where(MemberText.thread_id == ForumThread.id, *_in_open_thread(condition_id, viewer))
        .order_by(MemberText.number.desc())
        .limit(1)
        .correlate(ForumThread)
        .lateral("newest")
    )
    return _open_threads(condition_id, viewer, ForumThread.id, newest.c.day, newest.c.number).join(newest, true())


def _of(kind: MemberTextKind, topic: str | None) -> list[ColumnElement[bool]]:
    of_kind = MemberText.kind == kind
    return [of_kind] if topic is None else [of_kind, MemberText.topic == topic]


def joined(statement: Select[Any], condition_id: Any) -> Select[Any]:
    """Return a statement about texts, joined with what is known of their authors, if they have an account."""
    membership = (Membership.condition_id == condition_id) & (Membership.member_id == MemberText.member_id)
    joined = statement.select_from(MemberText).outerjoin(Membership, membership)
    return joined.outerjoin(Member, Member.id == MemberText.member_id)


def _with_authors(condition_id: int, viewer: Viewer) -> Select[Any]:
    """Return the statement that reads texts, with the names of their authors."""
    profile_name = func.coalesce(Membership.pseudonym, Member.pseudonym)
    # ``coalesce``: without a membership there is nobody to see.
    leads = and_(MemberText.pen_name.is_(None), *visible(condition_id, viewer)) if viewer.member else false()
    card = case((func.coalesce(leads, false()), Membership.public_id), else_=null())
    own = TextThanks.member_id == viewer.member if viewer.member else false()
    thanked = select(TextThanks.text_id).where(_thanks_of_this(), own).exists()
    columns = MemberText, func.coalesce(MemberText.pen_name, profile_name), card, is_own(viewer), thanked
    return joined(select(*columns), condition_id)


def _thanks(viewer: Viewer) -> ColumnElement[int]:
    """Return the number of people who thanked for a text, without those who do not exist for this viewer."""
    counted = _thanks_of_this(), is_not_apart(viewer, TextThanks.member_id)
    return select(func.count()).select_from(TextThanks).where(*counted).scalar_subquery()


def _thanks_of_this() -> ColumnElement[bool]:
    return (TextThanks.condition_id == MemberText.condition_id) & (TextThanks.text_id == MemberText.id)
