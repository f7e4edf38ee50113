"""The people with whom a member has a conversation. They can be blocked even if they have hidden since."""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.messages import ConversationPart
from mapservice.store.messages import conversations
from mapservice.store.messages.conversations import Conversation
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.messages import ParticipantRow

# Of a first message that was sent, or is not sent yet, nothing says whether the other is still there.
_KNOWN = (ConversationPart.ASKED, ConversationPart.DECLINED, ConversationPart.ACCEPTED)


def find(session: Session, member: Member, condition: Condition, public_id: str) -> tuple[Membership, str] | None:
    """Return the membership of a person with whom a member has a conversation here, and their name, or None."""
    person = session.scalar(
        select(Membership).where(Membership.condition_id == condition.id, Membership.public_id == public_id)
    )
    conversation = conversations.find_with(session, member, condition, person.member_id) if person else None
    if person is None or conversation is None or conversation.part not in _KNOWN:
        return None
    return person, conversation.name


def other(session: Session, member: Member, conversation: Conversation) -> uuid.UUID | None:
    """Return the id of the other in a conversation, or None if it does not say whether they are still there."""
    if conversation.part not in _KNOWN:
        return None
    row = conversation.row
    theirs = select(ParticipantRow.member_id).where(
        ParticipantRow.condition_id == row.condition_id,
        ParticipantRow.conversation_id == row.id,
        ParticipantRow.member_id != member.id,
    )
    return session.scalar(theirs)
