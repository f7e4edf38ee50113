"""Texts for everybody: a copy of each, as visitors read it, for as long as the rule allows it.

Pages for visitors, sitemaps and what search engines find read these copies, and nothing about members. So no text for
members, and nobody who joins or hides, changes them.
"""

import uuid
from collections.abc import Sequence
from dataclasses import fields

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import MemberTextKind, Words
from mapservice.privacy.visibility import Viewer
from mapservice.store.tables import Condition
from mapservice.store.tables.texts import MemberText, PublicText
from mapservice.store.texts import readable
from mapservice.store.texts.readable import ReadText

_COPIED = (
    *("member_id", "kind", "topic", "language", "content_notes", "written_on", "is_edited", "shows_contacts"),
    *(field.name for field in fields(Words)),
)


def refresh(session: Session, row: MemberText) -> None:
    """Publish, change or take away the copy of a text, after anything that decides who can read it has changed."""
    session.flush()
    _refresh(session, row.condition_id, MemberText.id == row.id)


def refresh_member(session: Session, member_id: uuid.UUID) -> None:
    """Do the same for all texts of a member, after their name or what others can see of them has changed."""
    session.flush()
    theirs = MemberText.member_id == member_id
    for condition_id in session.scalars(select(MemberText.condition_id).where(theirs).distinct()).all():
        _refresh(session, condition_id, theirs)


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
