"""A member takes all that is stored about them along, and nothing of anybody else."""

import csv
import datetime as dt
import io
import re
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.store.accounts import second_factors
from mapservice.store.across import my_data
from mapservice.store.across.subjects import PLAN
from mapservice.store.site import mail_queue
from mapservice.store.tables import (
    Base,
    Consent,
    CountedMember,
    EmailChange,
    KnownDevice,
    Member,
    Membership,
    PendingSignUp,
)
from mapservice.web.accounts.my_data import cell
from mapservice.web.community.consents import COUNTED
from testing.accounts import PASSWORD, post, sign_in
from testing.routes import of_every_subject

ALL = "/conditions/acute-lymphoblastic-leukaemia"


@pytest.fixture
def connection(owner_connection):
    """With the rights of who makes releases, so that a test can count somebody."""
    return owner_connection


@pytest.fixture
def full(session, as_alice, alice, bob, carol, condition, freiburg):
    """A browser of Alice, of whom something stands in every table, and of Bob and Carol too."""
    form = {"role": "person", "consent": "yes", "counted": "yes", "pseudonym": "Lark"}
    post(as_alice, f"{ALL}/join", form | {"operation": str(uuid.uuid4())})
    place = {"zone": freiburg, "audience": "condition", "finer": "yes", "operation": str(uuid.uuid4())}
    post(as_alice, f"{ALL}/place", place)
    for member in (alice, bob):
        for leave_traces in of_every_subject("leave_traces"):
            leave_traces(session, member, condition)
        second_factors.set_up(session, member, sealed=b"sealed", step=1, codes=[b"code"])
        session.add(EmailChange(member_id=member.id, old_email=member.email, new_email=f"new.{member.email}"))
        session.add(PendingSignUp(token_hash=member.id.bytes, email=member.email, condition_id=condition.id))
        session.add(KnownDevice(token_hash=member.id.bytes, member_id=member.id))
        mail_queue.enqueue(session, member.email, "=An e-mail", "a link with a token")
    session.commit()
    return as_alice


FORMS = ("json", "csv")


def ask(client, form):
    return post(client, "/me/data", {"form": form})


def test_the_file_holds_every_row_of_every_table_of_the_plan(session, full, alice):
    answer = ask(full, "json")

    parts = {part["table"]: part["rows"] for part in answer.json["parts"]}
    assert set(parts) == {entry.table for entry in PLAN if entry.person}
    for entry in PLAN:
        if entry.person:
            table = Base.metadata.tables[entry.table]
            whose = alice.email if entry.person in {"recipient", "email"} else alice.id
            many = session.scalar(select(func.count()).select_from(table).where(table.c[entry.person] == whose))
            assert parts[entry.table] == my_data.UNTOLD if not entry.is_told else len(parts[entry.table]) == many
    assert {name for name, rows in parts.items() if not rows} <= {"member_staff_role"}


def test_the_file_says_it_as_it_is_stored(session, full, alice, freiburg):
    parts = {part["table"]: part["rows"] for part in ask(full, "json").json["parts"]}

    membership = session.scalars(select(Membership).where(Membership.member_id == alice.id)).one()
    assert parts["member"][0]["email"] == alice.email
    assert parts["home_zone"][0]["zone_id"] == freiburg
    assert parts["home_zone"][0]["zone_id_name"] == "Freiburg"
    assert parts["membership"][0]["condition"] == "Acute lymphoblastic leukaemia"
    assert parts["membership"][0]["counted_since"] == membership.counted_since.isoformat()
    assert len(parts["membership"][0]["pin"]) == 2
    assert {row["kind"] for row in parts["consent"]} >= {"joined", "shown", "counted"}
    wordings = dict(session.execute(select(Consent.kind, Consent.wording).where(Consent.member_id == alice.id)).all())
    assert {row["kind"]: row["wording"] for row in parts["consent"]} == wordings
    assert wordings["counted"] == str(COUNTED)
    assert not any("wording_id" in row for row in parts["consent"])


