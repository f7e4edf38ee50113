"""Deletes conversations: of one member, of those who leave, and what nobody answered."""

import uuid
from collections.abc import Callable

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from mapservice.privacy.messages import DRAFTS, UNANSWERED, ConversationState
from mapservice.store.contacts import contacts
from mapservice.store.messages import first_messages
from mapservice.store.tables.messages import ConversationRow, ParticipantRow
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.store.transactions.row_security import RowTask, doing
from mapservice.withdrawal_log import Kind


def erase(session: Session, condition_id: int, conversation_id: uuid.UUID) -> None:
    """Delete a conversation for both, with its data key and all messages and drafts."""
    withdrawals.note(session, conversation_id, Kind.DELETED)
    _delete(session, condition_id, conversation_id)


def erase_all_in(session: Session, member_id: uuid.UUID, condition_id: int) -> None:
    """Delete what a member wrote in a condition, for both, and the first messages that they have not answered."""
    statement = _of(member_id).where(ConversationRow.condition_id == condition_id)
    for _condition, conversation_id, state, starter_id in session.execute(statement).all():
        if starter_id == member_id or state == ConversationState.ACCEPTED:
            erase(session, condition_id, conversation_id)
        else:
            _take_out(session, condition_id, conversation_id, member_id)


def erase_with_account(session: Session, member_id: uuid.UUID) -> None:
    """Delete the conversations of an account that is about to be deleted, for both.

    Of a first message to them that they had not accepted, its writer keeps what they wrote.
    """
    statement = _of(member_id).where(
        (ConversationRow.member_id == member_id) | (ConversationRow.state == ConversationState.ACCEPTED)
    )
    for condition_id, conversation_id, _state, _starter in session.execute(statement).all():
        _delete(session, condition_id, conversation_id)


def repeat(session: Session, kind_of: Callable[[uuid.UUID], Kind | None]) -> int:
    """Delete the conversations again that were deleted since a backup was made, and decline those that were declined.

    ``kind_of`` returns what the log says about an id. Return how many conversations it was about.
    """
    repeated = 0
    columns = ConversationRow.condition_id, ConversationRow.id, ConversationRow.state, ConversationRow.member_id
    for condition_id, conversation_id, state, starter_id in session.execute(select(*columns)).all():
        kind = kind_of(conversation_id)
        if kind is None:
            continue
        repeated += 1
        if kind is Kind.DELETED or state == ConversationState.ACCEPTED:
            _delete(session, condition_id, conversation_id)
        else:
            _take_out_all_but(session, condition_id, conversation_id, starter_id)
    return repeated


def delete_expired(session: Session) -> int:
    """Delete first messages that nobody answered, and drafts of such, after their time; return how many."""
    deleted = 0
    with doing(session, RowTask.DELETE_EXPIRED):
        for state, retention in ((ConversationState.SENT, UNANSWERED), (ConversationState.DRAFT, DRAFTS)):
            old = delete(ConversationRow).where(
                ConversationRow.state == state, ConversationRow.active_at < func.now() - retention
            )
            deleted += session.connection().execute(old).rowcount
    return deleted + first_messages.delete_expired(session)


def _of(member_id: uuid.UUID) -> Select[int, uuid.UUID, str, uuid.UUID]:
    return (
        select(ConversationRow.condition_id, ConversationRow.id, ConversationRow.state, ConversationRow.member_id)
        .join(
            ParticipantRow,
            (ParticipantRow.condition_id == ConversationRow.condition_id)
            & (ParticipantRow.conversation_id == ConversationRow.id),
        )
        .where(ParticipantRow.member_id == member_id)
    )


def _delete(session: Session, condition_id: int, conversation_id: uuid.UUID) -> None:
    contacts.end_in_conversation(session, condition_id, conversation_id)
    mine = ConversationRow.condition_id == condition_id, ConversationRow.id == conversation_id
    session.execute(delete(ConversationRow).where(*mine), execution_options=DATABASE_ONLY)


def _take_out(session: Session, condition_id: int, conversation_id: uuid.UUID, member_id: uuid.UUID) -> None:
    """Remove somebody from a conversation that they have not accepted; nothing changes for its writer."""
    withdrawals.note(session, conversation_id)
    mine = ParticipantRow.condition_id == condition_id, ParticipantRow.conversation_id == conversation_id
    session.execute(
        delete(ParticipantRow).where(*mine, ParticipantRow.member_id == member_id), execution_options=DATABASE_ONLY
    )


def _take_out_all_but(session: Session, condition_id: int, conversation_id: uuid.UUID, starter_id: uuid.UUID) -> None:
    mine = ParticipantRow.condition_id == condition_id, ParticipantRow.conversation_id == conversation_id
    session.execute(
        delete(ParticipantRow).where(*mine, ParticipantRow.member_id != starter_id), execution_options=DATABASE_ONLY
    )
