"""Another e-mail address: confirmed at the new one, and frozen from the old one by a link that signs nobody in."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from mapservice import create_app
from mapservice.config import Config
from mapservice.store.accounts import email_changes, members, sign_ups
from mapservice.store.tables import EmailChange, KnownDevice, LoginSession, Mail, Member, PendingSignUp
from mapservice.web.site import known_devices
from mapservice.web.site.server_sessions import COOKIE, token_hash
from testing.accounts import CHEAP, PASSWORD, fill_in, new_member, post, sign_in
from testing.releasing import as_owner
from tests import frontdoor
from tests.frontdoor import ALICE, enter, is_signed_in, letters, sign_up, signed_up
from tests.statements import statements

NEW = "alice.new@example.org"


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


@pytest.fixture
def alice(client, session) -> Member:
    """Somebody with a password, who is signed in."""
    member = signed_up(client, session)
    enter(client)
    return member


def ask(client: FlaskClient, email: str = NEW, password: str = PASSWORD):
    return fill_in(client, "/account/email", email=email, current_password=password)


def link(session: Session, recipient: str, kind: str) -> str:
    """The path of the link of a kind in the latest e-mail to an address."""
    session.expire_all()
    newest = [letter for letter in letters(session) if letter.recipient == recipient][-1]
    return re.search(rf"http://localhost:8000(/account/email/{kind}/\S+)", newest.body)[1]


def later(session: Session, **ago: float) -> None:
    """Let time pass: all that is known of changes is older by now."""
    old = text(f"interval '{dt.timedelta(**ago).total_seconds()} seconds'")
    columns = (EmailChange.created_at, EmailChange.confirmed_at, EmailChange.frozen_at)
    with as_owner(session):
        session.execute(update(EmailChange).values({column: column - old for column in columns}))
    session.commit()
    session.expire_all()


def address_of(session: Session, member: Member) -> str:
    session.expire_all()
    return member.email


def test_a_member_changes_the_address(app, client, session, alice):
    elsewhere = app.test_client()
    sign_in(elsewhere, alice)
    fill_in(app.test_client(), "/forgot", email=ALICE)
    reset = frontdoor.link_in(letters(session)[-1])
    before = client.get_cookie(COOKIE).value

    assert ask(client).location == "/account/email/check-your-mail"
    assert address_of(session, alice) == ALICE
    assert f"You asked to change it to {NEW}." in client.get("/account").text
    confirm = link(session, NEW, "confirm")
    assert client.get(confirm).status_code == 200
    assert address_of(session, alice) == ALICE
    assert fill_in(client, confirm).location == "/account"

    assert address_of(session, alice) == NEW
    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert not is_signed_in(elsewhere)
    assert client.get(reset).status_code == 404
    assert client.get(confirm).status_code == 404
    assert enter(app.test_client(), NEW).status_code == 303
    assert enter(app.test_client()).status_code == 422
    assert [letter.subject for letter in letters(session) if letter.recipient == ALICE][-2:] == [
        "Someone wants to change your e-mail address",
        "Your e-mail address was changed",
    ]


def test_the_device_on_which_it_was_confirmed_stays_known_and_no_other(app, client, session, alice):
    elsewhere = app.test_client()
    enter(elsewhere)
    ask(client)

    fill_in(client, link(session, NEW, "confirm"))

    known = session.scalars(select(KnownDevice.token_hash)).all()
    assert known == [known_devices.token_hash(client.get_cookie(known_devices.COOKIE).value)]


def test_never_sends_an_e_mail_about_a_change_after_the_account_was_deleted(client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))

    post(client, "/account/delete", {"sure": "yes", "csrf_token": token_at(client, "/account/delete")})

    session.expire_all()
    assert [letter.kind for letter in letters(session)] == []
    assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_never_deletes_e_mails_of_somebody_else_whose_address_was_asked_for(client, session, alice):
    new_member(session, NEW)
    fill_in(client.application.test_client(), "/forgot", email=NEW)
    ask(client)

    post(client, "/account/delete", {"sure": "yes", "csrf_token": token_at(client, "/account/delete")})

    session.expire_all()
    assert [letter.kind for letter in letters(session)] == ["reset", "already"]


def token_at(client: FlaskClient, path: str) -> str:
    return client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_it_asks_for_the_password(client, session, alice):
    page = ask(client, password="not the right one at all")

    assert page.status_code == 422
    assert "Wrong password" in page.text
    assert session.scalar(select(func.count()).select_from(EmailChange)) == 0


@pytest.mark.parametrize(
    ("email", "words"),
    [(ALICE, "already your e-mail address"), ("no address", "Enter an e-mail address in the correct format")],
)
def test_an_address_that_cannot_be(client, session, alice, email, words):
    assert words in ask(client, email).text
    assert letters(session) == []


def test_never_changes_for_somebody_else_who_opens_the_link(app, client, session, alice):
    """Where Alice mistypes the address, a stranger gets the link."""
    ask(client)
    confirm = link(session, NEW, "confirm")
    stranger = app.test_client()

    assert stranger.get(confirm).location.startswith("/sign-in?next=")
    sign_in(stranger, new_member(session, "bob@example.org", pseudonym="Bob"))
    assert stranger.get(confirm).status_code == 404
    assert address_of(session, alice) == ALICE


def test_a_link_works_for_24_hours(client, session, alice):
    ask(client)
    confirm = link(session, NEW, "confirm")

    later(session, hours=23)
    assert client.get(confirm).status_code == 200
    later(session, hours=2)
    assert client.get(confirm).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_a_link_changes_nothing(client, session, alice, method):
    ask(client)

    for path in (link(session, NEW, "confirm"), link(session, ALICE, "freeze")):
        client.open(path, method=method)

    change = session.scalars(select(EmailChange)).one()
    assert (change.confirmed_at, change.frozen_at, address_of(session, alice)) == (None, None, ALICE)


# The old address.


def test_the_old_address_freezes_a_change_for_seven_days(app, client, session, alice):
    ask(client)
    confirm, freeze = link(session, NEW, "confirm"), link(session, ALICE, "freeze")
    owner = app.test_client()

    assert "The change has been stopped" in fill_in(owner, freeze).text

    assert not is_signed_in(owner)
    assert not is_signed_in(client)
    enter(client)
    assert client.get(confirm).status_code == 404
    assert "You can change your e-mail address again from" in client.get("/account/email").text
    later(session, days=6, hours=23)
    assert client.get("/account/email").text.count("<form") == 3 - 1
    assert "The change has been stopped" in client.get(freeze).text
    later(session, hours=2)
    assert ask(client).status_code == 303


def test_the_old_address_gets_back_what_was_confirmed(app, client, session, alice):
    """Somebody knows the password of Alice, takes over her account in a minute, and gives it another password."""
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))
    members.set_password(alice, "another")
    session.commit()
    first, second = (re.search(r"(/account/email/freeze/\S+)", letter.body)[1]
                     for letter in letters(session) if "/freeze/" in letter.body)  # fmt: skip

    assert client.get(first).status_code == client.get(second).status_code == 200
    fill_in(app.test_client(), second)

    assert address_of(session, alice) == ALICE
    assert not is_signed_in(client)
    # And nothing can be changed once more, not even by who is signed in again.
    sign_in(client, alice)
    assert "again from" in client.get("/account/email").text


def test_freezing_twice_is_freezing_once(app, client, session, alice):
    ask(client)
    freeze = link(session, ALICE, "freeze")
    fill_in(app.test_client(), freeze)
    sign_in(client, alice)
    at = session.scalars(select(EmailChange.frozen_at)).one()

    page = app.test_client()
    page.get(freeze)

    assert session.scalars(select(EmailChange.frozen_at)).one() == at
    assert is_signed_in(client)


def test_an_address_that_somebody_took_meanwhile_is_not_given_back(app, client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))
    freeze = link(session, ALICE, "freeze")
    new_member(session, ALICE, pseudonym="Another")

    assert "The change has been stopped" in fill_in(app.test_client(), freeze).text

    assert address_of(session, alice) == NEW
    assert not is_signed_in(client)


def test_after_a_change_the_next_one_waits_seven_days(client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))

    assert "again from" in client.get("/account/email").text
    later(session, days=7, minutes=1)
    assert email_changes.delete_old(session) == 1
    assert ask(client, "alice.third@example.org").status_code == 303


@pytest.mark.parametrize("kind", ["confirm", "freeze"])
def test_a_link_of_one_kind_is_none_of_the_other(client, session, alice, kind):
    ask(client)
    token = link(session, NEW if kind == "confirm" else ALICE, kind).rpartition("/")[2]

    for other in {"/account/email/confirm/", "/account/email/freeze/", "/reset/"} - {f"/account/email/{kind}/"}:
        assert client.get(other + token).status_code == 404
    assert client.get(f"/account/email/{kind}/made-up").status_code == 404


def test_sign_ups_that_wait_for_the_new_address_end(client, session, alice):
    sign_up(client.application.test_client(), NEW)
    ask(client)

    fill_in(client, link(session, NEW, "confirm"))

    assert session.scalar(select(func.count()).select_from(PendingSignUp)) == 0


def test_a_change_to_an_address_that_was_taken_meanwhile_is_refused_kindly(client, session, alice):
    ask(client)
    confirm = link(session, NEW, "confirm")
    new_member(session, NEW, pseudonym="Another")

    assert "Another account now uses this e-mail address" in client.get(confirm).text
    assert address_of(session, alice) == ALICE


# Whether the new address has an account.


def test_a_change_to_an_address_that_is_taken_at_this_very_moment_is_refused_kindly(
    app, client, session, alice, monkeypatch
):
    """The page has found it free before the other one was done."""
    ask(client)
    confirm = link(session, NEW, "confirm")
    new_member(session, NEW)
    monkeypatch.setattr(members, "by_email", lambda *_: None)

    answer = fill_in(client, confirm)

    assert answer.status_code == 409
    assert address_of(session, alice) == ALICE
    assert is_signed_in(client)


def test_an_address_that_somebody_takes_at_this_very_moment_is_not_given_back_but_the_change_is_frozen(
    app, client, session, alice, monkeypatch
):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))
    freeze = link(session, ALICE, "freeze")
    new_member(session, ALICE)
    monkeypatch.setattr(members, "by_email", lambda *_: None)

    assert "until" in fill_in(app.test_client(), freeze).text
    assert address_of(session, alice) == NEW
    assert not is_signed_in(client)


def test_never_tells_whether_the_new_address_has_an_account(config, connection, session):
    """Bytes, statements, and the e-mails that the member gets at the old address, and whether their links work."""
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    client = app.test_client()
    kinds = {kind: f"{kind:x<8}@example.org" for kind in ("known", "unknown", "pending", "closed")}
    new_member(session, kinds["known"], pseudonym="Known")
    new_member(session, kinds["closed"], pseudonym="Closed").active = False
    sign_ups.begin(session, token_hash("x"), email=kinds["pending"], condition=None)
    session.commit()

    told = [of_asking(app, connection, session, email, number) for number, email in enumerate(kinds.values())]

    assert told[0] == told[1] == told[2] == told[3]
    subjects = session.execute(select(Mail.recipient, Mail.subject).where(Mail.recipient.in_(kinds.values()))).all()
    assert dict(map(tuple, subjects)) == {
        kinds["known"]: "You already have an account",
        kinds["unknown"]: "Please confirm your new e-mail address",
        kinds["pending"]: "Please confirm your new e-mail address",
        kinds["closed"]: "Your account is closed",
    }
    assert not is_signed_in_anywhere(client)


def is_signed_in_anywhere(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


def of_asking(app: Flask, connection, session: Session, email: str, number: int) -> list:
    """All that a member learns who asks for an address, but for what is random, and for the address itself."""
    client = app.test_client()
    member = new_member(session, f"prober{number}@example.org", pseudonym="Prober")
    with app.app_context():
        members.set_password(member, frontdoor.passwords_of(PASSWORD))
    session.commit()
    sign_in(client, member)
    with statements(connection) as seen:
        asked = ask(client, email)
        pages = [asked, client.get(asked.location), client.get("/account"), client.get("/account/email")]
        freeze = link(session, member.email, "freeze")
        pages += [client.get(freeze), client.get("/me/data")]
    found: list = [re.sub(r"\d+", "0", each) for each in seen]
    for page in pages:
        words = re.sub(r'(csrf_token" value=|nonce=|operation" value=|session" value=)"[^"]*"', "", page.text)
        words = words.replace(email, "…").replace(member.email, "…")
        found.append((page.status_code, page.location, re.sub(r"\d\d:\d\d", "", words)))
    return found


def test_a_member_asks_three_times_a_day_at_most(config, connection, session):
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    client = app.test_client()
    member = new_member(session, ALICE)
    with app.app_context():
        members.set_password(member, frontdoor.passwords_of(PASSWORD))
    session.commit()
    sign_in(client, member)

    answers = [ask(client, f"new{number}@example.org").status_code for number in range(4)]

    assert answers == [303, 303, 303, 422]
    assert session.scalar(select(func.count()).select_from(EmailChange)) == 3
    # Each of the three e-mails to the old address can freeze.
    assert session.scalar(select(func.count()).select_from(LoginSession)) >= 1


def test_the_new_address_gets_three_e_mails_and_the_fourth_answer_is_the_same(config, connection, session):
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    answers = []
    for number in range(4):
        member, client = new_member(session, f"asker{number}@example.org"), app.test_client()
        with app.app_context():
            members.set_password(member, frontdoor.passwords_of(PASSWORD))
        session.commit()
        sign_in(client, member)
        asked = ask(client)
        answers.append((asked.status_code, asked.location, asked.text))

    assert len(set(answers)) == 1
    assert len([letter for letter in letters(session) if letter.recipient == NEW]) == 3
