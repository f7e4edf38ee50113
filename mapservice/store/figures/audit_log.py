"""The audit log of exports, of what staff viewed and of what they changed; entries are added, and never changed."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mapservice.store.tables import AuditLogEntry, Member

#: How long an entry is kept, and the maximum length of a purpose.
RETENTION = dt.timedelta(days=3 * 365)
PURPOSE_LENGTH = 300


class Act(StrEnum):
    """A logged action."""

    EXPORT = "export"
    VIEW = "view"
    CHANGE = "change"
    DECISION = "decision"


def add_entry(
    session: Session,
    act: Act,
    member: Member | None,
    subject: str,
    *,
    release: int | None = None,
    form: str = "",
    purpose: str = "",
    is_named: bool = True,
) -> None:
    """Add an entry about a staff member, or about a command, in the transaction of the action.

    With ``is_named`` False it has the mark of the account only, since the entry outlives the account.
    """
    line = AuditLogEntry(act=act, subject=subject, release=release, format=form, purpose=purpose[:PURPOSE_LENGTH])
    line.actor, line.staff = (member.pseudonym if is_named else "", account_mark(member)) if member else ("", "")
    session.add(line)
    session.flush()


def account_mark(member: Member) -> str:
    """Return eight letters that identify a staff account whatever its name, and reveal nothing else about it."""
    return hashlib.sha256(b"ledger/v1|" + member.id.bytes).hexdigest()[:8]


def entries(session: Session, act: Act, *, limit: int, offset: int) -> tuple[int, Sequence[AuditLogEntry]]:
    """Return the number of entries of an action, and a page of them, newest first."""
    of_act = AuditLogEntry.act == act
    how_many = session.scalar(select(func.count()).select_from(AuditLogEntry).where(of_act)) or 0
    statement = (
        select(AuditLogEntry).where(of_act).order_by(AuditLogEntry.made_at.desc(), AuditLogEntry.id).limit(limit)
    ).offset(offset)
    return how_many, session.scalars(statement).all()


def delete_expired(session: Session) -> int:
    """Delete expired entries, as the owner of the tables; return how many."""
    return (
        session.connection()
        .execute(delete(AuditLogEntry).where(AuditLogEntry.made_at < func.now() - RETENTION))
        .rowcount
    )
