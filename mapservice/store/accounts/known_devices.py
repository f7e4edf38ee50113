"""Devices on which a member has signed in before."""

import datetime as dt
import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.store.tables import KnownDevice, Member

#: A device is forgotten after this time without a sign-in.
MAX_AGE = dt.timedelta(days=365)


def owner_id(session: Session, token_hash: bytes) -> uuid.UUID | None:
    """Return the id of the member who has signed in on a device, or None."""
    return session.scalar(select(KnownDevice.member_id).where(KnownDevice.token_hash == token_hash))


def belongs_to(session: Session, token_hash: bytes, email: str) -> bool:
    """Return whether the member with an e-mail address has signed in on a device."""
    theirs = select(KnownDevice.token_hash).join(Member, Member.id == KnownDevice.member_id)
    return session.scalar(theirs.where(KnownDevice.token_hash == token_hash, Member.email == email)) is not None


def remember(session: Session, token_hash: bytes, member_id: uuid.UUID) -> None:
    """Store a device of a member."""
    session.add(KnownDevice(token_hash=token_hash, member_id=member_id))
    session.flush()


def mark_used(session: Session, token_hash: bytes) -> None:
    """Note that a member signed in on a device today."""
    used = update(KnownDevice).where(KnownDevice.token_hash == token_hash, KnownDevice.used_on < func.current_date())
    session.execute(used.values(used_on=func.current_date()))


def remove(session: Session, token_hash: bytes) -> None:
    """Delete one device."""
    session.execute(delete(KnownDevice).where(KnownDevice.token_hash == token_hash))


def remove_all(session: Session, member_id: uuid.UUID) -> None:
    """Delete all devices of a member."""
    session.execute(delete(KnownDevice).where(KnownDevice.member_id == member_id))


def delete_unused(session: Session) -> int:
    """Delete devices without a sign-in for a year; return how many."""
    unused = delete(KnownDevice).where(KnownDevice.used_on < func.current_date() - MAX_AGE.days)
    return session.connection().execute(unused).rowcount
