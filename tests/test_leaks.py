"""Nothing of a person reaches a log, whatever happens to their request."""

import io
import itertools
import logging
import re
import uuid
from collections.abc import Callable, Iterator

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from mapservice import create_app, db, logs
from mapservice.hosting import gateway, worker
from mapservice.store.accounts import members, staff
from mapservice.store.tables import Member
from mapservice.web.accounts import access, passwords
from testing.accounts import CHEAP, csrf_token, fill_in, new_member, post, sign_in
from testing.routes import address, form, policy, rules, unsafe

ALL = "/conditions/acute-lymphoblastic-leukaemia"

EMAIL, NAME, PASSWORD = "canary.address@example.org", "Canarysong", "canary words nobody says"

#: What must not be written: who somebody is, what they typed, where they live, which condition they looked at.
CANARIES = ("canary", "leukaemia", "127.0.0.1", "10.9.8.7")

_ZONE = re.compile(r"\b[A-Z]{2}\.[1-9]")


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, LIMITS=False, **CHEAP)


@pytest.fixture
def written(capfd) -> Iterator[Callable[[], str]]:
    """All that was written, by us and by libraries, on standard output and standard error, at every level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure(stream)
    named = [logging.getLogger(name) for name in ("sqlalchemy", "psycopg", "flask", "werkzeug", "mapservice")]
    for logger in (root, *named):
        logger.setLevel(logging.DEBUG)
    yield lambda: stream.getvalue() + "".join(capfd.readouterr())
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level
    for logger in named:
        logger.setLevel(logging.NOTSET)


def hits(text: str) -> list[str]:
    """The canaries in what was written, and traces of code that could hold one."""
    traces = ("Traceback", "DETAIL", "Key (", "sqlalchemy.exc", "[SQL", "parameters")
    return [canary for canary in (*CANARIES, *traces) if canary.lower() in text.lower()] + _ZONE.findall(text)


@pytest.fixture
def canary(app, session) -> Member:
    member = new_member(session, EMAIL, pseudonym=NAME)
    with app.app_context():
        members.set_password(member, passwords.hashed(PASSWORD))
    session.commit()
    return member


@pytest.fixture
def as_canary(app, canary) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.9.8.7"
    sign_in(client, canary)
    return client


def crawl(app: Flask, client: FlaskClient, area: str, others: tuple[str, ...] = ()) -> set[int]:
    """Open every page and send every form as somebody whose every word is a canary; the statuses of the answers.

    ``others`` are policies of the pages that others open.
    """
    statuses = set()
    words = {"slug": "canary-disease", "token": "canary", "public_id": "canary", "z": 99}
    asked = [rule for rule in rules(app) if policy(app, rule) not in others]
    addresses = dict.fromkeys(address(app, rule, **values) for rule in asked for values in ({}, words))
    for path, method in itertools.product(addresses, ("GET", "PUT")):
        with client.open(path, method=method, query_string={"q": "canary"}) as answer:
            statuses.add(answer.status_code)
    for rule in (rule for rule, _method in unsafe(app) if rule in asked):
        fields = {name: f"canary {value}" for name, value in form(rule).items()}
        for data in (fields, {"zone": area, "audience": "members", "operation": str(uuid.uuid4()), "finer": "yes"}):
            token = {"csrf_token": csrf_token(app)}
            statuses.add(client.post(address(app, rule), data={**token, **data}).status_code)
        # Without a token all forms are refused alike, before they are read.
        statuses.add(client.post(address(app, rule), data=fields).status_code)
    return statuses


def test_never_writes_a_person_into_a_log(app, as_canary, session, freiburg, written):
    area = freiburg
    fill_in(app.test_client(), "/sign-in", email=EMAIL, password=PASSWORD)
    fill_in(app.test_client(), "/sign-in", email=EMAIL, password="canary is wrong here")
    fill_in(app.test_client(), "/forgot", email=EMAIL)
    post(as_canary, f"{ALL}/join", {"role": "person", "consent": "yes", "pseudonym": "Canaryname",
                                    "operation": str(uuid.uuid4())})  # fmt: skip
    as_canary.post("/me/place/forget", data={"a": "canary" * 100_000})

    statuses = crawl(app, as_canary, area)

    assert {200, 303, 400, 404, 405, 422} <= statuses
    assert hits(written()) == []


def faulty(fault: str, member: Member):
    """A view that goes wrong while it holds a person."""

    def view(**_values):
        session = db.get_session()
        if fault == "code":
            raise ValueError(f"{member.email} lives in DE.1")
        if fault == "constraint":
            session.add(Member(email=EMAIL, pseudonym=NAME))
            session.flush()
        statement = {
            "check": "insert into zone_count values (1, 'canary', 'x', 'y', -1)",
            "cast": "select cast(:canary as integer)",
            "syntax": "select :canary from canary_table where",
            "too slow": "select pg_sleep(3), :canary",
            "NUL": "select cast(:nul as text)",
        }[fault]
        session.execute(text("set local statement_timeout = 100"))
        values = {"canary": "canary", "nul": "canary\0"}
        session.execute(text(statement), {name: value for name, value in values.items() if f":{name}" in statement})
        return ""

    return view


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("code", 500),
        ("constraint", 409),
        ("check", 409),
        ("cast", 500),
        ("syntax", 500),
        ("too slow", 503),
        ("NUL", 500),
    ],
)
def test_never_writes_or_shows_the_text_of_an_error(app, as_canary, canary, written, fault, status):
    app.view_functions["memberships.mine"] = access.public(faulty(fault, canary))

    answer = as_canary.get("/me")

    assert answer.status_code == status
    # The name of the fault is all that is known, and it is known.
    text = written()
    assert hits(text) == []
    assert '"endpoint": "memberships.mine"' in text
    assert hits(answer.text) == []


def test_never_writes_an_error_outside_of_any_view(app, written, monkeypatch):
    def stumble(*_args):
        raise ValueError(EMAIL)

    monkeypatch.setattr(type(app.session_interface), "open_session", stumble)
    request = EnvironBuilder("/me", query_string={"q": "canary"}).get_environ()

    status, _headers, body = gateway.answer(app.wsgi_app, request)

    assert status == 500
    assert hits(written()) == []
    assert hits(body.decode()) == []


def test_never_writes_a_person_from_the_background(engine, config, written):
    def stumble(_engine, _config):
        with db.transaction(engine) as session:
            for _ in range(2):
                session.add(Member(email=EMAIL, pseudonym=NAME))
            session.flush()

    worker._do(worker.BackgroundJob("planted", 1, stumble), config, engine, _never())

    text = written()
    assert '"job": "planted"' in text
    assert hits(text) == []


def _never():
    import threading

    stop = threading.Event()
    stop.set()
    return stop


def test_never_writes_a_person_when_staff_look(app, session, written, dan, canary):
    client = app.test_client()
    sign_in(client, dan)
    assert staff.staff_roles(session, dan)

    # What members may open is opened by one of them above.
    statuses = crawl(app, client, "DE", ("public", "member", "fresh"))

    assert {200, 404} <= statuses
    assert hits(written()) == []


@pytest.mark.parametrize(
    "leak",
    [
        lambda: print(EMAIL),
        lambda: logging.getLogger("canary").warning("x"),
        lambda: structlog.get_logger().warning("x", endpoint="DE.1"),
        lambda: vars(logging.getLogger("flask").handlers[0])["stream"].write("Traceback"),
    ],
    ids=["print", "name of a logger", "zone", "trace"],
)
def test_a_leak_is_found(written, leak):
    handler = logging.StreamHandler()
    logging.getLogger("flask").handlers.insert(0, handler)
    leak()
    logging.getLogger("flask").removeHandler(handler)

    assert hits(written()) != []
