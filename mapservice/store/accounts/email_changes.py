"""Changes of an e-mail address: asked for, confirmed at the new address, and frozen from the old one.

For seven days after each step the old address can freeze the change. Where it was confirmed by then, the old address is
given back: whoever took over an account would otherwise confirm it at once. Nothing can be changed while it is frozen.
"""

import datetime as dt
import uuid
from enum import StrEnum

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mapservice.store import withdrawals
from mapservice.store.accounts import login_sessions, members, sign_ups
from mapservice.store.tables import EmailChange, Member, random_id
from mapservice.withdrawal_log import Kind

#: For how long the link at the new address works.
CONFIRMATION_LIFETIME = dt.timedelta(days=1)

#: For how long the old address can freeze a change, and for how long it is frozen.
FREEZE = dt.timedelta(days=7)

_NOW = func.now()


class Confirmation(StrEnum):
    """What became of a change that was to be confirmed: ``TAKEN`` if somebody has the address by now."""

    DONE = "done"
    TOO_LATE = "too late"
    TAKEN = "taken"


def begin(session: Session, member: Member, new_email: str) -> EmailChange:
    """Keep the wish to change the address; also where the new one has an account, so that nothing tells of it."""
    change = EmailChange(id=uuid.uuid4(), member_id=member.id, old_email=member.email, new_email=new_email)
    session.add(change)
    session.flush()
    return change


def waiting(session: Session, member: Member) -> list[EmailChange]:
    """The changes of a member that can still be confirmed, newest first."""
    wanted = select(EmailChange).where(
        EmailChange.member_id == member.id,
        EmailChange.confirmed_at.is_(None),
        EmailChange.created_at > _NOW - CONFIRMATION_LIFETIME,
    )
    if blocked_until(session, member) is not None:
        return []
    return list(session.scalars(wanted.order_by(EmailChange.created_at.desc())))


def blocked_until(session: Session, member: Member) -> dt.datetime | None:
    """Until when a member cannot change the address: seven days after a change, or after one was frozen."""
    last = func.greatest(func.max(EmailChange.confirmed_at), func.max(EmailChange.frozen_at))
    at = session.scalar(select(last).where(EmailChange.member_id == member.id, _is_recent()))
    return None if at is None else at + FREEZE


def to_confirm(session: Session, change_id: uuid.UUID, member: Member) -> EmailChange | None:
    """The change that a link at the new address confirms; None if it is too old, done, frozen or somebody else's."""
    return next((change for change in waiting(session, member) if change.id == change_id), None)


def confirm(session: Session, member: Member, change: EmailChange) -> Confirmation:
    """Give a member the new address; all links, and all sessions, end.

    It is too late if the change was frozen, or the account deleted, at the same moment.
    """
    if _lock(session, member.id) is None or to_confirm(session, change.id, member) is None:
        return Confirmation.TOO_LATE
    if not _move(session, member, change.new_email):
        return Confirmation.TAKEN
    change.confirmed_at = session.scalars(select(_NOW)).one()
    return Confirmation.DONE


def to_freeze(session: Session, change_id: uuid.UUID) -> EmailChange | None:
    """The change that a link at the old address freezes, or has frozen; None if it is too old."""
    return session.scalar(select(EmailChange).where(EmailChange.id == change_id, _is_recent()))


def freeze(session: Session, change: EmailChange) -> bool:
    """Let nothing be changed for seven days; a change that was confirmed is undone, and all sessions end.

    False if the account was deleted at the same moment.
    """
    member = _lock(session, change.member_id)
    if member is None:
        return False
    # It may have been confirmed, or frozen, while this waited.
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
    """How often an address was changed, or given back, since a moment, as far as this database knows."""
    of_member = select(EmailChange).where(EmailChange.member_id == member_id, EmailChange.confirmed_at.is_not(None))
    changes = session.scalars(of_member).all()
    moments = [at for change in changes for at in (change.confirmed_at, change.frozen_at) if at]
    return sum(at >= moment for at in moments)


def delete_old(session: Session) -> int:
    """Delete the changes that can neither be frozen nor are; how many they were."""
    return session.connection().execute(delete(EmailChange).where(~_is_recent())).rowcount


def _is_recent() -> ColumnElement[bool]:
    # The greatest of what is known: PostgreSQL leaves out what is null.
    last = func.greatest(EmailChange.created_at, EmailChange.confirmed_at, EmailChange.frozen_at)
    return last > _NOW - FREEZE


def _lock(session: Session, member_id: uuid.UUID) -> Member | None:
    """Hold a member's row, as it is now; None if there is none any more."""
    return session.scalar(
        select(Member).where(Member.id == member_id).with_for_update(), execution_options={"populate_existing": True}
    )


def _move(session: Session, member: Member, email: str) -> bool:
    """Give a member an address and end what was begun before: links, sign-ups to it, sessions.

    False, and nothing is changed, if somebody else got the address first, perhaps at this very moment.
    """
    kind = Kind.WITHDREW if email == member.email else Kind.READDRESSED
    moved = update(Member).where(Member.id == member.id).values(email=email, security_stamp=random_id())
    try:
        with session.begin_nested():
            session.execute(moved, execution_options={"synchronize_session": False})
    except IntegrityError:
        return False
    withdrawals.note(session, member.id, kind)
    session.refresh(member)
    sign_ups.end(session, email)
    login_sessions.end_all(session, member.id)
    return True
