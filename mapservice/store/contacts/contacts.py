"""Who is a contact of whom in a community, and what each of two people has chosen about it.

Whatever changes it for two people locks both first (``blocks.lock_members``), so that of two things done at the same
moment, such as agreeing and blocking, the second one finds what the first one did.
"""

import uuid

from sqlalchemy import ColumnElement, and_, delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.contacts import ContactChoice, ContactPart, contact_part
from mapservice.privacy.messages import ConversationState
from mapservice.store.notifications import notifications
from mapservice.store.tables.contacts import ContactRow
from mapservice.store.tables.messages import ConversationRow, ParticipantRow
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY

#: The kind of news that a question is.
NEWS = "contact"

#: For SQL: the contacts of a member in a condition, both of which are expressions.
CONTACTS = """
    select contact_id from contact where condition_id = {condition} and member_id = {member} and choice = 'agreed'
"""

_CONTACTS = text(CONTACTS.format(condition=":condition", member=":member"))


def ids(session: Session, condition_id: int, member_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Return the contacts of a member in a condition, also those who have blocked them in another one."""
    return frozenset(session.scalars(_CONTACTS, {"condition": condition_id, "member": member_id}))


def part(
    session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID, *, is_minor: bool
) -> ContactPart:
    """Return what another member is to a member; ``is_minor`` is True if the latter is under 18."""
    choices = (_choice(session, condition_id, *pair) for pair in ((member_id, other_id), (other_id, member_id)))
    return contact_part(*choices, is_minor=is_minor)


def agree(session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Ask another member to become contacts, or agree if they have asked. Doing it again changes nothing.

    Both are locked, and have joined the condition.
    """
    own = _choice(session, condition_id, member_id, other_id)
    if own in {ContactChoice.ASKED, ContactChoice.AGREED}:
        return
    if _choice(session, condition_id, other_id, member_id) is ContactChoice.ASKED:
        _choose(session, condition_id, member_id, other_id, ContactChoice.AGREED)
        _choose(session, condition_id, other_id, member_id, ContactChoice.AGREED)
        return
    _choose(session, condition_id, member_id, other_id, ContactChoice.ASKED)
    notifications.add(session, other_id, NEWS)


def refuse(session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Refuse to become contacts: whatever the other does, the member is not asked again. The other is not told."""
    if _choice(session, condition_id, member_id, other_id) is not ContactChoice.AGREED:
        _choose(session, condition_id, member_id, other_id, ContactChoice.REFUSED)


def end(session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """End being contacts, or take a question back; both have to agree again. The other is not told, nor can ask again.

    They can ask, but the member is not shown that: who wants to be contacts again asks themselves.
    """
    own = _choice(session, condition_id, member_id, other_id)
    if own is ContactChoice.AGREED:
        withdrawals.note(session, member_id)
        end_between(session, condition_id, member_id, other_id)
        _choose(session, condition_id, member_id, other_id, ContactChoice.REFUSED)
    elif own is ContactChoice.ASKED:
        withdrawals.note(session, member_id)
        session.execute(delete(ContactRow).where(_of(condition_id, member_id, other_id)))


def end_between(session: Session, condition_id: int, one_id: uuid.UUID, other_id: uuid.UUID) -> None:
    """Delete what two people have chosen about each other in a condition."""
    either = or_(_of(condition_id, one_id, other_id), _of(condition_id, other_id, one_id))
    here = delete(ContactRow).where(ContactRow.condition_id == condition_id, either)
    session.execute(here, execution_options=DATABASE_ONLY)


def end_in_conversation(session: Session, condition_id: int, conversation_id: uuid.UUID) -> None:
    """Delete what the two in a conversation, which is about to be deleted, have chosen about each other.

    Two people can be contacts while there is the draft of a first message too: that one says nothing about it.
    """
    accepted = and_(
        ConversationRow.condition_id == ParticipantRow.condition_id,
        ConversationRow.id == ParticipantRow.conversation_id,
        ConversationRow.state == ConversationState.ACCEPTED,
    )
    both = (
        select(ParticipantRow.member_id)
        .join(ConversationRow, accepted)
        .where(ParticipantRow.condition_id == condition_id, ParticipantRow.conversation_id == conversation_id)
    )
    here = ContactRow.condition_id == condition_id, ContactRow.member_id.in_(both), ContactRow.contact_id.in_(both)
    session.execute(delete(ContactRow).where(*here), execution_options=DATABASE_ONLY)


def end_all(session: Session, member_id: uuid.UUID) -> None:
    """Delete what a member and others have chosen about each other: after a restore, they may have ended it."""
    either = or_(ContactRow.member_id == member_id, ContactRow.contact_id == member_id)
    session.execute(delete(ContactRow).where(either), execution_options=DATABASE_ONLY)


def _choice(session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID) -> ContactChoice | None:
    chosen = session.scalar(select(ContactRow.choice).where(_of(condition_id, member_id, other_id)))
    return None if chosen is None else ContactChoice(chosen)


def _choose(
    session: Session, condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID, choice: ContactChoice
) -> None:
    key = {"condition_id": condition_id, "member_id": member_id, "contact_id": other_id}
    chosen = insert(ContactRow).values(**key, choice=choice)
    merged = chosen.on_conflict_do_update(index_elements=list(key), set_={"choice": choice})
    session.execute(merged, execution_options=DATABASE_ONLY)


def _of(condition_id: int, member_id: uuid.UUID, other_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(
        ContactRow.condition_id == condition_id, ContactRow.member_id == member_id, ContactRow.contact_id == other_id
    )