@pytest.mark.parametrize("form", ["json", "csv"])
def test_never_tells_when_or_whether_a_member_came_into_a_count(session, as_alice, alice, condition, form):
    form_of_joining = {"role": "person", "consent": "yes", "counted": "yes", "operation": str(uuid.uuid4())}
    assert post(as_alice, f"{ALL}/join", form_of_joining).status_code == 303
    before = ask(as_alice, form).text

    session.add(CountedMember(condition_id=condition.id, member_id=alice.id, changed_on=dt.date(2026, 1, 1)))
    session.commit()
    counted = ask(as_alice, form).text
    session.execute(update(Member).where(Member.id == alice.id).values(left_count_on=dt.date(2026, 2, 1)))
    session.commit()
    left = ask(as_alice, form).text

    assert without_visits(before) == without_visits(counted) == without_visits(left)
    assert my_data.UNTOLD in before


def test_what_is_not_shown_is_explained_in_the_language_of_the_member(session, full, alice):
    alice.language = "es"
    session.commit()

    for form in FORMS:
        text = ask(full, form).text

        assert my_data.KEPT_BACK not in text
        assert my_data.UNTOLD not in text
        assert "guardado, pero nunca se muestra" in text
        assert "no se muestra: alguien con muchas cuentas" in text


def without_visits(text: str) -> str:
    """The file without when the member was last here."""
    return re.sub(r"(seen_at\W+)[\d:T.+-]+", r"\1", text)


def test_never_tells_of_anybody_else(session, full, alice):
    others = session.scalars(select(Member).where(Member.id != alice.id)).all()
    ids = session.scalars(select(Membership.public_id).where(Membership.member_id != alice.id)).all()

    for form in FORMS:
        text = ask(full, form).text
        assert "Lark" in text
        for word in [*(f for person in others for f in (str(person.id), person.email, person.pseudonym)), *ids]:
            assert word not in text


def test_never_hands_out_what_opens_the_account_nor_leaves_a_copy_behind(session, full, alice):
    for form in FORMS:
        answer = ask(full, form)

        assert alice.security_stamp not in answer.text
        assert "a link with a token" not in answer.text
        assert "csrf_token" not in answer.text
        assert my_data.KEPT_BACK in answer.text
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Content-Disposition"] == f'attachment; filename="my-data.{form}"'
        assert "ETag" not in answer.headers


def test_never_gives_it_without_a_fresh_proof(app, full, alice):
    old = app.test_client()
    sign_in(old, alice, is_fresh=False)

    answer = ask(old, "json")

    assert answer.status_code == 403
    assert alice.email not in answer.text
    assert 'name="form" value="json"' in answer.text
    assert PASSWORD not in answer.text


def test_the_table_for_spreadsheets_has_the_same_values(full):
    rows = list(csv.DictReader(io.StringIO(ask(full, "csv").text)))

    assert {"alice@example.org", "Lark"} <= {row["value"] for row in rows}
    assert {row["table"] for row in rows} >= {"member", "home_zone", "membership", "consent"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_never_hands_a_formula_to_a_spreadsheet(session, full, alice, start):
    alice.pseudonym = f"{start}HYPERLINK(1)"
    session.commit()

    values = [row[4] for row in csv.reader(io.StringIO(ask(full, "csv").text, newline=""))]

    assert not [value for value in values if value.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any("HYPERLINK" in value for value in values)


def test_an_honest_cell_stays_as_it_is():
    assert [cell("Alice"), cell(3), cell(None), cell("a=b")] == ["Alice", "3", "", "a=b"]


@pytest.mark.parametrize("form", ["", "xml"])
def test_there_is_no_other_form(full, form):
    assert ask(full, form).status_code == 422


def test_the_page_says_what_is_stored(as_alice):
    page = as_alice.get("/me/data").text

    for entry in PLAN:
        assert (entry.holds in page) is bool(entry.person)
