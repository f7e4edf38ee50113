"""The forms and addresses of reports, as tests of every route send them."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, Member
from mapservice.store.tables.reports import ReportRow, Suspension

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "reports.send": {"reason": "selling", "note": "They sell tea."},
    "message_reports.send": {"reason": "selling", "note": "They sell tea.", "message_1": "yes"},
    "blocked_reports.send": {"reason": "selling", "note": "They sell tea."},
    "text_reports.send": {"reason": "selling", "note": "They sell tea."},
    "reports.mark_read": {},
    "moderation.decide": {"state": "dismissed"},
    "moderation.lift": {},
}

#: Those of them whose form carries an operation id.
WITH_OPERATION: set[str] = {"reports.send", "message_reports.send", "blocked_reports.send", "text_reports.send"}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "message_reports.ask": ("before",),
    "moderation.list_open": ("page",),
    "moderation.list_decided": ("page",),
    "moderation.list_suspended": ("page",),
}

#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {
    "member": [
        "/conditions/acute-lymphoblastic-leukaemia/people/{person}/report",
        "/conditions/acute-lymphoblastic-leukaemia/messages/{conversation}/report",
        "/me/reports",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {
    "text_reports.ask": "about a text of members, opened by the tests of reports",
    "blocked_reports.ask": "the form of reports.ask, opened from the list of blocks",
    "moderation.list_open": "for moderators, opened by the tests of reports",
    "moderation.list_decided": "for moderators, opened by the tests of reports",
    "moderation.show": "for moderators, opened by the tests of reports",
    "moderation.list_suspended": "for moderators, opened by the tests of reports",
}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of reports may hold of a member: a report by them, and one about them."""
    other = session.scalars(select(Member).where(Member.email == "reports@example.org")).one_or_none()
    if other is None:
        other = Member(email="reports@example.org", pseudonym="Other")
        session.add(other)
        session.flush()
    for one, another in ((member, other), (other, member)):
        pair = {"condition_id": condition.id, "member_id": one.id, "reported_id": another.id}
        session.add(ReportRow(**pair, kind="card", reason="other", content=b"\x01"))
    session.add(Suspension(member_id=member.id))


def meet(session: Session, condition: Condition, one: Member, other: Member) -> dict[str, str]:
    """Let the second member report the first one twice, of which one report is decided; they add nothing to addresses.

    What came of it has been read.
    """
    pair = {"condition_id": condition.id, "member_id": other.id, "reported_id": one.id}
    decided = {"state": "dismissed", "decided_on": dt.date(2026, 1, 1), "is_answer_read": True}
    for state in ({}, decided):
        session.add(ReportRow(**pair, kind="card", reason="other", content=b"no text", **state))
    return {}
