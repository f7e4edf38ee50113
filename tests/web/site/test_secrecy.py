"""Whether an address has an account is told by no answer, by no work and by no log."""

import contextlib
import datetime as dt
import re
import sys
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.db import get_session
from mapservice.store.accounts import members
from mapservice.store.tables import Allowance, Member
from mapservice.web.accounts import emails, passwords
from testing.accounts import CHEAP, PASSWORD, fill_in, member_by_email
from tests.frontdoor import ALICE, app, complete, enter, link_in, queued_emails, sign_up, signed_up
from tests.statements import statements

__all__ = ["app"]

SLUG = "acute-lymphoblastic-leukaemia"


#: A member, nobody, somebody whose sign-up waits, somebody whose account was closed.
KINDS = ("known", "unknown", "pending", "closed")
WRONG = "not the right one at all"


@pytest.fixture
def limited(config: Config, connection) -> Flask:
    """The service with its limits."""
    return create_app(config, engine=connection, TESTING=True, **CHEAP)


@pytest.fixture
def addresses(client, session) -> dict[str, str]:
    """An address of each kind, all of one length."""
    by_kind = {kind: f"{kind:x<8}@example.org" for kind in KINDS}
    signed_up(client, session, by_kind["known"])
    signed_up(client, session, by_kind["closed"]).active = False
    session.commit()
    sign_up(client, by_kind["pending"])
    return by_kind


def journeys(app: Flask, email: str, number: int) -> Iterator[TestResponse]:
    """All that a stranger can ask about an address, one page after the other, and more often than e-mails are sent."""
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
    yield fill_in(browser, "/sign-in", email=email, password=WRONG)
    for _ in range(5):
        asked = fill_in(browser, f"/sign-up?condition={SLUG}", at="/sign-up", email=email, condition=SLUG)
        yield asked
        yield browser.get(asked.location)
    yield fill_in(browser, "/sign-in", email=email, password=WRONG, next="/me")
    for _ in range(5):
        asked = fill_in(browser, "/forgot", email=email)
        yield asked
        yield browser.get(asked.location)
    yield fill_in(browser, "/sign-in", email=email, password=WRONG)
    yield browser.get("/")


def masked(page: TestResponse, email: str) -> tuple[int, list[tuple[str, str]], str]:
    """All of an answer but for what is random in every one, and the address that was typed."""
    text = re.sub(r'(csrf_token" value=|nonce=|operation" value=)"[^"]*"', "", page.text).replace(email, "…")
    random = (r"__Host-mapservice=[^;]+", r"nonce-[^']+", r"Expires=[^;]+")
    headers = sorted((name, re.sub("|".join(random), "…", value)) for name, value in page.headers if name != "Date")
    return page.status_code, headers, text


def answers_and_statements(app: Flask, connection, email: str, number: int) -> list[tuple]:
    """What each page of the journeys answers, and which statements it runs, without what is random in them."""
    answers = []
    with statements(connection) as seen:
        for page in journeys(app, email, number):
            answers.append((*masked(page, email), [re.sub(r"\d+", "0", statement) for statement in seen]))
            seen.clear()
    return answers


def test_never_tells_whether_an_address_has_an_account(limited, connection, addresses):
    answers = {kind: answers_and_statements(limited, connection, addresses[kind], n) for n, kind in enumerate(KINDS)}

    assert {page[0] for page in answers["known"]} <= {200, 303, 422}
    for page in zip(*answers.values(), strict=True):
        assert all(answer == page[0] for answer in page)


@pytest.mark.parametrize("name", ["already", "closed"])
def test_a_statement_that_runs_for_some_addresses_only_is_found(limited, connection, addresses, monkeypatch, name):
    real = getattr(emails, name)
    monkeypatch.setattr(emails, name, lambda *args: get_session().execute(text("select 1")) and real(*args))

    answers = [answers_and_statements(limited, connection, addresses[kind], n) for n, kind in enumerate(KINDS)]

    assert any(answer != answers[0] for answer in answers)


def test_asking_for_sign_ups_does_not_use_up_the_reset(limited, session, addresses):
    for email in queued_emails(session):
        session.delete(email)
    session.commit()
    browser = limited.test_client()
    for _ in range(50):
        assert fill_in(browser, "/sign-up", email=addresses["known"]).status_code == 303

    for _ in range(4):
        fill_in(browser, "/forgot", email=addresses["known"])

    assert [email.subject for email in queued_emails(session)] == [
        *["You already have an account"] * 3,
        *["Choose a new password"] * 3,
    ]


