"""Writing in a conversation: drafts, the first message, its answer, and all that follow."""

import uuid

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mapservice.errors import UnknownConversationError
from mapservice.message_keys import MessageKeys
from mapservice.privacy import encryption
from mapservice.privacy.messages import ConversationPart, ConversationState
from mapservice.store.messages import first_messages, wrapping_keys
from mapservice.store.messages.conversations import Conversation
from mapservice.store.notifications import notifications
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.messages import ConversationRow, DraftRow, MessageRow, ParticipantRow
from mapservice.store.transactions import withdrawals

#: The kind of news that a message is.
NEWS = "message"


def begin(
    session: Session,
    keys: MessageKeys,
    condition: Condition,
    writer: Member,
    recipient_id: uuid.UUID,
    *,
    has_joined: bool,
) -> ConversationRow:
    """Begin a conversation with somebody who takes part in a condition, without telling them.

    ``has_joined`` says whether the writer takes part in it too.
    """
    row = ConversationRow(condition_id=condition.id, id=uuid.uuid4(), member_id=writer.id)
    row.state, row.messages, row.key_id = ConversationState.DRAFT, 0, wrapping_keys.current(session, keys)
    row.wrapped_key = wrapping_keys.wrap(keys, row.key_id, condition.id, row.id, encryption.new_data_key())
    session.add(row)
    session.flush()
    for member_id, is_joined in ((writer.id, has_joined), (recipient_id, True)):
        session.add(
            ParticipantRow(
                condition_id=condition.id, conversation_id=row.id, member_id=member_id, has_joined=is_joined,
                has_declined=False, messages_read=0,
            )
        )  # fmt: skip
    session.flush()
    return row


def save_draft(session: Session, keys: MessageKeys, row: ConversationRow, writer: Member, typed: str) -> None:
    """Keep what a member has typed and not sent; without a text nothing is kept."""
    delete_draft(session, row, writer)
    if typed:
        place = encryption.draft_place(row.id, writer.id)
        encrypted = encryption.encrypt(wrapping_keys.unwrap(keys, row), typed.encode(), place)
        session.add(
            DraftRow(condition_id=row.condition_id, conversation_id=row.id, member_id=writer.id, encrypted=encrypted)
        )
        session.flush()


def delete_draft(session: Session, row: ConversationRow, writer: Member) -> None:
    """Delete what a member has typed and not sent."""
    mine = DraftRow.condition_id == row.condition_id, DraftRow.conversation_id == row.id
    session.execute(delete(DraftRow).where(*mine, DraftRow.member_id == writer.id))


def send_first(session: Session, keys: MessageKeys, row: ConversationRow, writer: Member, text: str) -> None:
    """Send the first message of a conversation."""
    row.state = ConversationState.SENT
    _add(session, keys, row, writer, text)


def reply(session: Session, keys: MessageKeys, conversation: Conversation, writer: Member, text: str) -> None:
    """Add a message to an accepted conversation, which is locked.

    :raise UnknownConversationError: if it is not accepted.
    """
    if conversation.part is not ConversationPart.ACCEPTED:
        raise UnknownConversationError
    _add(session, keys, conversation.row, writer, text)


def accept(session: Session, conversation: Conversation, member: Member) -> None:
    """Accept the first message of a conversation, which is locked; accepting it again changes nothing.

    :raise UnknownConversationError: if there is none that waits for an answer.
    """
    if conversation.part is ConversationPart.ACCEPTED:
        return
    if conversation.part is not ConversationPart.ASKED:
        raise UnknownConversationError
    conversation.row.state = ConversationState.ACCEPTED
    conversation.row.active_at = func.now()
    first_messages.note_accepted(session, conversation.row.member_id)
    mark_read(session, conversation, member, conversation.row.messages)


def decline(session: Session, conversation: Conversation, member: Member) -> None:
    """Decline the first message of a conversation, which is locked. Nothing changes for its writer.

    :raise UnknownConversationError: if there is none that waits for an answer.
    """
    if conversation.part not in {ConversationPart.ASKED, ConversationPart.DECLINED}:
        raise UnknownConversationError
    withdrawals.note(session, conversation.id)
    _own(session, conversation.row, member).has_declined = True
    session.flush()


def undo_decline(session: Session, conversation: Conversation, member: Member) -> None:
    """Put a declined first message back among those that wait for an answer.

    :raise UnknownConversationError: if it was not declined.
    """
    if conversation.part not in {ConversationPart.ASKED, ConversationPart.DECLINED}:
        raise UnknownConversationError
    _own(session, conversation.row, member).has_declined = False
    session.flush()


def mark_read(session: Session, conversation: Conversation, member: Member, number: int) -> None:
    """Note that a member has read the messages up to a number. Nobody else learns that."""
    own = _own(session, conversation.row, member)
    own.messages_read = max(own.messages_read, min(number, conversation.row.messages))
    session.flush()


def _add(session: Session, keys: MessageKeys, row: ConversationRow, writer: Member, text: str) -> None:
    number = row.messages + 1
    place = encryption.message_place(row.id, number, writer.id)
    encrypted = encryption.encrypt(wrapping_keys.unwrap(keys, row), text.encode(), place)
    session.add(
        MessageRow(
            condition_id=row.condition_id, conversation_id=row.id, number=number, member_id=writer.id,
            encrypted=encrypted,
        )
    )  # fmt: skip
    row.messages, row.active_at = number, func.now()
    _own(session, row, writer).messages_read = number
    delete_draft(session, row, writer)
    session.flush()
    _notify(session, row, writer)


def _notify(session: Session, row: ConversationRow, writer: Member) -> None:
    """Note that there is news for the other; before they are told, it is checked whether it exists for them."""
    others = ParticipantRow.condition_id == row.condition_id, ParticipantRow.conversation_id == row.id
    for other_id in session.scalars(
        select(ParticipantRow.member_id).where(*others, ParticipantRow.member_id != writer.id)
    ):
        notifications.add(session, other_id, NEWS)


def _own(session: Session, row: ConversationRow, member: Member) -> ParticipantRow:
    return session.get_one(ParticipantRow, (row.condition_id, row.id, member.id))
