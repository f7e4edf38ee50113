"""A change of e-mail address never tells whether the new one has an account."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice import create_app
from mapservice.store.accounts import members, sign_ups
from mapservice.store.tables import EmailChange, LoginSession, Mail
from mapservice.web.site.browser_session import token_hash
from testing.accounts import CHEAP, PASSWORD, fill_in, new_member, sign_in
from tests import frontdoor
from tests.frontdoor import ALICE, is_signed_in, queued_emails
from tests.statements import statements
from tests.web.accounts.email_changes import NEW, address_of, alice, app, ask, link

__all__ = ["alice", "app"]


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

    answers = [of_asking(app, connection, session, email, number) for number, email in enumerate(kinds.values())]

    assert answers[0] == answers[1] == answers[2] == answers[3]
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
    texts: list = [re.sub(r"\d+", "0", statement) for statement in seen]
    for page in pages:
        words = re.sub(r'(csrf_token" value=|nonce=|operation" value=|session" value=)"[^"]*"', "", page.text)
        words = words.replace(email, "…").replace(member.email, "…")
        texts.append((page.status_code, page.location, re.sub(r"\d\d:\d\d", "", words)))
    return texts


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
        asked = ask(signed_in_with_password(app, session, f"asker{number}@example.org"))
        answers.append((asked.status_code, asked.location, asked.text))

    assert len(set(answers)) == 1
    assert len([email for email in queued_emails(session) if email.recipient == NEW]) == 3


@pytest.mark.parametrize(
    ("is_active", "subject"), [(True, "You already have an account"), (False, "Your account is closed")]
)
def test_an_owner_is_told_three_times_a_day_however_others_ask(config, connection, session, is_active, subject):
    app = create_app(config, engine=connection, TESTING=True, **CHEAP)
    new_member(session, NEW).active = is_active
    session.commit()

    for number in range(2):
        asker = signed_in_with_password(app, session, f"asker{number}@example.org")
        answers = [ask(asker), fill_in(app.test_client(), "/sign-up", email=NEW)]
        answers.append(fill_in(app.test_client(), "/forgot", email=NEW))
        assert [answer.status_code for answer in answers] == [303, 303, 303]

    subjects = [email.subject for email in queued_emails(session) if email.recipient == NEW]
    assert subjects.count(subject) == 3
    assert len(subjects) == (5 if is_active else 3)


def signed_in_with_password(app: Flask, session: Session, email: str) -> FlaskClient:
    member, client = new_member(session, email), app.test_client()
    with app.app_context():
        members.set_password(member, frontdoor.passwords_of(PASSWORD))
    session.commit()
    sign_in(client, member)
    return client
