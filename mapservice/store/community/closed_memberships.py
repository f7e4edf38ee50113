"""Memberships that a caregiver closed after a death. For every other page they are like none, until that is undone."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mapservice.errors import NotAMemberError
from mapservice.privacy.consents import ConsentKind
from mapservice.store.places.homes import lock_member
from mapservice.store.tables import Condition, Consent, Member, Membership


def list_for_member(session: Session, member: Member) -> Sequence[tuple[Membership, Condition]]:
    """Return the closed memberships of a member with their conditions, by the condition's name."""
    statement = (
        select(Membership, Condition)
        .join(Condition, Condition.id == Membership.condition_id)
        .where(Membership.member_id == member.id, Membership.closed_on.is_not(None))
        .order_by(Condition.name)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def find(session: Session, member: Member, condition: Condition) -> Membership | None:
    """Return the closed membership of a member in a condition, or None."""
    membership = session.get(Membership, (condition.id, member.id), populate_existing=True)
    return None if membership is None or membership.closed_on is None else membership


def get(session: Session, member: Member, condition: Condition) -> Membership:
    """Return the closed membership of a member in a condition, locked until the transaction ends.

    :raise NotAMemberError: if there is none.
    """
    lock_member(session, member)
    key = condition.id, member.id
    membership = session.get(Membership, key, with_for_update={"key_share": True}, populate_existing=True)
    if membership is None or membership.closed_on is None:
        raise NotAMemberError
    return membership


def forget_consent_to_remember(session: Session, member: Member, condition: Condition) -> None:
    """Delete the consent to count somebody as remembered, which outlives the membership, where there is none."""
    if session.get(Membership, (condition.id, member.id), populate_existing=True) is None:
        session.execute(
            delete(Consent).where(
                Consent.member_id == member.id,
                Consent.condition_id == condition.id,
                Consent.kind == ConsentKind.REMEMBERED,
            )
        )
