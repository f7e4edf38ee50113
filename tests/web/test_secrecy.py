"""Whether an address has an account is told by no answer, by no time and by no log."""

import contextlib
import re
import statistics
import time

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from flask import Flask
from sqlalchemy import select

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.store import members
from mapservice.web import letters as letters_module
from mapservice.web import passwords
from tests import frontdoor
from tests.accounts import PASSWORD, fill_in
from tests.frontdoor import ALICE, FORM, enter, signed_up


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


def masked(page) -> tuple[int, str, str]:
    text = re.sub(r'(csrf_token" value=|nonce=|operation" value=)"[^"]*"', "", page.text)
    text = re.sub(r"(alice|nobody)@example\.org", "…", text)
    return page.status_code, page.headers.get("Location", ""), text


@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/forgot", "/sign-up/another-letter"])
def test_never_tells_whether_an_address_has_an_account(app, client, session, path):
    signed_up(client, session)
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})

    answers = [
        masked(fill_in(app.test_client(), path, email=email, **fields)) for email in (ALICE, "nobody@example.org")
    ]
    after = [masked(app.test_client().get(answers[0][1] or "/sign-in")) for _ in range(2)]

    assert answers[0] == answers[1]
    assert after[0] == after[1]


def difference(app: Flask, path: str, tries: int = 41) -> float:
    """By how many seconds an unknown address takes longer: the median over pairs, who is first by turns."""
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})
    browser = app.test_client()
    longer = []
    for number in range(tries):
        took = {}
        for email in sorted((ALICE, f"nobody{number}@example.org"), reverse=number % 2 == 1):
            token = browser.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]
            started = time.perf_counter()
            browser.post(path, data={"csrf_token": token, "email": email, **fields})
            took[email == ALICE] = time.perf_counter() - started
        longer.append(took[False] - took[True])
    return statistics.median(longer)


@pytest.mark.parametrize("path", ["/sign-in", "/forgot", "/sign-up"])
def test_never_tells_by_the_time_it_takes(app, client, session, path):
    signed_up(client, session)

    # A busy machine can hide an equal time; nothing can hide an unequal one three times.
    assert any(abs(difference(app, path)) < 0.005 for _ in range(3))


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
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False)  # with the work of production
    with app.app_context():
        members.by_email(session, ALICE).password = passwords.hashed(PASSWORD)
        session.commit()
        passwords._nobodys_hash()
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})

    known, unknown = (work(app, monkeypatch, path, email, **fields) for email in (ALICE, "nobody@example.org"))

    assert known == unknown
    expected = {"/sign-in": "verify", "/sign-up": "hash"}.get(path)
    assert known == ([(expected, "$argon2id$v=19$m=65536,t=3,p=1")] if expected else [])


def test_the_check_of_time_can_fail(app, client, session, monkeypatch):
    signed_up(client, session)
    monkeypatch.setattr(letters_module, "to_nobody", lambda: time.sleep(0.05))

    assert difference(app, "/forgot", tries=11) > 0.005


def test_never_writes_an_address_into_the_log(client, session, capfd):
    signed_up(client, session)
    enter(client, password="not the right one at all")
    with db.transaction(client.application.extensions["engine"]) as transaction:
        transaction.execute(select(1))

    assert "alice" not in "".join(capfd.readouterr()).lower()
