"""Texts about all conditions: those that everybody can read, and for members all that they can; above all stories."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from mapservice.privacy.texts import MemberTextKind, Reader
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.texts import AnyText, MemberText, PublicText
from mapservice.store.texts.readable import ReadText
from mapservice.store.texts.reading_rule import is_own, joined, readable_everywhere

#: A story with its condition.
Told = tuple[ReadText, Condition]

#: The most stories that are listed: the newest of them.
MAX_LISTED = 1000


def public(session: Session, language: str | None, *, limit: int, offset: int) -> tuple[int, Sequence[Told]]:
    """Return how many stories everybody can read, and some of them, the newest day first."""
    filters = _public(language)
    how_many = _count(session, _of_conditions(select(PublicText.id).select_from(PublicText), PublicText), filters)
    listed = _of_conditions(select(PublicText, Condition), PublicText).where(*filters)
    rows = session.execute(listed.order_by(PublicText.written_on.desc(), PublicText.id).limit(limit).offset(offset))
    return how_many, [(ReadText(row[0], row[0].name, None, is_own=False, is_thanked=False), row[1]) for row in rows]


def public_languages(session: Session) -> Sequence[str]:
    """Return the languages in which there is a story that everybody can read."""
    spoken = select(PublicText.language).where(*_public(None)).distinct()
    return session.scalars(_of_conditions(spoken, PublicText)).all()


def readable(
    session: Session, reader: Reader, language: str | None, *, limit: int, offset: int
) -> tuple[int, Sequence[Told]]:
    """Return how many stories a member can read, and some of them, the newest day first."""
    filters = _readable(reader, language)
    how_many = _count(session, _joined(select(MemberText.id)), filters)
    name = func.coalesce(MemberText.pen_name, Membership.pseudonym, Member.pseudonym)
    statement = _joined(select(MemberText, name, is_own(reader), Condition)).where(*filters)
    rows = session.execute(statement.order_by(MemberText.written_on.desc(), MemberText.id).limit(limit).offset(offset))
    return how_many, [(ReadText(row[0], row[1], None, is_own=row[2], is_thanked=False), row[3]) for row in rows]


def readable_languages(session: Session, reader: Reader) -> Sequence[str]:
    """Return the languages in which there is a story that a member can read."""
    return session.scalars(_joined(select(MemberText.language)).where(*_readable(reader, None)).distinct()).all()


def found(
    session: Session, reader: Reader, keys: Collection[tuple[int, uuid.UUID]]
) -> Sequence[tuple[AnyText, Condition]]:
    """Return those of some texts, by conditions and ids, that somebody can read, with their conditions."""
    if reader.member is None:
        copies = _of_conditions(select(PublicText, Condition).select_from(PublicText), PublicText)
        rows = session.execute(copies.where(tuple_(PublicText.condition_id, PublicText.id).in_(keys)))
        return [(row[0], row[1]) for row in rows]
    texts = _joined(select(MemberText, Condition)).where(*readable_everywhere(reader))
    rows = session.execute(texts.where(tuple_(MemberText.condition_id, MemberText.id).in_(keys)))
    return [(row[0], row[1]) for row in rows]


def _public(language: str | None) -> list[ColumnElement[bool]]:
    of_kind = PublicText.kind == MemberTextKind.STORY
    return [of_kind] if language is None else [of_kind, PublicText.language == language]


def _readable(reader: Reader, language: str | None) -> list[ColumnElement[bool]]:
    filters = [MemberText.kind == MemberTextKind.STORY, *readable_everywhere(reader)]
    return filters if language is None else [*filters, MemberText.language == language]


def _joined(statement: Any) -> Select[Any]:
    """Return a statement about texts, joined with their conditions and with what is known of their authors."""
    return _of_conditions(joined(statement, MemberText.condition_id), MemberText)


def _of_conditions(statement: Any, table: type[MemberText] | type[PublicText]) -> Select[Any]:
    joined: Select[Any] = statement.join(Condition, Condition.id == table.condition_id)
    return joined.where(Condition.is_offered)


def _count(session: Session, statement: Select[Any], filters: Sequence[ColumnElement[bool]]) -> int:
    some = statement.where(*filters).limit(MAX_LISTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0
