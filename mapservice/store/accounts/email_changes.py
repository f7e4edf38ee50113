"""Changes of an e-mail address: requested, confirmed at the new address, or frozen from the old one.

For seven days after each step the old address can freeze the change. If it was confirmed by then, the member gets the
old address back; otherwise an attacker who took over an account would only have to confirm at once. While a change is
frozen, the address cannot be changed.
"""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mapservice.store.accounts import login_sessions, members, sign_ups
from mapservice.store.tables import EmailChange, Member, random_id
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.withdrawal_log import Kind

#: How long the link at the new address works.
CONFIRMATION_LIFETIME = dt.timedelta(days=1)

#: How long the old address can freeze a change, and how long it stays frozen.
FREEZE = dt.timedelta(days=7)

_NOW = func.now()


class Confirmation(StrEnum):
    """The result of confirming a change; ``TAKEN`` if another account has the address by now."""

    DONE = "done"
    TOO_LATE = "too late"
    TAKEN = "taken"


def begin(session: Session, member: Member, new_email: str) -> EmailChange:
    """Store a request to change the address, even if the new address has an account, so that this is not revealed."""
    change = EmailChange(id=uuid.uuid4(), member_id=member.id, old_email=member.email, new_email=new_email)
    session.add(change)
    session.flush()
    return change


def waiting(session: Session, member: Member) -> list[EmailChange]:
    """Return the changes of a member that can still be confirmed, newest first."""
    statement = select(EmailChange).where(
        EmailChange.member_id == member.id,
        EmailChange.confirmed_at.is_(None),
        EmailChange.created_at > _NOW - CONFIRMATION_LIFETIME,
    )
    if blocked_until(session, member) is not None:
        return []
    return list(session.scalars(statement.order_by(EmailChange.created_at.desc())))


def blocked_until(session: Session, member: Member) -> dt.datetime | None:
    """Return when a member can change the address again: seven days after a change, or after one was frozen."""
    last = func.greatest(func.max(EmailChange.confirmed_at), func.max(EmailChange.frozen_at))
    at = session.scalar(select(last).where(EmailChange.member_id == member.id, _is_recent()))
    return None if at is None else at + FREEZE


def to_confirm(session: Session, change_id: uuid.UUID, member: Member) -> EmailChange | None:
    """Return the change that a link at the new address confirms; None if it is expired, done, frozen or not theirs."""
    return next((change for change in waiting(session, member) if change.id == change_id), None)


def confirm(session: Session, member: Member, change: EmailChange) -> Confirmation:
    """Give a member the new address, and end all links and sessions.

    It is too late if the change was frozen, or the account deleted, at the same moment.
    """
    if _lock(session, member.id) is None or to_confirm(session, change.id, member) is None:
        return Confirmation.TOO_LATE
    if not _move(session, member, change.new_email):
        return Confirmation.TAKEN
    change.confirmed_at = session.scalars(select(_NOW)).one()
    return Confirmation.DONE


def to_freeze(session: Session, change_id: uuid.UUID) -> EmailChange | None:
    """Return the change that a link at the old address freezes, or has frozen; None if it is expired."""
    return session.scalar(select(EmailChange).where(EmailChange.id == change_id, _is_recent()))


def freeze(session: Session, change: EmailChange) -> bool:
    """Freeze changes for seven days; a confirmed change is undone, and all sessions end.

    Return False if the account was deleted at the same moment.
    """
    member = _lock(session, change.member_id)
    if member is None:
        return False
    # It may have been confirmed or frozen while this transaction waited for the lock.
    session.refresh(change)
    if change.frozen_at is not None:
        return True
    change.frozen_at = session.scalars(select(_NOW)).one()
    is_undone = change.confirmed_at is not None and member.email == change.new_email
    is_free = members.by_email(session, change.old_email) is None
    if not (is_undone and is_free and _move(session, member, change.old_email)):
        _move(session, member, member.email)
    return True


def known_since(session: Session, member_id: uuid.UUID, moment: dt.datetime) -> int:
    """Return how often an address was changed or given back since a moment, according to this database."""
    of_member = select(EmailChange).where(EmailChange.member_id == member_id, EmailChange.confirmed_at.is_not(None))
    changes = session.scalars(of_member).all()
    moments = [at for change in changes for at in (change.confirmed_at, change.frozen_at) if at]
    return sum(at >= moment for at in moments)


def delete_old(session: Session) -> int:
    """Delete the changes that can no longer be frozen and are not frozen; return how many."""
    return session.connection().execute(delete(EmailChange).where(~_is_recent())).rowcount


def _is_recent() -> ColumnElement[bool]:
    # ``greatest`` ignores nulls.
    last = func.greatest(EmailChange.created_at, EmailChange.confirmed_at, EmailChange.frozen_at)
    return last > _NOW - FREEZE


def _lock(session: Session, member_id: uuid.UUID) -> Member | None:
    """Lock a member's row and return it; None if it no longer exists."""
    return session.scalar(
        select(Member).where(Member.id == member_id).with_for_update(), execution_options={"populate_existing": True}
    )


def _move(session: Session, member: Member, email: str) -> bool:
    """Give a member an address, and end all links, sign-ups to the address, and sessions.

    Return False, without changes, if another account got the address first, perhaps at the same moment.
    """
    kind = Kind.WITHDREW if email == member.email else Kind.READDRESSED
    moved = update(Member).where(Member.id == member.id).values(email=email, security_stamp=random_id())
    try:
        with session.begin_nested():
            session.execute(moved, execution_options=DATABASE_ONLY)
    except IntegrityError:
        return False
    withdrawals.note(session, member.id, kind)
    session.refresh(member)
    sign_ups.end(session, email)
    login_sessions.end_all(session, member.id)
    return True
