"""The contacts of a member in all communities, and the people whom they have asked or who have asked them."""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from mapservice.config import Config
from mapservice.privacy.contacts import ContactChoice, ContactPart
from mapservice.privacy.messages import ConversationState
from mapservice.privacy.precision import is_minor
from mapservice.store.blocks import blocks
from mapservice.store.contacts import contacts
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.contacts import ContactRow
from mapservice.store.tables.messages import ConversationRow, ParticipantRow

_Own, _Me, _Other = aliased(ContactRow), aliased(ParticipantRow), aliased(ParticipantRow)

# Joins the membership of the other, unless they closed it after a death.
_IS_CONTACT = and_(
    Membership.condition_id == ContactRow.condition_id,
    Membership.member_id == ContactRow.contact_id,
    Membership.closed_on.is_(None),
)

# Those who have closed their membership in the condition of a row after a death.
_Closed = aliased(Membership)
_CLOSED = select(_Closed.member_id).where(
    _Closed.condition_id == ContactRow.condition_id, _Closed.closed_on.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody about whom a member has chosen something, with their name and public id in the condition.

    ``conversation_id`` is that of their conversation.
    """

    condition: Condition
    public_id: str
    name: str
    choice: ContactChoice
    conversation_id: uuid.UUID | None


def listed(session: Session, member: Member) -> list[Contact]:
    """Return the contacts of a member and the people whom they have asked, by condition and name."""
    return [contact for contact in _chosen(session, member) if contact.choice is not ContactChoice.REFUSED]


def number(session: Session, member: Member, condition: Condition) -> int:
    """Return how many contacts a member has in a condition."""
    agreed = (contact for contact in listed(session, member) if contact.choice is ContactChoice.AGREED)
    return sum(contact.condition.id == condition.id for contact in agreed)


def find(session: Session, member: Member, condition: Condition, public_id: str) -> uuid.UUID | None:
    """Return the id of somebody about whom a member has chosen something in a condition, or None."""
    chosen = (
        select(ContactRow.contact_id)
        .join(Membership, _IS_CONTACT)
        .where(ContactRow.condition_id == condition.id, ContactRow.member_id == member.id)
    )
    return session.scalar(chosen.where(Membership.public_id == public_id))


def questions(session: Session, member: Member, today: dt.date) -> frozenset[uuid.UUID]:
    """Return the ids of the conversations in which somebody asks a member to become contacts."""
    if is_minor(member.minor_until, today):
        return frozenset()
    answered = select(_Own.member_id).where(
        _Own.condition_id == ContactRow.condition_id,
        _Own.member_id == ContactRow.contact_id,
        _Own.contact_id == ContactRow.member_id,
    )
    conversation = _conversation(ContactRow.contact_id, ContactRow.member_id)
    asked = select(ContactRow.condition_id, ContactRow.member_id, conversation).where(
        ContactRow.contact_id == member.id, ContactRow.choice == ContactChoice.ASKED, ~answered.exists()
    )
    either = _Closed.member_id.in_((ContactRow.member_id, ContactRow.contact_id))
    asked = asked.where(~_CLOSED.where(either).exists())
    found = session.execute(asked).all()
    apart = {row[0]: blocks.apart(session, row[0], member.id) for row in found}
    return frozenset(row[2] for row in found if row[1] not in apart[row[0]] and row[2] is not None)


def in_conversation(
    session: Session, member: Member, conversation: ConversationRow, today: dt.date
) -> ContactPart | None:
    """Return what the other in a conversation is to a member; None if it is not accepted, or one has not joined."""
    if conversation.state != ConversationState.ACCEPTED:
        return None
    both = select(Membership.member_id).join(
        ParticipantRow,
        and_(ParticipantRow.condition_id == Membership.condition_id, ParticipantRow.member_id == Membership.member_id),
    )
    both = both.where(
        ParticipantRow.condition_id == conversation.condition_id, ParticipantRow.conversation_id == conversation.id
    )
    others = set(session.scalars(both)) - {member.id}
    if len(others) != 1 or session.get(Membership, (conversation.condition_id, member.id)) is None:
        return None
    under_18 = is_minor(member.minor_until, today)
    return contacts.part(session, conversation.condition_id, member.id, others.pop(), is_minor=under_18)


def rows(session: Session, member: Member, _config: Config) -> list[dict[str, Any]]:
    """Return what a member has chosen about people who exist for them, for the member's own file."""
    return [
        {"condition_id": contact.condition.id, "name": contact.name, "choice": contact.choice}
        for contact in _chosen(session, member)
    ]


def _chosen(session: Session, member: Member) -> Iterator[Contact]:
    """Yield the people about whom a member has chosen something, and who exist for them."""
    name = func.coalesce(Membership.pseudonym, Member.pseudonym)
    conversation = _conversation(ContactRow.member_id, ContactRow.contact_id)
    statement = (
        select(Condition, ContactRow, Membership.public_id, name, conversation)
        .join(Condition, Condition.id == ContactRow.condition_id)
        .join(Membership, _IS_CONTACT)
        .join(Member, Member.id == ContactRow.contact_id)
        .where(ContactRow.member_id == member.id, ~_CLOSED.where(_Closed.member_id == ContactRow.member_id).exists())
        .order_by(Condition.name, name, Membership.public_id)
    )
    found = session.execute(statement.execution_options(populate_existing=True)).all()
    apart = {row[0].id: blocks.apart(session, row[0].id, member.id) for row in found}
    for condition, row, public_id, shown_name, conversation_id in found:
        if row.contact_id not in apart[condition.id]:
            yield Contact(condition, public_id, shown_name, ContactChoice(row.choice), conversation_id)


def _conversation(one: Any, other: Any) -> ScalarSelect[uuid.UUID]:
    """Return the id of the conversation of two people in the condition of a :class:`ContactRow`."""
    return (
        select(ConversationRow.id)
        .join(_Me, and_(_Me.condition_id == ConversationRow.condition_id, _Me.conversation_id == ConversationRow.id))
        .join(
            _Other,
            and_(_Other.condition_id == ConversationRow.condition_id, _Other.conversation_id == ConversationRow.id),
        )
        .where(
            ConversationRow.condition_id == ContactRow.condition_id,
            ConversationRow.state == ConversationState.ACCEPTED,
            _Me.member_id == one,
            _Other.member_id == other,
        )
        .order_by(ConversationRow.active_at.desc())
        .limit(1)
        .correlate(ContactRow)
        .scalar_subquery()
    )