def test_never_sends_more_of_one_kind_than_three_e_mails_in_any_24_hours(limited, session):
    sent = []
    for _hour in range(72):
        fill_in(limited.test_client(), "/sign-up", email=ALICE)
        sent.append(len(queued_emails(session)))
        session.execute(update(Allowance).values(filled_at=Allowance.filled_at - dt.timedelta(hours=1)))
        session.commit()

    assert max(after - before for before, after in zip([0] * 24 + sent, sent, strict=False)) == 3
    assert sent[-1] == 9


def test_never_puts_a_word_that_was_typed_into_an_e_mail(app, client, session):
    """Whoever types an address can put nothing before the eyes of its owner but what we say."""
    claim = "claimyourprize"
    browser = app.test_client()
    browser.environ_base |= {"HTTP_USER_AGENT": claim, "HTTP_REFERER": f"http://localhost/{claim}"}
    typed = {"email": ALICE, "condition": claim}

    fill_in(browser, f"/sign-up?condition={claim}", at="/sign-up", **typed)
    member = signed_up_by(browser, session, claim)
    sign_up(browser)
    fill_in(browser, f"/forgot?next={claim}", at="/forgot", email=ALICE)
    with app.test_request_context(f"/?{claim}", base_url=f"http://{claim}.example"):
        emails.password_changed(member)
        emails.factor_changed(member)
        emails.passkey_added(member)
        emails.passkey_removed(member)
        get_session().commit()

    assert len(queued_emails(session)) == 7
    for email in queued_emails(session):
        assert claim not in email.subject + email.body


def signed_up_by(browser, session, name: str) -> Member:
    complete(browser, link_in(queued_emails(session)[-1]), pseudonym=name)
    return member_by_email(session, ALICE)


def calls(app: Flask, path: str, email: str) -> int:
    """How many Python functions run while a form is answered: its time, as far as no other machine's work is in it."""
    fields = {"/sign-in": {"password": WRONG}}.get(path, {})
    browser, counted = app.test_client(), 0
    token = browser.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]

    def count(_frame, event, _arg):
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        browser.post(path, data={"csrf_token": token, "email": email, **fields})
    finally:
        sys.setprofile(None)
    return counted


def difference(app: Flask, path: str) -> float:
    """By which share more or less runs for an address that nobody has; what the first of all does is left out."""
    _first, (known, unknown) = ([calls(app, path, to) for to in (ALICE, f"no{at}@example.org")] for at in range(2))
    return abs(known - unknown) / known


@pytest.mark.parametrize("path", ["/sign-in", "/forgot", "/sign-up"])
def test_never_does_more_for_a_known_address(app, client, session, path):
    """Statements and hashes, which take most of the time, are compared one by one beside this."""
    signed_up(client, session)

    assert difference(app, path) < 0.02


def work(app: Flask, monkeypatch, path: str, email: str, **fields: str) -> list[tuple[str, str]]:
    """Which hashes a form made and checked, and with how much work: 100 ms each, too much to time on a busy machine."""
    done = []
    with monkeypatch.context() as patched:
        for name in ("hash", "verify"):
            real = getattr(PasswordHasher, name)

            def noted(hasher, *args, name=name, real=real):
                with contextlib.suppress(VerifyMismatchError):
                    made = real(hasher, *args)
                hashed = made if name == "hash" else args[0]
                done.append((name, hashed.rpartition("$")[0].rpartition("$")[0]))
                return made if name == "hash" else False

            patched.setattr(PasswordHasher, name, noted)
        fill_in(app.test_client(), path, email=email, **fields)
    return done


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/forgot"])
def test_never_hashes_more_for_a_known_address(config, connection, client, session, monkeypatch, path):
    signed_up(client, session)
    # With the work of production, and each in a process of its own: the first one makes the hash of nobody.
    known, unknown = (create_app(config, engine=connection, TESTING=True, LIMITS=False) for _ in range(2))
    with known.app_context():
        members.by_email(session, ALICE).password = PasswordHasher(**passwords.COST).hash(PASSWORD)
        session.commit()
    fields = {"/sign-in": {"password": WRONG}}.get(path, {})

    done = work(known, monkeypatch, path, ALICE, **fields)

    assert done == work(unknown, monkeypatch, path, "nobody@example.org", **fields)
    one = "$argon2id$v=19$m=65536,t=3,p=1"
    assert done == ([("hash", one), ("verify", one)] if path == "/sign-in" else [])


def test_the_check_of_work_can_fail(app, client, session, monkeypatch):
    signed_up(client, session)
    real = emails.reset
    monkeypatch.setattr(emails, "reset", lambda member, token: member and real(member, token))

    assert difference(app, "/forgot") > 0.02


def test_never_writes_an_address_into_the_log(client, session, capfd):
    signed_up(client, session)
    enter(client, password="not the right one at all")
    with db.transaction(client.application.extensions["engine"]) as transaction:
        transaction.execute(select(1))

    assert "alice" not in "".join(capfd.readouterr()).lower()
