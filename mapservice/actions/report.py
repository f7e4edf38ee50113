"""Report a person, or what they wrote, to the moderators; decide a report; lift a suspension.

A page of any subject can report what its reader chose: it hands over the texts as the reader saw them, and nothing else
of it is ever read.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from mapservice.actions import hide
from mapservice.errors import ReviewFirstError, StaffAccountError
from mapservice.privacy.reports import Excerpt, ReportContent, ReportKind, ReportReason, ReportState
from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import staff, staff_looks
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.reports import reports, suspensions
from mapservice.store.tables import Condition, Member
from mapservice.store.tables.reports import ReportRow


def report(
    session: Session,
    reporter: Member,
    condition: Condition,
    reported_id: uuid.UUID,
    kind: ReportKind,
    reason: ReportReason,
    excerpts: Sequence[Excerpt],
    *,
    note: str = "",
    key: bytes,
    text_id: uuid.UUID | None = None,
) -> None:
    """Send a report to the moderators: exactly these excerpts and the reporter's own words, encrypted."""
    content = ReportContent(note, tuple(excerpts))
    reports.add(session, condition.id, reporter.id, reported_id, kind, reason, content, key=key, text_id=text_id)


def note_reading(session: Session, row: ReportRow) -> None:
    """Note for both people that a moderator read a report: the one who made it, and the one it is about."""
    staff_looks.note(session, row.member_id, LookKind.YOUR_REPORT)
    staff_looks.note(session, row.reported_id, LookKind.REPORT_ABOUT_YOU)


def decide(session: Session, moderator: Member, row: ReportRow, state: ReportState, today: dt.date) -> bool:
    """Decide a report, suspend the account if that is the decision, and log it.

    Return False, without changes, if it has been decided before.

    :raise StaffAccountError: if the account to suspend is one of staff.
    """
    if row.state != ReportState.OPEN:
        return False
    if state is ReportState.SUSPENDED:
        reported = session.get_one(Member, row.reported_id)
        if staff.staff_roles(session, reported):
            raise StaffAccountError
        suspensions.suspend(session, reported)
        staff_looks.note(session, reported.id, LookKind.SUSPENDED)
    reports.decide(session, row, state, today)
    audit_log.add_entry(session, Act.DECISION, moderator, f"report {state} {row.id}")
    return True


def lift_suspension(session: Session, moderator: Member, member: Member) -> bool:
    """End a suspension, show the member again as before it, and log it; return False if there was none."""
    act = suspensions.lift(session, member)
    if act is None:
        return False
    try:
        with session.begin_nested():
            hide.undo(session, member, act)
    except ReviewFirstError:
        pass  # After a restore the member looks at their settings first.
    staff_looks.note(session, member.id, LookKind.REINSTATED)
    audit_log.add_entry(session, Act.DECISION, moderator, "suspension lifted")
    return True
