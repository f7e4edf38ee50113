"""What readers say about articles: that one helped, and remarks about what is wrong, which its editors read."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.questions import REMARK_KEPT_FOR
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.article_feedback import ArticleHelped, ArticleRemark
from mapservice.store.tables.articles import Editor
from mapservice.store.transactions.execution import DATABASE_ONLY

#: From how many members on editors learn that an article helped, and in steps of how many.
HELPED_STEP = 5


@dataclass(frozen=True, slots=True)
class ListedRemark:
    """A remark as editors read it: ``name`` is that of the writer, only if they let editors see it."""

    condition: Condition
    id: uuid.UUID
    kind: str
    language: str
    number: int
    body: str
    written_on: dt.date
    name: str | None


def note_helped(session: Session, member: Member, key: ArticleKey) -> None:
    """Note that an article helped a member; doing it again changes nothing."""
    session.execute(insert(ArticleHelped).values(**_columns(key), member_id=member.id).on_conflict_do_nothing())


def forget_helped(session: Session, member: Member, key: ArticleKey) -> None:
    """Forget that an article helped a member."""
    session.execute(delete(ArticleHelped).where(*_article(ArticleHelped, key), ArticleHelped.member_id == member.id))


def has_helped(session: Session, member: Member, key: ArticleKey) -> bool:
    """Return whether a member said that an article helped."""
    return session.get(ArticleHelped, (*_columns(key).values(), member.id)) is not None


def times_helped(session: Session, key: ArticleKey) -> int:
    """Return how many members an article helped, rounded down, for its editors: one more or fewer says nothing."""
    how_many = session.scalar(select(func.count()).select_from(ArticleHelped).where(*_article(ArticleHelped, key))) or 0
    return how_many - how_many % HELPED_STEP


def remark_of(session: Session, member: Member, key: ArticleKey) -> ArticleRemark | None:
    """Return what a member said is wrong with an article, if they did."""
    return session.get(ArticleRemark, (*_columns(key).values(), member.id), populate_existing=True)


def is_remark(row: ArticleRemark | None, body: str, *, shows_name: bool) -> bool:
    """Return whether a remark says just this already."""
    return row is not None and (row.body, row.shows_name) == (body, shows_name)


def remark(session: Session, member: Member, key: ArticleKey, number: int, body: str, *, shows_name: bool) -> None:
    """Store what a member says is wrong with the public version of an article, instead of what they said before."""
    values = {"id": uuid.uuid4(), "number": number, "body": body, "shows_name": shows_name}
    values |= {"written_on": func.current_date(), "done_on": None}
    row = insert(ArticleRemark).values(**_columns(key), member_id=member.id, **values)
    row = row.on_conflict_do_update(index_elements=[*_columns(key), "member_id"], set_=values)
    session.execute(row, execution_options=DATABASE_ONLY)


def withdraw_remark(session: Session, member: Member, key: ArticleKey) -> None:
    """Delete what a member said is wrong with an article."""
    session.execute(delete(ArticleRemark).where(*_article(ArticleRemark, key), ArticleRemark.member_id == member.id))


def count(session: Session, editor: Member, *, is_done: bool) -> int:
    """Return how many remarks there are for an editor: of their conditions and languages."""
    how_many = _of_editor(select(func.count()).select_from(ArticleRemark), editor, is_done=is_done)
    return session.scalar(how_many) or 0


def listed(
    session: Session, editor: Member, *, is_done: bool, limit: int, offset: int
) -> tuple[int, Sequence[ListedRemark]]:
    """Return the remarks for an editor, the oldest first, and how many there are: of their conditions and languages."""
    rows = session.execute(_of_editor(_rows(), editor, is_done=is_done).limit(limit).offset(offset)).all()
    return count(session, editor, is_done=is_done), [_listed(row, condition, name) for row, condition, name in rows]


def set_done(session: Session, editor: Member, condition: Condition, remark_id: uuid.UUID, *, is_done: bool) -> bool:
    """Note that an editor is done with a remark, or undo that; return False if it is gone, changed or not theirs."""
    languages = select(Editor.language).where(Editor.condition_id == condition.id, Editor.member_id == editor.id)
    statement = update(ArticleRemark).where(
        *(ArticleRemark.condition_id == condition.id, ArticleRemark.id == remark_id),
        ArticleRemark.language.in_(languages),
    )
    day = func.coalesce(ArticleRemark.done_on, func.current_date()) if is_done else None
    changed = session.execute(
        statement.values(done_on=day).returning(ArticleRemark.id), execution_options=DATABASE_ONLY
    )
    return changed.first() is not None


def delete_expired(session: Session) -> int:
    """Delete the remarks with which editors were done long ago; return how many."""
    old = delete(ArticleRemark).where(ArticleRemark.done_on < func.current_date() - REMARK_KEPT_FOR.days)
    return len(session.execute(old.returning(ArticleRemark.id), execution_options=DATABASE_ONLY).all())


def _of_editor(statement: Any, editor: Member, *, is_done: bool) -> Any:
    """Return a statement about remarks, of those for an editor alone."""
    theirs = ArticleRemark.condition_id == Editor.condition_id, ArticleRemark.language == Editor.language
    state = ArticleRemark.done_on.is_not(None) if is_done else ArticleRemark.done_on.is_(None)
    return statement.join(Editor, and_(*theirs)).where(Editor.member_id == editor.id, state)


def _rows() -> Select[ArticleRemark, Condition, str]:
    listed = select(ArticleRemark, Condition, Member.pseudonym).join(
        Condition, Condition.id == ArticleRemark.condition_id
    )
    return listed.join(Member, Member.id == ArticleRemark.member_id).order_by(
        ArticleRemark.written_on, ArticleRemark.condition_id, ArticleRemark.id
    )


def _listed(row: ArticleRemark, condition: Condition, name: str) -> ListedRemark:
    words = row.id, row.kind, row.language, row.number, row.body, row.written_on
    return ListedRemark(condition, *words, name if row.shows_name else None)


def _columns(key: ArticleKey) -> dict[str, object]:
    return {"condition_id": key.condition_id, "kind": key.kind.value, "language": key.language}


def _article(table: type[ArticleHelped | ArticleRemark], key: ArticleKey) -> tuple[ColumnElement[bool], ...]:
    return (
        table.condition_id == key.condition_id,
        table.kind == key.kind.value,
        table.language == key.language,
    )
