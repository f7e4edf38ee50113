"""Limits hold exactly, for all processes together, and nobody is found in what they store."""

import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text, update

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.errors import TooManyRequestsError
from mapservice.store.site import rate_limits
from mapservice.store.tables import Allowance, LoginSession
from mapservice.web.site import rate_limits as limits
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP, fill_in
from tests.limiting import try_one

LIMIT = limits.Limit("test", 10, 300)


def test_of_a_thousand_tries_at_once_exactly_the_limit_pass(engine):
    key = secrets.token_bytes(32)

    def try_once(_: int) -> bool:
        with db.transaction(engine) as session:
            return rate_limits.consume(session, key, capacity=10, seconds=3600) == 0

    with ThreadPoolExecutor(16) as threads:
        passed = sum(threads.map(try_once, range(1000)))

    with db.transaction(engine) as session:
        session.delete(session.get(Allowance, key))
    assert passed == 10


def test_of_two_hundred_sign_ins_at_once_exactly_ten_are_tried(config, engine):
    app = create_app(config, engine=engine, TESTING=True, **CHEAP)
    address, email = f"10.{secrets.randbelow(255)}.{secrets.randbelow(255)}.1", f"{uuid.uuid4()}@example.org"
    client = app.test_client()
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = client.get_cookie(COOKIE).value

    def try_once(_: int) -> int:
        mine = app.test_client()
        mine.set_cookie(COOKIE, cookie, secure=True)
        form = {"csrf_token": token, "email": email, "password": "not the right one at all"}
        return mine.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(try_once, range(200)))

    with db.transaction(engine) as session:
        for table in (LoginSession, Allowance):
            for row in session.scalars(select(table)):
                session.delete(row)
    assert answers.count(422) == 10
    assert answers.count(429) == 190


def test_what_was_used_up_comes_back_with_time(session):
    key = b"key"
    for _ in range(10):
        assert rate_limits.consume(session, key, capacity=10, seconds=300) == 0
    wait = rate_limits.consume(session, key, capacity=10, seconds=300)
    assert wait == 30

    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '31 seconds'")))

    assert rate_limits.consume(session, key, capacity=10, seconds=300) == 0
    assert rate_limits.consume(session, key, capacity=10, seconds=300) > 0


def test_no_more_comes_back_than_was_there(session):
    rate_limits.consume(session, b"key", capacity=3, seconds=60)
    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '9 days'")))

    assert [rate_limits.consume(session, b"key", capacity=3, seconds=60) > 0 for _ in range(4)] == [False] * 3 + [True]


def test_an_answer_says_how_long_to_wait(client):
    for _ in range(10):
        fill_in(client, "/sign-in", email="a@example.org", password="not the right one at all")

    answer = fill_in(client, "/sign-in", email="a@example.org", password="not the right one at all")

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 30


def test_every_limit_is_a_setting(config, connection):
    strict = replace(config, limit_sign_in="2 per day")
    app = create_app(strict, engine=connection, TESTING=True, **CHEAP)

    assert [try_one(app, "192.0.2.1") for _ in range(3)] == [422, 422, 429]
    with pytest.raises(ValueError, match="MAPSERVICE_LIMIT_SIGN_IN must be like 10 per 5 minutes, not 'often'"):
        Config.from_environment({"MAPSERVICE_LIMIT_SIGN_IN": "often"})


def test_never_more_than_two_hundred_pages_a_minute(client):
    answers = [client.get("/sign-up/check-your-mail").status_code for _ in range(220)]

    # Some came back while the test ran.
    assert 200 <= answers.count(200) <= 215
    assert answers[-1] == 429
    with client.get("/static/icon.svg") as picture:
        assert picture.status_code == 200


def test_never_stores_an_address_or_an_account(app, client, session):
    fill_in(client, "/sign-in", email="alice@example.org", password="x")

    keys = session.scalars(select(Allowance.key)).all()

    assert {len(key) for key in keys} == {32}
    with app.app_context():
        assert limits.bucket_key(limits.limit("account"), "alice@example.org") in keys
    other = create_app(
        Config(state=app.extensions["config"].state, secret_key="77" * 32, anchor_key="a0" * 32),
        engine=app.extensions["engine"],
    )
    with other.app_context():
        assert limits.bucket_key(limits.limit("account"), "alice@example.org") not in keys


def test_parts_of_a_key_cannot_be_mistaken_for_one_another(app):
    with app.app_context():
        one = limits.bucket_key(limits.Limit("a", 1, 1), "b|1:c")
        other = limits.bucket_key(limits.Limit("a|1:b", 1, 1), "c")

    assert one != other


def test_an_account_is_not_charged_for_an_address_without_allowance(app, session):
    with app.test_request_context():
        for _ in range(LIMIT.capacity):
            limits.consume(LIMIT, "address")
        with pytest.raises(TooManyRequestsError):
            limits.consume(LIMIT, "address", "account")

        key = limits.bucket_key(LIMIT, "account")

    assert session.get(Allowance, key) is None


def test_full_buckets_are_forgotten(session):
    rate_limits.consume(session, b"old", capacity=3, seconds=60)
    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '2 days'")))
    rate_limits.consume(session, b"new", capacity=3, seconds=60)

    assert rate_limits.delete_full(session) == 1
