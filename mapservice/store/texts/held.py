"""For moderators: the texts that are held, and what they decide about a text."""

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownTextError
from mapservice.privacy.texts import TextState
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.texts import MemberText
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals


def listed(
    session: Session, moderator: Member, state: TextState, *, limit: int, offset: int
) -> tuple[int, Sequence[tuple[MemberText, Condition]]]:
    """Return how many texts are in a state, and some of them, the oldest first.

    Those of the moderator themselves are for others.
    """
    return _listed(session, [MemberText.state == state, _of_others(moderator)], limit=limit, offset=offset)


def with_contacts(
    session: Session, moderator: Member, *, limit: int, offset: int
) -> tuple[int, Sequence[tuple[MemberText, Condition]]]:
    """Return how many shown texts have contact details that no moderator has looked at, and some, the oldest first."""
    unchecked: list[ColumnElement[bool]] = [MemberText.has_contacts.is_(True), MemberText.is_checked.is_(False)]
    unchecked.append(MemberText.state == TextState.SHOWN)
    return _listed(session, [*unchecked, _of_others(moderator)], limit=limit, offset=offset)


def _listed(
    session: Session, filters: Sequence[ColumnElement[bool]], *, limit: int, offset: int
) -> tuple[int, Sequence[tuple[MemberText, Condition]]]:
    how_many = session.scalar(select(func.count()).select_from(MemberText).where(*filters)) or 0
    statement = select(MemberText, Condition).join(Condition, Condition.id == MemberText.condition_id).where(*filters)
    by_age = statement.order_by(MemberText.written_on, MemberText.id).limit(limit).offset(offset)
    return how_many, [(row[0], row[1]) for row in session.execute(by_age)]


def waiting(session: Session, moderator: Member) -> int:
    """Return how many texts wait for a moderator."""
    held = MemberText.state == TextState.HELD, _of_others(moderator)
    return session.scalar(select(func.count()).select_from(MemberText).where(*held)) or 0


def get(session: Session, condition: Condition, text_id: uuid.UUID, moderator: Member) -> MemberText:
    """Return a text that a moderator can decide about, locked until the transaction ends.

    :raise UnknownTextError: if there is none, its author withdrew it, or it is their own.
    """
    row = session.get(MemberText, (condition.id, text_id), with_for_update=True, populate_existing=True)
    if row is None or row.state == TextState.WITHDRAWN or row.member_id == moderator.id:
        raise UnknownTextError
    return row


def approve(session: Session, row: MemberText, *, shows_contacts: bool) -> None:
    """Show a text to its audience, and perhaps the contact details in it."""
    row.state, row.decision, row.is_checked, row.shows_contacts = TextState.SHOWN, "", True, shows_contacts
    public_texts.refresh(session, row)


def remove(session: Session, row: MemberText, decision: str) -> None:
    """Show a text to nobody but its author, who reads why."""
    withdrawals.note(session, row.id)
    row.state, row.decision, row.is_checked, row.shows_contacts = TextState.REMOVED, decision, False, False
    public_texts.refresh(session, row)


def _of_others(moderator: Member) -> ColumnElement[bool]:
    return or_(MemberText.member_id.is_(None), MemberText.member_id != moderator.id)
