"""Thanks for texts: who thanked for which; nobody is shown that."""

import uuid

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Member
from mapservice.store.tables.texts import AnyText, TextThanks
from mapservice.store.transactions.execution import DATABASE_ONLY


def give(session: Session, member: Member, row: AnyText) -> None:
    """Thank for a text; doing it again changes nothing."""
    values = {"condition_id": row.condition_id, "text_id": row.id, "member_id": member.id}
    session.execute(insert(TextThanks).values(**values).on_conflict_do_nothing())


def take_back(session: Session, member: Member, row: AnyText) -> None:
    """Take the thanks for a text away."""
    key = TextThanks.condition_id == row.condition_id, TextThanks.text_id == row.id
    session.execute(delete(TextThanks).where(*key, TextThanks.member_id == member.id))


def forget(session: Session, member_id: uuid.UUID) -> None:
    """Delete all thanks of a member."""
    session.execute(delete(TextThanks).where(TextThanks.member_id == member_id), execution_options=DATABASE_ONLY)
