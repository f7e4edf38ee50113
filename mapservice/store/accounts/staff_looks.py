"""What staff looked at or changed about each member, so that the member can read it."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.privacy.staff_looks import Look, LookKind, told
from mapservice.store.figures import audit_log
from mapservice.store.tables import Member, StaffLook


def note(session: Session, member_id: uuid.UUID | None, kind: LookKind) -> None:
    """Note that staff looked at something about a member today; a second time on one day changes nothing.

    Nor does something of a member who is gone, who is None.
    """
    if member_id is None:
        return
    look = insert(StaffLook).values(member_id=member_id, kind=kind)
    session.execute(look.on_conflict_do_nothing())


def listed(session: Session, member: Member, today: dt.date) -> list[Look]:
    """Return what a member may know of what staff looked at, the newest first."""
    rows = session.execute(select(StaffLook.seen_on, StaffLook.kind).where(StaffLook.member_id == member.id))
    return told((Look(row[0], LookKind(row[1])) for row in rows), today)


def rows_for_file(session: Session, member: Member, _config: Config) -> list[dict[str, Any]]:
    """Return the same for the member's own file."""
    today = session.scalars(select(func.current_date())).one()
    looks = listed(session, member, today)
    return [{"month" if look.is_of_month else "day": _day(look), "kind": look.kind.value} for look in looks]


def delete_expired(session: Session) -> int:
    """Delete what is as old as the entries of the audit log that expire; return how many."""
    expired = delete(StaffLook).where(StaffLook.seen_on < func.current_date() - audit_log.RETENTION.days)
    return session.connection().execute(expired).rowcount


def _day(look: Look) -> str:
    return f"{look.day:%Y-%m}" if look.is_of_month else look.day.isoformat()
