"""The forms and addresses of conversations, as tests of every route send them."""

import uuid

from sqlalchemy.orm import Session

from mapservice.privacy.messages import ConversationState
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.messages import (
    AcceptedCountRow,
    ConversationRow,
    DraftRow,
    FirstMessageRow,
    MessageRow,
    MessageSettingsRow,
    ParticipantRow,
)

_TEXT = "Would you like to talk about work one day?"

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "first_message.send": {"text": _TEXT},
    "first_message.keep": {"text": _TEXT},
    "conversations.reply": {"text": _TEXT},
    "conversations.keep": {"text": _TEXT},
    "conversations.read": {"number": "1"},
    "answers.accept": {},
    "answers.decline": {},
    "answers.undo": {},
    "answers.delete": {"sure": "yes"},
    "message_settings.edit": {"writers": "nobody"},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"first_message.send", "conversations.reply"}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {"conversations.inbox": ("page",), "conversations.show": ("before",)}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {
    "member": [
        "/messages",
        "/conditions/acute-lymphoblastic-leukaemia/who-can-write",
        "/conditions/acute-lymphoblastic-leukaemia/people/{other}/write",
        "/conditions/acute-lymphoblastic-leukaemia/messages/{conversation}",
        "/conditions/acute-lymphoblastic-leukaemia/messages/{conversation}/delete",
    ]
}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of conversations may hold of a member; nobody has the key of these."""
    conversation = {"condition_id": condition.id, "conversation_id": uuid.uuid4()}
    session.add(
        ConversationRow(
            condition_id=condition.id, id=conversation["conversation_id"], member_id=member.id,
            state=ConversationState.SENT, wrapped_key=b"no key", key_id="0" * 16, messages=1,
        )
    )  # fmt: skip
    session.flush()
    session.add(ParticipantRow(**conversation, member_id=member.id, has_joined=True, messages_read=1))
    session.flush()
    session.add(MessageRow(**conversation, number=1, member_id=member.id, encrypted=b"no text"))
    session.add(DraftRow(**conversation, member_id=member.id, encrypted=b"no text"))
    session.add(MessageSettingsRow(condition_id=condition.id, member_id=member.id, writers="nobody"))
    session.add(FirstMessageRow(member_id=member.id, place=1))
    session.add(AcceptedCountRow(member_id=member.id, accepted=1))


def meet(session: Session, condition: Condition, one: Member, other: Member) -> dict[str, str]:
    """Let two members write to each other, and the second one send a first message as well; where the pages are."""
    joined = {member.id: session.get(Membership, (condition.id, member.id)) is not None for member in (one, other)}
    ids = []
    for starter, state in ((one, ConversationState.ACCEPTED), (other, ConversationState.SENT)):
        row = ConversationRow(
            condition_id=condition.id, id=uuid.uuid4(), member_id=starter.id, state=state, wrapped_key=b"no key",
            key_id="0" * 16, messages=1,
        )  # fmt: skip
        session.add(row)
        session.flush()
        key = {"condition_id": condition.id, "conversation_id": row.id}
        for member in (one, other):
            session.add(ParticipantRow(**key, member_id=member.id, has_joined=joined[member.id]))
        session.flush()
        session.add(MessageRow(**key, number=1, member_id=starter.id, encrypted=b"no text"))
        ids.append(row.id)
    return {"conversation_id": str(ids[0])}
