"""The discussions of a forum as one viewer reads them: their list, the answers in one, and which are alike.

What a viewer cannot read is in no number, no day and no order. Visitors read the public copies.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, literal_column, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import FORUM_KINDS, MemberTextKind, TextAudience, TextState
from mapservice.privacy.visibility import Viewer
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import AnyText, ForumThread, MemberText, PublicText, ThreadFollow
from mapservice.store.texts import public_texts, readable, reading_rule
from mapservice.store.texts.readable import ReadText
from mapservice.store.transactions import planning

#: How alike two titles have to be, of 1, for a discussion to be offered; and how many are.
MIN_ALIKE, MAX_ALIKE = 0.25, 5


class ThreadOrder(StrEnum):
    """Which discussions are listed: all, those without an answer, those that the viewer follows."""

    NEWEST = "newest"
    UNANSWERED = "unanswered"
    FOLLOWED = "followed"


@dataclass(frozen=True, slots=True)
class ListedThread:
    """A discussion in a list. ``first`` is None if its first text was withdrawn or is not shown.

    ``day`` is that of the newest text, ``answers`` how many answers there are, ``is_helped`` whether one helped.
    """

    id: uuid.UUID
    first: ReadText | None
    day: dt.date
    answers: int
    is_helped: bool


def listed(
    session: Session,
    condition: Condition,
    viewer: Viewer,
    order: ThreadOrder = ThreadOrder.NEWEST,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[int, Sequence[ListedThread]]:
    """Return how many discussions this viewer can read, and some of them, the newest day first."""
    begun = _public(condition) if viewer.member is None else readable.newest_by_thread(condition.id, viewer)
    found = begun.subquery()
    shown = select(found.c.id, found.c.day, func.count().over().label("total"))
    if order is ThreadOrder.UNANSWERED:
        shown = shown.where(found.c.number == 0)
    if order is ThreadOrder.FOLLOWED:
        shown = shown.where(found.c.id.in_(_followed(condition, viewer)))
    with planning.ending_early(session) if viewer.member is not None else nullcontext():
        rows = session.execute(shown.order_by(found.c.day.desc(), found.c.id).limit(limit).offset(offset)).all()
    ids = [row.id for row in rows]
    first, counts = _first(session, condition, viewer, ids), _counts(session, condition, viewer, ids)
    threads = [ListedThread(row.id, first.get(row.id), row.day, *counts.get(row.id, (0, False))) for row in rows]
    return rows[0].total if rows else 0, threads


def get(session: Session, condition: Condition, viewer: Viewer, text_id: uuid.UUID) -> ReadText | None:
    """Return a text of the forum, if this viewer can read it: a discussion has the id of its first one."""
    return _first(session, condition, viewer, [text_id]).get(text_id)


def answers(
    session: Session, condition: Condition, viewer: Viewer, thread_id: uuid.UUID, *, limit: int, offset: int = 0
) -> tuple[int, Sequence[ReadText]]:
    """Return how many answers in a discussion this viewer can read, and some of them, the oldest first."""
    table: type[AnyText] = PublicText if viewer.member is None else MemberText
    is_answer = table.kind == MemberTextKind.ANSWER
    if viewer.member is None:
        which = is_answer & (PublicText.thread_id == thread_id)
        return public_texts.in_thread(session, condition, which, limit=limit, offset=offset)
    return readable.in_thread(session, condition, viewer, thread_id, is_answer, limit=limit, offset=offset)


def page_of(session: Session, condition: Condition, viewer: Viewer, answer: AnyText, size: int) -> int:
    """Return the number of the page of a discussion on which an answer is, for this viewer."""
    table: type[AnyText] = PublicText if viewer.member is None else MemberText
    before = (table.thread_id == answer.thread_id) & (table.number < answer.number)
    before &= table.kind == MemberTextKind.ANSWER
    if viewer.member is None:
        statement = select(func.count()).where(PublicText.condition_id == condition.id, before)
    else:
        counted = reading_rule.joined(select(func.count()), condition.id)
        statement = counted.where(before, *reading_rule.readable(condition.id, viewer))
    return (session.scalar(statement) or 0) // size + 1


def quoted(
    session: Session, condition: Condition, viewer: Viewer, rows: Sequence[ReadText]
) -> dict[uuid.UUID, ReadText]:
    """Return what answers quote and this viewer can read, by its id."""
    ids = [text.row.quotes_id for text in rows if text.row.quotes_id]
    return {text.row.id: text for text in _by_id(session, condition, viewer, ids)} if ids else {}


def fate(session: Session, condition: Condition, viewer: Viewer, thread_id: uuid.UUID) -> TextState:
    """Return what became of the first text of a discussion, for somebody who cannot read it.

    One that was deleted is withdrawn, and so is that of an author who is apart from the viewer.
    """
    row = session.get(MemberText, (condition.id, thread_id))
    if viewer.member is None or row is None or row.member_id in viewer.apart:
        return TextState.WITHDRAWN
    return TextState(row.state)


def audience(session: Session, condition_id: int, thread_id: uuid.UUID) -> TextAudience:
    """Return the widest audience that an answer in a discussion can have.

    :raise UnknownTextError: if there is no such discussion.
    """
    thread = session.get(ForumThread, (condition_id, thread_id))
    if thread is None:
        raise UnknownTextError
    return TextAudience(thread.audience)


def check_open(session: Session, condition: Condition, viewer: Viewer, thread_id: uuid.UUID) -> None:
    """Check that there is a discussion for a viewer.

    :raise UnknownTextError: if they can read nothing in it.
    """
    if get(session, condition, viewer, thread_id) is None:
        how_many, _rows = answers(session, condition, viewer, thread_id, limit=1)
        if not how_many:
            raise UnknownTextError


def delete_empty(session: Session) -> int:
    """Delete discussions in which nothing is left; return how many."""
    in_thread = MemberText.condition_id == ForumThread.condition_id, MemberText.thread_id == ForumThread.id
    return session.connection().execute(delete(ForumThread).where(~exists().where(*in_thread))).rowcount


def alike(session: Session, condition: Condition, viewer: Viewer, title: str) -> Sequence[ReadText]:
    """Return the discussions whose titles are most like one, of those that this viewer can read."""
    session.execute(select(func.set_config("pg_trgm.similarity_threshold", str(MIN_ALIKE), True)))
    likeness = func.similarity(MemberText.title, title)
    # In the words of the index; a parameter would not use it once the statement is prepared.
    is_thread: ColumnElement[bool] = literal_column("member_text.kind = 'thread'")
    filters = is_thread, MemberText.title.bool_op("%")(title), *reading_rule.readable(condition.id, viewer)
    near = reading_rule.joined(select(MemberText.id), condition.id).where(*filters)
    ids = list(session.scalars(near.order_by(likeness.desc(), MemberText.id).limit(MAX_ALIKE)))
    by_id = {text.row.id: text for text in _by_id(session, condition, viewer, ids)}
    return [by_id[text_id] for text_id in ids if text_id in by_id]


def _public(condition: Condition) -> Select[Any]:
    """Return the statement for the discussions in which everybody can read something, as that of members is."""
    day, number = func.max(PublicText.written_on).label("day"), func.max(PublicText.number).label("number")
    columns: tuple[Any, ...] = (PublicText.thread_id.label("id"), day, number)
    texts: Select[Any] = select(*columns).group_by(PublicText.thread_id)
    return texts.where(PublicText.condition_id == condition.id, PublicText.kind.in_(FORUM_KINDS))


def _counts(
    session: Session, condition: Condition, viewer: Viewer, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[int, bool]]:
    """Return how many answers in some discussions this viewer can read, and whether one of these helped."""
    table: type[AnyText] = PublicText if viewer.member is None else MemberText
    counted: Select[Any] = select(table.thread_id, func.count(), func.bool_or(table.is_helpful))
    counted = counted.where(table.thread_id.in_(ids), table.kind == MemberTextKind.ANSWER).group_by(table.thread_id)
    if viewer.member is None:
        counted = counted.where(PublicText.condition_id == condition.id)
    else:
        counted = reading_rule.joined(counted, condition.id).where(*reading_rule.readable(condition.id, viewer))
    return {row[0]: (row[1], row[2]) for row in session.execute(counted)} if ids else {}


def _followed(condition: Condition, viewer: Viewer) -> Select[uuid.UUID]:
    mine = ThreadFollow.condition_id == condition.id, ThreadFollow.member_id == viewer.member
    return select(ThreadFollow.thread_id).where(*mine)


def _first(
    session: Session, condition: Condition, viewer: Viewer, ids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, ReadText]:
    return {text.row.id: text for text in _by_id(session, condition, viewer, ids)}


def _by_id(session: Session, condition: Condition, viewer: Viewer, ids: Sequence[uuid.UUID]) -> Sequence[ReadText]:
    if not ids:
        return []
    if viewer.member is None:
        return public_texts.of(session, condition, PublicText.id.in_(ids))
    which: ColumnElement[bool] = MemberText.id.in_(ids)
    return readable.of(session, condition.id, viewer, which)
