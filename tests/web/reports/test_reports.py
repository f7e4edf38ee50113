"""Reporting a card: what the report carries, who reads it, what comes of it, and when it is gone."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import select, update

from mapservice.actions import report as actions
from mapservice.errors import UnreadableTextError
from mapservice.geo.zones import Level
from mapservice.privacy.reports import (
    RETENTION,
    Excerpt,
    ReportContent,
    ReportKind,
    ReportReason,
    ReportState,
    key_of,
)
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import staff
from mapservice.store.blocks import blocks
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.places import homes
from mapservice.store.reports import reports, suspensions
from mapservice.store.tables import AuditLogEntry, LoginSession, Member, Membership
from mapservice.store.tables.profiles import ProfileRow
from mapservice.store.tables.reports import ReportRow
from testing.accounts import new_member, post, sign_in
from testing.appointing import appoint
from testing.locations import put

ALL = "/conditions/acute-lymphoblastic-leukaemia"
KEY = key_of("5e" * 32)
CURE = "My tea cures everything."


@pytest.fixture
def salesman(session, condition, freiburg) -> Membership:
    """Somebody whose card sells something."""
    member = new_member(session, "salesman@example.org", pseudonym="Quillsalesman")
    membership = put(session, member, condition, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    says = {"words": CURE, "words_audience": "condition", "languages": ["en"], "looking_for": ["work"]}
    session.add(ProfileRow(condition_id=condition.id, member_id=member.id, **says))
    session.commit()
    return membership


@pytest.fixture
def as_moderator(app, session):
    member = new_member(session, "moderator@example.org", pseudonym="Mod")
    appoint(session, member, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, member)
    return client


def send(client, membership, **fields):
    form = {"reason": "selling", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/people/{membership.public_id}/report", form)


def stored(session) -> ReportRow:
    return session.scalars(select(ReportRow)).one()


def decide(client, session, state: str):
    return post(client, f"/moderation/reports/{ALL.rpartition('/')[2]}/{stored(session).id}", {"state": state})


def test_a_report_carries_the_card_as_its_reporter_sees_it_and_their_words(session, as_bob, salesman):
    assert "Report this profile" in as_bob.get(f"{ALL}/people/{salesman.public_id}/report").text

    answer = send(as_bob, salesman, note="He wrote to everyone.")

    assert answer.location == "/me/reports"
    content = reports.read(stored(session), key=KEY)
    assert content.note == "He wrote to everyone."
    assert {excerpt.heading: excerpt.text for excerpt in content.excerpts} == {
        "Name": "Quillsalesman",
        "Takes part as": "Person with the condition",
        "Shows": "Baden-Württemberg",
        "A few words": CURE,  # neither the languages nor the wish, which Bob cannot read
    }


def test_never_stores_a_report_in_plain_text(session, connection, as_bob, salesman):
    send(as_bob, salesman, note="Canarynote")
    row = connection.exec_driver_sql("select content from report").scalar_one()

    for canary in ("Canarynote", "Quillsalesman", CURE, "excerpts"):
        assert canary.encode() not in bytes(row)


def test_never_opens_with_another_key_or_in_another_place(session, as_bob, salesman):
    send(as_bob, salesman)
    report = stored(session)

    with pytest.raises(UnreadableTextError):
        reports.read(report, key=key_of("6f" * 32))
    session.execute(update(ReportRow).values(id=uuid.uuid4()), execution_options={"synchronize_session": False})
    session.expire_all()
    with pytest.raises(UnreadableTextError):
        reports.read(stored(session), key=KEY)


def test_a_report_that_cannot_be_read_can_still_be_decided(session, as_bob, as_moderator, salesman):
    send(as_bob, salesman)
    session.execute(update(ReportRow).values(content=b"\x01nonsense"))
    session.commit()

    assert "cannot be read" in as_moderator.get(_address(session)).text
    assert decide(as_moderator, session, "dismissed").status_code == 303
    assert stored(session).state == ReportState.DISMISSED


def _address(session) -> str:
    return f"/moderation/reports/{ALL.rpartition('/')[2]}/{stored(session).id}"


def test_a_form_without_a_reason_keeps_what_was_typed(session, as_bob, salesman):
    answer = send(as_bob, salesman, reason="", note="Kept words")

    assert answer.status_code == 422
    assert "Choose a reason." in answer.text
    assert "Kept words" in answer.text
    assert session.scalars(select(ReportRow)).all() == []


def test_a_form_sent_twice_is_one_report(session, as_bob, salesman):
    operation = str(uuid.uuid4())
    for _time in range(2):
        assert send(as_bob, salesman, operation=operation).status_code == 303

    assert stored(session)


def test_never_reports_somebody_whom_the_reporter_cannot_see(session, as_bob, as_neighbour, bob, condition, salesman):
    own = session.get_one(Membership, (condition.id, bob.id))
    assert send(as_neighbour, salesman).status_code == 404
    assert send(as_bob, own).status_code == 404
    blocks.block(session, session.get_one(Member, salesman.member_id), own, name=None)
    session.commit()

    for answer in (send(as_bob, salesman), as_bob.get(f"{ALL}/people/{salesman.public_id}/report")):
        assert answer.status_code == 404
    assert session.scalars(select(ReportRow)).all() == []


def test_every_card_of_somebody_else_has_the_link(as_bob, session, bob, condition, salesman):
    link = f'href="{ALL}/people/{salesman.public_id}/report"'

    assert link in as_bob.get(f"{ALL}/people/{salesman.public_id}").text
    own = session.get_one(Membership, (condition.id, bob.id)).public_id
    assert "/report" not in as_bob.get(f"{ALL}/people/{own}").text


def test_other_pages_report_texts_that_their_reader_chose(session, bob, condition, as_moderator, salesman):
    chosen = [Excerpt("Quillsalesman", "Buy my tea."), Excerpt("Bob", "No.")]
    actions.report(
        session, bob, condition, salesman.member_id, ReportKind.MESSAGES, ReportReason.HARASSMENT, chosen, key=KEY
    )
    session.commit()

    assert reports.read(stored(session), key=KEY) == ReportContent("", tuple(chosen))
    page = as_moderator.get(_address(session)).text
    assert "Buy my tea." in page
    assert CURE not in page


@pytest.mark.parametrize("path", ["reports", "reports/decided", "suspended"])
def test_never_opens_the_pages_of_moderators_to_others(app, session, dan, as_bob, client, path):
    as_admin = app.test_client()
    sign_in(as_admin, dan)

    assert client.get(f"/moderation/{path}").status_code == 303
    assert [reader.get(f"/moderation/{path}").status_code for reader in (as_bob, as_admin)] == [403, 403]


@pytest.mark.parametrize(
    ("state", "answer"),
    [
        ("dismissed", "decided to do nothing for now"),
        ("acted", "taken action"),
        ("suspended", "suspended the account"),
    ],
)
def test_the_reporter_hears_what_came_of_it(session, as_bob, as_moderator, salesman, state, answer):
    send(as_bob, salesman)
    assert "We have not checked it yet." in as_bob.get("/me/reports").text
    assert "There is news" not in as_bob.get("/me").text

    assert decide(as_moderator, session, state).status_code == 303

    assert "There is news about your reports." in as_bob.get("/me").text
    assert answer in as_bob.get("/me/reports").text
    post(as_bob, "/me/reports/read")
    assert "There is news" not in as_bob.get("/me").text
    assert "There is no report to decide." in as_moderator.get("/moderation/reports").text
    assert _address(session) in as_moderator.get("/moderation/reports/decided").text


def test_a_decision_is_made_once_and_each_step_is_in_the_log(session, as_bob, as_moderator, salesman):
    send(as_bob, salesman)
    report = stored(session)
    as_moderator.get(_address(session))
    decide(as_moderator, session, "dismissed")

    assert "already decided" in post(as_moderator, _address(session), {"state": "acted"}, follow_redirects=True).text

    lines = session.execute(select(AuditLogEntry.act, AuditLogEntry.subject)).all()
    assert (Act.VIEW, f"moderation.show {report.id}") in lines
    assert [line.subject for line in lines if line.act == Act.DECISION] == [f"report dismissed {report.id}"]
    assert not any("Quillsalesman" in line.subject for line in lines)
    assert audit_log.entries(session, Act.DECISION, limit=5, offset=0)[0] == 1


def test_never_lets_a_moderator_decide_about_themselves(session, app, condition, freiburg, as_bob):
    member = new_member(session, "mod-on-map@example.org", pseudonym="Mod")
    own = put(session, member, condition, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    appoint(session, member, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, member)
    send(as_bob, own)

    assert "There is no report to decide." in client.get("/moderation/reports").text
    assert client.get(_address(session)).status_code == 404
    assert decide(client, session, "dismissed").status_code == 404


def test_never_suspends_staff(session, as_bob, as_moderator, dan, condition, freiburg):
    own = put(session, dan, condition, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    send(as_bob, own)

    assert decide(as_moderator, session, "suspended").status_code == 303

    assert stored(session).state == ReportState.OPEN
    assert "account of staff" in as_moderator.get(_address(session)).text


def test_reports_are_gone_ninety_days_after_the_decision(session, as_bob, as_moderator, salesman):
    send(as_bob, salesman)
    today = dt.datetime.now(dt.UTC).date()
    assert reports.delete_expired(session, today + dt.timedelta(days=3650)) == 0  # nobody has decided it
    decide(as_moderator, session, "dismissed")

    assert dt.timedelta(days=90) == RETENTION
    assert reports.delete_expired(session, today + RETENTION - dt.timedelta(days=1)) == 0
    assert reports.delete_expired(session, today + RETENTION) == 1


def test_a_suspended_account_is_signed_out_shown_to_nobody_and_cannot_sign_in(
    app, session, as_bob, as_moderator, salesman
):
    member = session.get_one(Member, salesman.member_id)
    as_salesman = app.test_client()
    sign_in(as_salesman, member)
    send(as_bob, salesman)

    decide(as_moderator, session, "suspended")

    assert session.scalars(select(LoginSession).where(LoginSession.member_id == member.id)).all() == []
    assert as_salesman.get("/me").status_code == 303
    assert as_bob.get(f"{ALL}/people/{salesman.public_id}").status_code == 404
    assert salesman.public_id not in as_bob.get(f"{ALL}/nearby/region").text
    assert suspensions.is_suspended(session, member)
    assert "Quillsalesman" in as_moderator.get("/moderation/suspended").text


def test_lifting_a_suspension_restores_what_it_hid(session, as_bob, as_moderator, salesman):
    send(as_bob, salesman)
    decide(as_moderator, session, "suspended")
    [address] = re.findall(
        r'action="(/moderation/suspended/[^"]+/lift)"', as_moderator.get("/moderation/suspended").text
    )

    assert post(as_moderator, address).status_code == 303

    session.expire_all()
    assert session.get_one(Member, salesman.member_id).active
    assert session.get_one(Membership, (salesman.condition_id, salesman.member_id)).audience == Audience.CONDITION
    assert as_bob.get(f"{ALL}/people/{salesman.public_id}").status_code == 200
    assert post(as_moderator, address).status_code == 303  # there is nothing left to lift


def test_lifting_never_shows_somebody_who_was_hidden_before(session, as_bob, as_moderator, salesman):
    send(as_bob, salesman)
    homes.hide(session, salesman)
    session.commit()
    decide(as_moderator, session, "suspended")

    actions.lift_suspension(
        session, session.scalars(select(Member).where(Member.pseudonym == "Mod")).one(), _member(session, salesman)
    )

    assert session.get_one(Membership, (salesman.condition_id, salesman.member_id)).audience == Audience.NOBODY


def _member(session, membership) -> Member:
    return session.get_one(Member, membership.member_id)
