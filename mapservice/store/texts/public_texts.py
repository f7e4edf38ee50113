"""Texts for everybody: a copy of each, as visitors read it, for as long as the rule allows it.

Pages for visitors, sitemaps and what search engines find read these copies, and nothing about members. So no text for
members, and nobody who joins or hides, changes them.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import MemberTextKind, TextAudience, Words
from mapservice.privacy.visibility import Viewer
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import ForumThread, MemberText, PublicText
from mapservice.store.texts import readable
from mapservice.store.texts.readable import ReadText
from mapservice.store.transactions.execution import DATABASE_ONLY

#: Number of texts in one part of the list for search engines.
PART = 10_000

_COPIED = (
    *("member_id", "kind", "topic", "language", "content_notes", "written_on", "is_edited", "shows_contacts"),
    *("thread_id", "number", "quotes_id", "is_helpful"),
    *(field.name for field in fields(Words)),
)


def refresh(session: Session, row: MemberText) -> None:
    """Publish, change or take away the copy of a text, after anything that decides who can read it has changed."""
    session.flush()
    # What becomes of a discussion becomes of its answers.
    is_first = row.thread_id is not None and row.thread_id == row.id
    _refresh(session, row.condition_id, MemberText.thread_id == row.id if is_first else MemberText.id == row.id)


def refresh_member(session: Session, member_id: uuid.UUID) -> None:
    """Do the same for all texts of a member, after their name or what others can see of them has changed."""
    session.flush()
    theirs = MemberText.member_id == member_id
    for condition_id in session.scalars(select(MemberText.condition_id).where(theirs).distinct()).all():
        _close_for_minor(session, condition_id, member_id)
        _refresh(session, condition_id, theirs | MemberText.thread_id.in_(_threads(condition_id, member_id)))


def listed(
    session: Session,
    condition: Condition,
    kind: MemberTextKind,
    topic: str | None = None,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[int, Sequence[ReadText]]:
    """Return how many texts of a kind everybody can read, and some of them, the newest day first."""
    filters = [PublicText.condition_id == condition.id, PublicText.kind == kind]
    if topic is not None:
        filters.append(PublicText.topic == topic)
    how_many = session.scalar(select(func.count()).select_from(PublicText).where(*filters)) or 0
    order = PublicText.written_on.desc(), PublicText.id
    rows = session.scalars(select(PublicText).where(*filters).order_by(*order).limit(limit).offset(offset))
    return how_many, [_read(row) for row in rows]


def in_thread(
    session: Session, condition: Condition, which: ColumnElement[bool], *, limit: int, offset: int
) -> tuple[int, Sequence[ReadText]]:
    """Return how many of some texts of a discussion everybody can read, and some of them, in their order."""
    filters = PublicText.condition_id == condition.id, which
    how_many = session.scalar(select(func.count()).select_from(PublicText).where(*filters)) or 0
    ordered = select(PublicText).where(*filters).order_by(PublicText.number, PublicText.id)
    return how_many, [_read(row) for row in session.scalars(ordered.limit(limit).offset(offset))]


def of(session: Session, condition: Condition, which: ColumnElement[bool]) -> Sequence[ReadText]:
    """Return those of some texts that everybody can read."""
    return [
        _read(row) for row in session.scalars(select(PublicText).where(PublicText.condition_id == condition.id, which))
    ]


def get(session: Session, condition: Condition, text_id: uuid.UUID) -> ReadText:
    """Return a text that everybody can read.

    :raise UnknownTextError: if there is none.
    """
    row = session.get(PublicText, (condition.id, text_id))
    if row is None:
        raise UnknownTextError
    return _read(row)


def counts_by_topic(session: Session, condition: Condition) -> dict[str, int]:
    """Return how many experiences everybody can read, by question."""
    counted = select(PublicText.topic, func.count()).group_by(PublicText.topic)
    of_condition = counted.where(PublicText.condition_id == condition.id, PublicText.kind == MemberTextKind.EXPERIENCE)
    return {topic: n for topic, n in session.execute(of_condition) if topic}


def _close_for_minor(session: Session, condition_id: int, member_id: uuid.UUID) -> None:
    """Keep the discussions that a member began for a minor, or as one, from ever being public, with all answers."""
    of_member = (
        Membership.condition_id == condition_id,
        Membership.member_id == member_id,
        Member.id == Membership.member_id,
    )
    for_minor = Membership.for_minor | func.coalesce(Member.minor_until > func.current_date(), False)
    theirs = ForumThread.id.in_(_threads(condition_id, member_id)), exists().where(*of_member, for_minor)
    of_condition = ForumThread.condition_id == condition_id, ForumThread.audience == TextAudience.PUBLIC
    closed = update(ForumThread).where(*of_condition, *theirs)
    session.execute(closed.values(audience=TextAudience.MEMBERS), execution_options=DATABASE_ONLY)


def _threads(condition_id: int, member_id: uuid.UUID) -> Select[uuid.UUID]:
    """Return the discussions that a member began in a condition."""
    first = aliased(MemberText)
    theirs = first.condition_id == condition_id, first.member_id == member_id, first.kind == MemberTextKind.THREAD
    return select(first.id).where(*theirs)


@dataclass(frozen=True, slots=True)
class ListedText:
    """A story or discussion that everybody can read, listed for search engines, with the day of its newest text."""

    slug: str
    kind: MemberTextKind
    id: uuid.UUID
    language: str
    day: dt.date


def parts(session: Session) -> int:
    """Return the number of parts of the list of stories and discussions that everybody can read, for search engines."""
    return -(-(session.scalar(select(func.count()).select_from(_with_pages().subquery())) or 0) // PART)


def part(session: Session, number: int) -> list[ListedText]:
    """Return one part of that list; the first has the number 1."""
    listed = _with_pages().order_by(PublicText.condition_id, PublicText.id)
    rows = session.execute(listed.limit(PART).offset((number - 1) * PART))
    return [ListedText(row[0], MemberTextKind(row[1]), *row[2:]) for row in rows]


def _with_pages() -> Select[Any]:
    """Return the statement about the texts that have a page of their own."""
    said = aliased(PublicText)
    in_thread = said.condition_id == PublicText.condition_id, said.thread_id == PublicText.id
    newest = select(func.max(said.written_on)).where(*in_thread).scalar_subquery()
    day = func.coalesce(newest, PublicText.written_on)
    texts = select(Condition.slug, PublicText.kind, PublicText.id, PublicText.language, day)
    joined: Any = texts.join(Condition, Condition.id == PublicText.condition_id)
    kinds = MemberTextKind.STORY, MemberTextKind.THREAD
    found: Select[Any] = joined.where(PublicText.kind.in_(kinds), Condition.is_offered)
    return found


def _read(row: PublicText) -> ReadText:
    return ReadText(row, row.name, public_id=None, is_own=False, is_thanked=False)


def _refresh(session: Session, condition_id: int, which: ColumnElement[bool]) -> None:
    texts = readable.of(session, condition_id, Viewer(), which)
    mine = select(MemberText.id).where(MemberText.condition_id == condition_id, which)
    gone = delete(PublicText).where(PublicText.condition_id == condition_id, PublicText.id.in_(mine))
    session.execute(gone.where(PublicText.id.not_in([text.row.id for text in texts])))
    for text in texts:
        key = {"condition_id": condition_id, "id": text.row.id}
        values = {name: getattr(text.row, name) for name in _COPIED} | {"name": text.name}
        copied = insert(PublicText).values(**key, **values)
        session.execute(copied.on_conflict_do_update(index_elements=list(key), set_=values))
