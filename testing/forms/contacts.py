"""The forms and addresses of contacts, as tests of every route send them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.contacts import ContactChoice
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.contacts import ContactRow

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "contacts.agree": {},
    "contacts.refuse": {},
    "contacts.end": {},
    "contacts.end_listed": {},
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py.
WALKS: dict[str, list[str]] = {"member": ["/me/contacts"]}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the table of contacts may hold of a member: of somebody whom they have asked."""
    other = session.scalars(select(Member).where(Member.email == "contacts@example.org")).one_or_none()
    if other is None:
        other = Member(email="contacts@example.org", pseudonym="Other")
        session.add(other)
        session.flush()
    if session.get(Membership, (condition.id, other.id)) is None:
        session.add(Membership(condition_id=condition.id, member_id=other.id, role="person", pseudonym="Known"))
        session.flush()
    key = {"condition_id": condition.id, "member_id": member.id, "contact_id": other.id}
    session.add(ContactRow(**key, choice=ContactChoice.ASKED))


def meet(session: Session, condition: Condition, one: Member, other: Member) -> dict[str, str]:
    """Let two members be contacts, if both have joined the condition."""
    if all(memberships.find(session, member, condition) for member in (one, other)):
        for pair in ((one, other), (other, one)):
            key = {"condition_id": condition.id, "member_id": pair[0].id, "contact_id": pair[1].id}
            session.merge(ContactRow(**key, choice=ContactChoice.AGREED))
    return {}
