"""Changes of an e-mail address: asked for, confirmed at the new address, and frozen from the old one.

For seven days after each step the old address can freeze the change. Where it was confirmed by then, the old address is
given back: whoever took over an account would otherwise confirm it at once. Nothing can be changed while it is frozen.
"""

import datetime as dt
import uuid

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.store import withdrawals
from mapservice.store.accounts import login_sessions, members, sign_ups
from mapservice.store.tables import EmailChange, Member, random_id

#: For how long the link at the new address works.
CONFIRM_WITHIN = dt.timedelta(days=1)

#: For how long the old address can freeze a change, and for how long it is frozen.
FREEZE = dt.timedelta(days=7)

_NOW = func.now()


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
        EmailChange.created_at > _NOW - CONFIRM_WITHIN,
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


def confirm(session: Session, member: Member, change: EmailChange) -> bool:
    """Give a member the new address; all links, and all sessions, end. False if it was frozen at the same moment."""
    session.refresh(member, with_for_update=True)
    if to_confirm(session, change.id, member) is None:
        return False
    change.confirmed_at = session.scalars(select(_NOW)).one()
    _move(session, member, change.new_email)
    return True


def to_freeze(session: Session, change_id: uuid.UUID) -> EmailChange | None:
    """The change that a link at the old address freezes, or has frozen; None if it is too old."""
    return session.scalar(select(EmailChange).where(EmailChange.id == change_id, _is_recent()))


def freeze(session: Session, change: EmailChange) -> None:
    """Let nothing be changed for seven days; a change that was confirmed is undone, and all sessions end."""
    member = session.get_one(Member, change.member_id, with_for_update=True)
    if change.frozen_at is not None:
        return
    change.frozen_at = session.scalars(select(_NOW)).one()
    is_undone = change.confirmed_at is not None and member.email == change.new_email
    is_free = members.by_email(session, change.old_email) is None
    _move(session, member, change.old_email if is_undone and is_free else member.email)


def delete_old(session: Session) -> int:
    """Delete the changes that can neither be frozen nor are; how many they were."""
    return session.connection().execute(delete(EmailChange).where(~_is_recent())).rowcount


def _is_recent() -> ColumnElement[bool]:
    # The greatest of what is known: PostgreSQL leaves out what is null.
    last = func.greatest(EmailChange.created_at, EmailChange.confirmed_at, EmailChange.frozen_at)
    return last > _NOW - FREEZE


def _move(session: Session, member: Member, email: str) -> None:
    """Give a member an address and end what was begun before: links, sign-ups to it, sessions."""
    withdrawals.note(session, member.id)
    session.execute(
        update(Member).where(Member.id == member.id).values(email=email, security_stamp=random_id()),
        execution_options={"synchronize_session": False},
    )
    session.refresh(member)
    sign_ups.end(session, email)
    login_sessions.end_all(session, member.id)
