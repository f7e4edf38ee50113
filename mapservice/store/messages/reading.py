"""The messages and drafts of conversations, decrypted for one of their two members."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from mapservice.errors import MissingMessageKeyError, UnreadableTextError
from mapservice.message_keys import MessageKeys
from mapservice.privacy import encryption
from mapservice.store.messages import wrapping_keys
from mapservice.store.messages.conversations import Conversation
from mapservice.store.tables import Member
from mapservice.store.tables.messages import ConversationRow, DraftRow, MessageRow


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message that was decrypted; ``text`` is None if it cannot be."""

    number: int
    is_own: bool
    sent_on: dt.date
    text: str | None


def messages(
    session: Session, keys: MessageKeys, conversation: Conversation, member: Member, *, before: int, limit: int
) -> list[ReadMessage]:
    """Return the last messages of a conversation before a number, the oldest first."""
    row = conversation.row
    statement = (
        select(MessageRow)
        .where(
            MessageRow.condition_id == row.condition_id,
            MessageRow.conversation_id == row.id,
            MessageRow.number < before,
        )
        .order_by(MessageRow.number.desc())
        .limit(limit)
    )
    data_key = _data_key(keys, row)
    return [_decrypted(data_key, message, member) for message in reversed(session.scalars(statement).all())]


def last_messages(
    session: Session, keys: MessageKeys, conversations: Sequence[Conversation], member: Member
) -> dict[tuple[int, uuid.UUID], ReadMessage]:
    """Return the last message of each conversation, by the condition and the id of the conversation."""
    wanted = [(one.row.condition_id, one.id, one.row.messages) for one in conversations]
    key = tuple_(MessageRow.condition_id, MessageRow.conversation_id, MessageRow.number)
    data_keys = {(one.row.condition_id, one.id): _data_key(keys, one.row) for one in conversations}
    found = {}
    for message in session.scalars(select(MessageRow).where(key.in_(wanted))):
        where = (message.condition_id, message.conversation_id)
        found[where] = _decrypted(data_keys[where], message, member)
    return found


def drafts(
    session: Session, keys: MessageKeys, conversations: Sequence[Conversation], member: Member
) -> dict[tuple[int, uuid.UUID], str]:
    """Return what a member has typed and not sent, by the condition and the id of the conversation."""
    rows = {(one.row.condition_id, one.id): one.row for one in conversations}
    key = tuple_(DraftRow.condition_id, DraftRow.conversation_id)
    statement = select(DraftRow).where(DraftRow.member_id == member.id, key.in_(rows))
    kept = session.scalars(statement.execution_options(populate_existing=True)).all()
    typed = {}
    for one in kept:
        place = (one.condition_id, one.conversation_id)
        typed[place] = _draft_text(keys, rows[place], one, member)
    return typed


def draft(session: Session, keys: MessageKeys, row: ConversationRow, member: Member) -> str:
    """Return what a member has typed in a conversation and not sent; empty if there is nothing."""
    kept = session.get(DraftRow, (row.condition_id, row.id, member.id), populate_existing=True)
    return _draft_text(keys, row, kept, member) if kept is not None else ""


def _draft_text(keys: MessageKeys, row: ConversationRow, kept: DraftRow, member: Member) -> str:
    return _text(_data_key(keys, row), kept.encrypted, encryption.draft_place(row.id, member.id)) or ""


def _data_key(keys: MessageKeys, row: ConversationRow) -> bytes | None:
    try:
        return wrapping_keys.unwrap(keys, row)
    except (UnreadableTextError, MissingMessageKeyError):
        return None


def _decrypted(data_key: bytes | None, message: MessageRow, member: Member) -> ReadMessage:
    place = encryption.message_place(message.conversation_id, message.number, message.member_id)
    text = _text(data_key, message.encrypted, place)
    return ReadMessage(message.number, message.member_id == member.id, message.sent_on, text)


def _text(data_key: bytes | None, encrypted: bytes, place: bytes) -> str | None:
    if data_key is None:
        return None
    try:
        return encryption.decrypt(data_key, encrypted, place).decode()
    except UnreadableTextError:
        return None
