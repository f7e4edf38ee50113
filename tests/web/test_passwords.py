"""Passwords: which are taken, how they are kept, how one gets a new one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher
from flask import Flask

from mapservice import create_app
from mapservice.config import Config
from mapservice.web import passwords
from mapservice.web.sessions import COOKIE
from tests import frontdoor
from tests.accounts import CHEAP, PASSWORD, fill_in, sign_in
from tests.frontdoor import ALICE, enter, is_signed_in, letters, link_in, sign_up, signed_up


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


def test_never_stores_a_password(client, session):
    member = signed_up(client, session)

    assert member.password.startswith("$argon2id$")
    assert PASSWORD not in member.password


def test_the_hash_is_argon2id_with_64_mebibytes(config, connection):
    app = create_app(config, engine=connection, TESTING=True)
    with app.app_context():
        assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_hash_made_with_less_work_is_renewed_at_sign_in(client, session, config, connection):
    member = signed_up(client, session)
    before = member.password
    stronger = create_app(config, engine=connection, PASSWORD_HASHING={"memory_cost": 128, "time_cost": 1})

    assert enter(stronger.test_client()).status_code == 303

    session.expire_all()
    assert member.password != before
    assert "m=128" in member.password


def test_a_hash_of_before_still_opens_the_account(client, session):
    member = signed_up(client, session)
    # Made by Flask-Security 5.9, of PASSWORD.
    member.password = "$argon2id$v=19$m=1024,t=1,p=1$UmrtvbcWAgBAiFGqVWrNeQ$2xoBL2NMS3MmQu2ARHh9bHOQAkuqH/lKDtdbZFL8Dmc"
    session.commit()

    assert enter(client, password="another four words here").status_code == 422
    assert enter(client).status_code == 303


@pytest.mark.parametrize("stored", ["", "!", "$argon2id$v=19$m=1024", "$2b$12$abcdefghijklmnopqrstuv"])
def test_never_lets_in_by_a_hash_that_cannot_be_read(client, session, stored):
    member = signed_up(client, session)
    member.password = stored
    session.commit()

    assert enter(client, password="").status_code == 422
    assert enter(client).status_code == 422


@pytest.mark.parametrize(
    "password",
    [
        "too short today",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "123456789012345678",
        "qwertyuiopasdfghjkl",
        "correct horse battery staple",
        "passwordpassword",
        "Password 1234567",
        "alice@example.org",
        "mapservice-alice",
        "ab ab ab ab ab ab ab",
        "x" * 129,
    ],
)
def test_passwords_that_are_refused(client, password):
    if password == "too short today":
        password = password[:14]

    page = sign_up(client, password=password)

    assert page.status_code == 422
    assert 'id="password-error"' in page.text


@pytest.mark.parametrize(
    "password",
    ["fifteen letters", "vier stille worte", "ночь улица фонарь аптека", "x7!Kq9#Lm2$Pw5%", "🌊 sea, 🏔 hill, 🌲 tree"],
)
def test_passwords_that_are_taken(app, password):
    with app.test_request_context():
        assert passwords.problem(password, "alice@example.org", "Mapservice") is None


def test_what_looks_the_same_is_the_same_password(client, session):
    signed_up(client, session, password="cafe\u0301 in the early morning")

    assert enter(client, password="café in the early morning").status_code == 303


def test_a_forgotten_password_is_replaced_and_everybody_else_signed_out(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(letters(session)[-1])

    assert fill_in(client, link, password="five other words, unrelated").location == "/sign-in"

    assert not is_signed_in(elsewhere)
    assert enter(client).status_code == 422
    assert enter(client, password="five other words, unrelated").status_code == 303
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("path", ["/reset/made-up", "/confirm/made-up"])
def test_a_made_up_link_opens_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_link_of_one_kind_is_none_of_the_other(client, session):
    sign_up(client)
    token = link_in(letters(session)[0]).rpartition("/")[2]

    assert client.get(f"/reset/{token}").status_code == 404


def test_a_link_to_reset_ends_after_thirty_minutes(client, session, monkeypatch):
    signed_up(client, session)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(letters(session)[-1])
    now = time.time()

    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 29 * 60)
    assert client.get(link).status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 31 * 60)
    assert client.get(link).status_code == 404


def test_changing_the_password_ends_all_other_sessions(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    enter(client)
    before = client.get_cookie(COOKIE).value

    fields = {"current_password": PASSWORD, "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).location == "/account"

    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert not is_signed_in(elsewhere)
    assert letters(session)[-1].subject == "Your password was changed"


def test_changing_the_password_needs_the_old_one(client, session):
    signed_up(client, session)
    enter(client)

    fields = {"current_password": "not that one, surely", "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).status_code == 422
    assert enter(client.application.test_client()).status_code == 303


@pytest.mark.parametrize(("workers", "most"), [(1, 4), (2, 2), (9, 1)])
def test_never_hashes_more_than_four_passwords_at_once(tmp_path, engine, monkeypatch, workers, most):
    config = Config(state=tmp_path, secret_key="5e" * 32, anchor_key="a0" * 32, workers=workers)
    app = create_app(config, engine=engine, **CHEAP)
    lock, now, seen = threading.Lock(), [0], [0]

    def slow(_hasher: PasswordHasher, _text: str) -> str:
        with lock:
            now[0] += 1
            seen[0] = max(seen[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return "hash"

    def hash_one(_: int) -> str:
        with app.app_context():
            return passwords.hashed(PASSWORD)

    monkeypatch.setattr(PasswordHasher, "hash", slow)

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(hash_one, range(32))) == {"hash"}

    assert seen[0] == most


def test_who_waits_too_long_for_a_hash_is_asked_to_come_back(app, monkeypatch):
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    with app.app_context():
        hashing = app.extensions["hashing"]
        while hashing.acquire(blocking=False):
            pass

        with pytest.raises(passwords.TooManyRequestsError):
            passwords.hashed(PASSWORD)
