"""Suspended accounts: signed out everywhere, shown to nobody, and unable to sign in until staff lift it."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store.accounts import login_sessions
from mapservice.store.places import homes
from mapservice.store.tables import Member
from mapservice.store.tables.reports import Suspension
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals
from mapservice.withdrawal_log import Kind


def suspend(session: Session, member: Member) -> bool:
    """Suspend an account at once: no session, on no map, in no count; return False if it was suspended already.

    What is hidden keeps its audience, so that lifting the suspension restores exactly that.
    """
    homes.lock_member(session, member)
    if session.get(Suspension, member.id) is not None:
        return False
    suspension = Suspension(member_id=member.id, act=uuid.uuid4())
    session.add(suspension)
    homes.hide_everywhere(session, member, suspension.act)
    member.active = False
    login_sessions.end_all(session, member.id)
    withdrawals.note(session, member.id, Kind.SUSPENDED)
    public_texts.refresh_member(session, member.id)
    return True


def lift(session: Session, member: Member) -> uuid.UUID | None:
    """End a suspension; return the id of the act that hid the member, or None if the account was not suspended."""
    homes.lock_member(session, member)
    suspension = session.get(Suspension, member.id)
    if suspension is None:
        return None
    member.active = True
    act = suspension.act
    session.delete(suspension)
    withdrawals.note(session, member.id, Kind.REINSTATED)
    public_texts.refresh_member(session, member.id)
    return act


def is_suspended(session: Session, member: Member) -> bool:
    """Return whether an account is suspended."""
    return session.get(Suspension, member.id) is not None


def listed(session: Session, *, limit: int, offset: int) -> tuple[int, Sequence[tuple[Suspension, str]]]:
    """Return how many accounts are suspended, and some of them with their names, the newest first."""
    rows = session.execute(
        select(Suspension, Member.pseudonym)
        .join(Member, Member.id == Suspension.member_id)
        .order_by(Suspension.since.desc(), Suspension.public_id)
    ).all()
    return len(rows), [(row[0], row[1]) for row in rows[offset : offset + limit]]


def find(session: Session, public_id: str) -> Member | None:
    """Return the member of a suspension; None if there is none of this id."""
    suspended = select(Member).join(Suspension, Suspension.member_id == Member.id)
    return session.scalar(suspended.where(Suspension.public_id == public_id))
