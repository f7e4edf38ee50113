"""The forms and addresses of figures, as tests of every route send them."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.store.tables import Condition, CountedMember, Member

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "staff_export.export": {
        "conditions": "acute-lymphoblastic-leukaemia",
        "by": "country",
        "release": "1",
        "format": "csv",
        "language": "en",
        "purpose": "A grant",
    },
}

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = {
    "admin.show": ("q", "page"),
    "admin.list_releases": ("page",),
    "admin.preview": ("release",),
    "admin.read_audit_log": ("page",),
    "comparison.show": ("before", "after"),
    "staff_export.choose": ("condition",),
    "export_log.show": ("page",),
}


def leave_traces(session: Session, member: Member, condition: Condition) -> None:
    """Add what the tables of figures may hold of a member."""
    day = dt.date(2026, 1, 1)
    session.add(
        CountedMember(condition_id=condition.id, member_id=member.id, country="DE", region="DE.1", changed_on=day)
    )


#: The pages beside those of the other browser tests, by who opens them in the walks of tests/browser/walks.py. What is
#: in braces is known in a walk only.
WALKS: dict[str, list[str]] = {
    "stranger": [
        "/{language}/conditions/acute-lymphoblastic-leukaemia/embed",
        "/conditions/acute-lymphoblastic-leukaemia/figures/1/DE",
    ],
}

#: The routes that answer with something else than a page, or with a page that need not be walked, and why.
NOT_WALKED: dict[str, str] = {"figures.as_json": "data for scripts"}
