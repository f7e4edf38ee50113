"""Editors: who writes and reviews the answers about a condition in a language."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member
from mapservice.store.tables.articles import Editor
from mapservice.store.transactions import withdrawals


@dataclass(frozen=True, slots=True)
class Appointment:
    """A member who is an editor for a condition and a language."""

    member: Member
    condition: Condition
    language: str


def appoint(session: Session, member: Member, condition: Condition, language: str) -> bool:
    """Make a member an editor; return False, without changes, if they are one already."""
    row = insert(Editor).values(condition_id=condition.id, language=language, member_id=member.id)
    return session.scalar(row.on_conflict_do_nothing().returning(Editor.member_id)) is not None


def dismiss(session: Session, member: Member, condition: Condition, language: str) -> bool:
    """Make a member no longer an editor; return False if they are none. What they wrote stays, with their name."""
    row = delete(Editor).where(
        Editor.condition_id == condition.id, Editor.language == language, Editor.member_id == member.id
    )
    was_one = session.scalar(row.returning(Editor.member_id)) is not None
    if was_one:
        withdrawals.note(session, member.id)
    return was_one


def dismiss_everywhere(session: Session, member: Member) -> None:
    """Make a member no longer an editor of anything."""
    for one in of_member(session, member):
        dismiss(session, member, one.condition, one.language)


def is_editor(session: Session, member: Member, condition: Condition, language: str) -> bool:
    """Return whether a member is an editor for a condition and a language."""
    return session.get(Editor, (condition.id, language, member.id)) is not None


def languages(session: Session, member: Member, condition: Condition) -> Sequence[str]:
    """Return the languages in which a member is an editor for a condition."""
    listed = select(Editor.language).filter_by(condition_id=condition.id, member_id=member.id)
    return session.scalars(listed.order_by(Editor.language)).all()


def of_member(session: Session, member: Member) -> list[Appointment]:
    """Return all that a member is an editor for, by the name of the condition."""
    return _list(session, Editor.member_id == member.id)


def everybody(session: Session) -> list[Appointment]:
    """Return all editors, by the name of the condition."""
    return _list(session)


def _list(session: Session, *where: object) -> list[Appointment]:
    listed = (
        select(Member, Condition, Editor.language)
        .join(Editor, Editor.member_id == Member.id)
        .join(Condition, Condition.id == Editor.condition_id)
        .where(*where)  # type: ignore[arg-type]
        .order_by(Condition.name, Editor.language, Member.pseudonym, Member.id)
    )
    return [Appointment(member, condition, language) for member, condition, language in session.execute(listed)]
