"""Passwords: which are taken, how they are kept, how one gets a new one."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import update
from zxcvbn import matching

from mapservice import create_app
from mapservice.config import Config
from mapservice.errors import TooBusyError
from mapservice.store.tables import Member
from mapservice.web.accounts import login, passwords
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP, PASSWORD, fill_in, sign_in
from tests import frontdoor
from tests.frontdoor import ALICE, complete, enter, is_signed_in, letters, link_in, sign_up, signed_up


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
    cost = {"memory_cost": 128, "time_cost": 1, "parallelism": 1}
    stronger = create_app(config, engine=connection, PASSWORD_HASHING=cost)

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
        "AliceMapservice2026",
        "M4pserv1ce Alice 1",
        "Alice, Alice, Alice!",
        "my password is alice",
        "azertyuiopqsdfgh",
        "2026-11-27 2026-11-27",
        "summer2026summer2026",
        "leave me alone please",
        "fifteen letters",
        "password" * 16,
        "x" * 129,
        "x" * 5000,
    ],
)
def test_passwords_that_are_refused(client, session, password):
    if password == "too short today":
        password = password[:14]

    sign_up(client)
    page = complete(client, link_in(letters(session)[-1]), password=password)

    assert page.status_code == 422
    assert 'id="password-error"' in page.text


@pytest.mark.parametrize(
    "password",
    [
        "vier stille worte",
        "ночь улица фонарь аптека",
        "x7!Kq9#Lm2$Pw5%",
        "🌊 sea, 🏔 hill, 🌲 tree",
        "three quiet rivers",
        "a" * 60 + " with four quiet words behind them",
        "seven words about a boat and rain, " * 3,
        "4@8({[<69!1|7$5+0%23" * 6,
    ],
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


@pytest.mark.parametrize(
    ("path", "proof"), [("/reset/{token}", {}), ("/account/password", {"current_password": PASSWORD})]
)
def test_never_takes_a_password_after_another_one_was_taken_meanwhile(
    app, client, session, connection, monkeypatch, path, proof
):
    alice = signed_up(client, session)
    enter(client)
    with app.test_request_context():
        path = path.format(token=login.reset_token(alice))
    hashed = passwords.hashed

    def overtaken(text: str) -> str:
        # What another request does while this one is still hashing.
        connection.execute(update(Member).values(security_stamp="ff" * 16))
        return hashed(text)

    monkeypatch.setattr(passwords, "hashed", overtaken)
    answer = fill_in(client, path, password="another four quiet words", **proof)

    assert (answer.status_code, answer.location) == ((303, "/sign-in?next=/") if proof else (404, None))
    assert enter(app.test_client(), password="another four quiet words").status_code == 422


def test_changing_the_password_needs_the_old_one(client, session):
    signed_up(client, session)
    enter(client)

    fields = {"current_password": "not that one, surely", "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).status_code == 422
    assert enter(client.application.test_client()).status_code == 303


def test_the_person_is_told_which_words_are_their_own(app):
    known = ("alice.miller@example.org", "Quiet Heron", "Mapservice")
    with app.test_request_context():
        own, repeated, common = (
            str(passwords.problem(text, *known))
            for text in ("quiet-heron-1975", "abcabcabcabcabcabc", "leave me alone please")
        )

    assert "your name, your e-mail address" in own
    assert "Repeated" in repeated
    assert "Add one or two more words" in common


def test_a_hash_of_another_kind_or_of_none_matches_nothing(app):
    with app.app_context():
        for stored in ("", "x", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=64,t=1,p=1$broken", None):
            assert not passwords.matches(PASSWORD, stored)


def test_never_does_much_work_to_judge_a_password(app, monkeypatch):
    # What zxcvbn tries for each of these grows with every sign that can stand for several letters.
    tried = []
    real = matching.dictionary_match
    monkeypatch.setattr(matching, "dictionary_match", lambda *given, **named: tried.append(1) or real(*given, **named))
    with app.test_request_context():
        passwords.problem("4@8({[<69!1|7$5+0%23abcxz" * 5)

    assert 0 < len(tried) <= 500


class Slow:
    """A hasher that notes how many work at once, and waits until it may go on."""

    def __init__(self) -> None:
        self.lock, self.now, self.most, self.go_on = threading.Lock(), 0, 0, threading.Event()

    def hash(self, _text: str) -> str:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        assert self.go_on.wait(30)
        with self.lock:
            self.now -= 1
        return "hash"


@pytest.mark.parametrize(("workers", "at_once"), [(1, 4), (2, 2), (9, 1)])
def test_never_hashes_more_than_four_passwords_at_once(tmp_path, engine, workers, at_once):
    config = Config(state=tmp_path, secret_key="5e" * 32, anchor_key="a0" * 32, workers=workers)
    app = create_app(config, engine=engine, **CHEAP)
    slow = app.extensions["hashing"].hasher = Slow()
    refused = threading.Semaphore(0)

    def hash_one(_: int) -> str:
        with app.app_context():
            try:
                return passwords.hashed(PASSWORD)
            except TooBusyError:
                refused.release()
                return "busy"

    admitted = at_once * (1 + passwords.QUEUE_PER_HASH)
    with ThreadPoolExecutor(32) as threads:
        answers = threads.map(hash_one, range(32))
        # Whoever finds the queue full is told so while the others still wait.
        for _ in range(32 - admitted):
            assert refused.acquire(timeout=30)
        slow.go_on.set()
        assert sorted(answers) == ["busy"] * (32 - admitted) + ["hash"] * admitted

    assert slow.most == at_once


def test_where_too_many_are_hashed_the_page_says_when_to_come_back(client, session):
    signed_up(client, session)
    hashing = client.application.extensions["hashing"]
    while hashing.admitted.acquire(blocking=False):
        pass

    answer = enter(client)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
