"""Each look of staff at something about a member is listed for the member, and tells of nobody else."""

import datetime as dt

import pytest
from sqlalchemy import select

from mapservice.actions import appoint as appointing
from mapservice.actions import report as reporting
from mapservice.i18n.dates import today
from mapservice.privacy.reports import Excerpt, ReportKind, ReportReason, ReportState
from mapservice.privacy.staff_looks import LookKind
from mapservice.store.accounts import second_factors, staff, staff_looks
from mapservice.store.tables import StaffLook
from mapservice.store.tables.reports import ReportRow
from mapservice.web.reports.sending import report_key
from testing.accounts import post, sign_in
from testing.appointing import appoint

MINE = "/account/staff"


@pytest.fixture
def moderator(app, session, dan):
    """A browser of Dan, who is a moderator."""
    appoint(session, dan, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, dan)
    return client


@pytest.fixture
def report(app, session, condition, alice, bob) -> str:
    """The address of a report by Alice about Bob."""
    with app.app_context():
        kind, reason = ReportKind.CARD, ReportReason.SELLING
        said = [Excerpt("Name", "Bob")]
        reporting.report(session, alice, condition, bob.id, kind, reason, said, note="Look.", key=report_key())
        session.commit()
    return f"/moderation/reports/{condition.slug}/{session.scalars(select(ReportRow.id)).one()}"


def kinds(session, member) -> set[str]:
    return set(session.scalars(select(StaffLook.kind).where(StaffLook.member_id == member.id)))


def page_of(app, member) -> str:
    client = app.test_client()
    sign_in(client, member)
    return client.get(MINE).text


def test_who_looked_at_nothing_is_said_so(app, alice):
    assert "Nothing so far." in page_of(app, alice)


def test_a_moderator_who_reads_a_report_twice_is_listed_once_for_both(app, session, moderator, report, alice, bob, dan):
    for _ in range(2):
        assert moderator.get(report).status_code == 200

    assert kinds(session, alice) == {LookKind.YOUR_REPORT}
    assert kinds(session, bob) == {LookKind.REPORT_ABOUT_YOU}
    page = page_of(app, alice)
    assert "A moderator read a report that you made" in page
    assert dan.pseudonym not in page.partition("<main")[2]


def test_never_tells_a_reported_member_the_day_or_who_it_was(app, session, moderator, report, bob, alice):
    moderator.get(report)
    assert "A moderator read a report about you" not in page_of(app, bob)

    long_ago = today().replace(day=1) - dt.timedelta(days=10)
    session.add(StaffLook(member_id=bob.id, kind=LookKind.REPORT_ABOUT_YOU, seen_on=long_ago))
    session.commit()

    page = page_of(app, bob).partition("<main")[2]
    assert "A moderator read a report about you" in page
    assert f"{long_ago.day} {long_ago:%B}" not in page
    assert alice.pseudonym not in page
    data = post(_signed_in(app, bob), "/me/data", {"form": "json"}).json
    rows = next(part["rows"] for part in data["parts"] if part["table"] == "staff_look")
    assert rows == [{"month": f"{long_ago:%Y-%m}", "kind": "report_about_you"}]


def _signed_in(app, member):
    client = app.test_client()
    sign_in(client, member)
    return client


def test_a_suspension_its_list_and_its_end_are_listed(session, moderator, report, bob):
    post(moderator, report, {"state": ReportState.SUSPENDED.value})
    listed = moderator.get("/moderation/suspended")
    lift = listed.text.partition('action="/moderation/suspended/')[2].partition('"')[0]
    post(moderator, f"/moderation/suspended/{lift}")

    assert kinds(session, bob) == {LookKind.SUSPENDED, LookKind.SUSPENDED_LIST, LookKind.REINSTATED}


def test_what_those_who_run_the_service_change_is_listed(app, session, alice):
    second_factors.set_up(session, alice, sealed=b"sealed", step=1, codes=[b"code"])
    with app.app_context():
        appoint(session, alice, staff.MODERATOR)
        appointing.reset_second_factor(session, alice)
        appointing.dismiss(session, alice, staff.MODERATOR)

    assert kinds(session, alice) >= {LookKind.FACTOR_REMOVED, LookKind.DISMISSED}


def test_what_is_older_than_the_audit_log_is_deleted(session, alice):
    long_ago = today() - dt.timedelta(days=3 * 365 + 1)
    session.add(StaffLook(member_id=alice.id, kind=LookKind.YOUR_REPORT, seen_on=long_ago))
    session.flush()

    assert staff_looks.delete_expired(session) == 1
    assert staff_looks.listed(session, alice, today()) == []
