"""The texts that a viewer can read: one, those of a discussion, those of a kind, and how many there are."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, false, func, null, select, true
from sqlalchemy.orm import Session

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import MIN_COUNT, MemberTextKind
from mapservice.privacy.visibility import Viewer
from mapservice.store.blocks.visible import is_not_apart, visible
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import AnyText, ForumThread, MemberText, TextThanks
from mapservice.store.texts.reading_rule import in_open_thread, is_own, joined, open_threads, readable

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
    this = open_threads(condition.id, viewer, ForumThread.id).where(ForumThread.id == thread_id)
    if session.scalar(this) is None:
        return 0, []
    filters = MemberText.thread_id == thread_id, which, *in_open_thread(condition.id, viewer)
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


def newest_by_thread(condition_id: int, viewer: Viewer) -> Select[Any]:
    """Return the statement for the discussions in which a viewer can read something: ``id``, ``day``, ``number``.

    Day and number are those of the newest text that they can read: as the numbers grow, one text of each is looked for.
    """
    said: Select[Any] = select(*_DAY_AND_NUMBER)
    newest = (
        joined(said, condition_id)
        .where(MemberText.thread_id == ForumThread.id, *in_open_thread(condition_id, viewer))
        .order_by(MemberText.number.desc())
        .limit(1)
        .correlate(ForumThread)
        .lateral("newest")
    )
    return open_threads(condition_id, viewer, ForumThread.id, newest.c.day, newest.c.number).join(newest, true())


def _of(kind: MemberTextKind, topic: str | None) -> list[ColumnElement[bool]]:
    of_kind = MemberText.kind == kind
    return [of_kind] if topic is None else [of_kind, MemberText.topic == topic]


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
