"""Passwords as they are kept: hashed with enough work, renewed at sign-in, and few at once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mapservice import create_app
from mapservice.config import Config
from mapservice.errors import TooBusyError
from mapservice.web.accounts import passwords
from testing.accounts import CHEAP, PASSWORD
from tests.frontdoor import app, enter, signed_up

__all__ = ["app"]


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


def test_a_hash_of_another_kind_or_of_none_matches_nothing(app):
    with app.app_context():
        for stored in ("", "x", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=64,t=1,p=1$broken", None):
            assert not passwords.matches(PASSWORD, stored)


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
