"""What a member's own file says about conversations: those that exist for them, decrypted."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.message_keys import MessageKeys
from mapservice.store.messages import conversations, reading
from mapservice.store.messages.conversations import Conversation
from mapservice.store.tables import Member
from mapservice.store.tables.messages import ConversationRow, DraftRow, ParticipantRow
from mapservice.text.marking import marked

#: Instead of a text that cannot be decrypted.
UNREADABLE = marked("cannot be decrypted on this machine")

# The number after every message.
_END = 2**31 - 1

_Rows = list[dict[str, Any]]


def _conversation_rows(session: Session, member: Member, _config: Config) -> _Rows:
    rows = [conversation.row for conversation in _mine(session, member)]
    return [_values(row) for row in rows if row.member_id == member.id]


def _participant_rows(session: Session, member: Member, _config: Config) -> _Rows:
    keys = [(conversation.row.condition_id, conversation.id, member.id) for conversation in _mine(session, member)]
    return [_values(session.get_one(ParticipantRow, key)) for key in keys]


def _message_rows(session: Session, member: Member, config: Config) -> _Rows:
    """Return all messages of each conversation: what the member wrote, and what they received."""
    keys, rows = MessageKeys.of(config), []
    for conversation in _mine(session, member):
        place = {"condition_id": conversation.row.condition_id, "conversation_id": conversation.id}
        for message in _messages(session, keys, conversation, member):
            writer = member.pseudonym if message.is_own else conversation.name
            rows.append(
                {
                    **place,
                    "number": message.number,
                    "is_yours": message.is_own,
                    "written_by": writer,
                    "sent_on": message.sent_on,
                    "text": UNREADABLE if message.text is None else message.text,
                }
            )
    return rows


def _draft_rows(session: Session, member: Member, config: Config) -> _Rows:
    keys, rows = MessageKeys.of(config), []
    for row in session.scalars(select(DraftRow).where(DraftRow.member_id == member.id)).all():
        conversation = session.get_one(ConversationRow, (row.condition_id, row.conversation_id))
        typed = reading.draft(session, keys, conversation, member)
        place = {"condition_id": row.condition_id, "conversation_id": row.conversation_id}
        rows.append({**place, "saved_on": row.saved_on, "text": typed or UNREADABLE})
    return rows


#: The rows of each table in the file of a member.
READERS: dict[str, Callable[[Session, Member, Config], _Rows]] = {
    "conversation": _conversation_rows,
    "participant": _participant_rows,
    "message": _message_rows,
    "draft": _draft_rows,
}


def _mine(session: Session, member: Member) -> list[Conversation]:
    return conversations.list_for_member(session, member)


def _messages(
    session: Session, keys: MessageKeys, conversation: Conversation, member: Member
) -> list[reading.ReadMessage]:
    return reading.messages(session, keys, conversation, member, before=_END, limit=_END)


def _values(row: ConversationRow | ParticipantRow) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}
