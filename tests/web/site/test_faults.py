"""The database goes away, somebody presses twice: a clear answer, nothing half saved, one effect of a retry."""

import secrets
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from mapservice import create_app, db
from mapservice.actions.delete_account import delete_account
from mapservice.hosting import embedded
from mapservice.store.accounts import login_sessions, sign_ups
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Consent, HomeZone, Mail, Member, Membership, Operation
from mapservice.web.site.server_sessions import token_hash
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.routes import address, policy, rules
from tests.counts import count_rows, true_rows

SLUG = "acute-lymphoblastic-leukaemia"
ALL = f"/conditions/{SLUG}"

THREADS = 8


@pytest.fixture
def own_engine(server, ground_database) -> Iterator[Engine]:
    """An engine whose connections may be cut."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database), pool_size=THREADS * 2)
    yield engine
    with db.transaction(engine) as session:
        login_sessions.end_every(session)
    engine.dispose()


@pytest.fixture
def real_app(config, own_engine) -> Flask:
    """The service as in production: each request on connections of its own."""
    return create_app(config, engine=own_engine, LIMITS=False, **CHEAP)


@pytest.fixture
def eve(engine) -> Iterator[Member]:
    """Somebody whose writes are real; erased after the test."""
    with db.open_session(engine) as session:
        member = new_member(session, f"{uuid.uuid4()}@example.org", pseudonym="Eve")
    yield member
    with db.transaction(engine) as session:
        kept = session.get(Member, member.id)
        if kept is not None:
            delete_account(session, kept)


@pytest.fixture
def as_eve(real_app, eve):
    client = real_app.test_client()
    sign_in(client, eve)
    return client


def cut(engine: Engine) -> int:
    """Terminate every connection of an engine's pool, as a failing server does."""
    held = [engine.connect() for _ in range(4)]
    pids = [each.scalar(text("select pg_backend_pid()")) for each in held]
    for each in held:
        each.rollback()
        each.close()
    with db.open_session(engine) as session:
        mine = session.scalar(text("select pg_backend_pid()"))
        others = [pid for pid in pids if pid != mine]
        session.execute(
            text("select pg_terminate_backend(pid) from unnest(cast(:pids as int[])) pid"), {"pids": others}
        )
    return len(others)


def of(engine: Engine, member: Member) -> dict[str, int]:
    """How many rows of each table are a member's, and how many people are counted in all."""
    with db.transaction(engine) as session:
        tables = (Membership, Consent, HomeZone, Operation)
        rows = {
            table.__tablename__: session.scalar(
                select(func.count()).select_from(table).where(table.member_id == member.id)
            )
            for table in tables
        }
        return rows | {"counted": max([n for *_, n in count_rows(session)], default=0)}


def joining() -> dict[str, str]:
    return {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())}


def showing() -> dict[str, str]:
    return {"zone": "DE", "audience": "members", "operation": str(uuid.uuid4()), "finer": "yes"}


def at_once(app: Flask, member: Member, path: str, form) -> list[int]:
    """Send a form from many threads at the same moment, each a tab of the same person; ``form`` makes each its own."""
    barrier = threading.Barrier(THREADS)
    clients = [app.test_client() for _ in range(THREADS)]
    for client in clients:
        sign_in(client, member)

    def send(client) -> int:
        data = form()
        barrier.wait()
        return post(client, path, data).status_code

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(send, clients))


# Pressed twice.


@pytest.mark.parametrize("is_repeated", [True, False], ids=["one operation", "several operations"])
def test_joining_and_showing_from_eight_threads_has_one_effect(real_app, engine, eve, is_repeated):
    join, show = joining(), showing()

    answers = at_once(real_app, eve, f"{ALL}/join", (lambda: join) if is_repeated else joining)
    answers += at_once(real_app, eve, f"{ALL}/place", (lambda: show) if is_repeated else showing)

    # Of forms that were made from the same state the first is taken, and the others are told to look again.
    assert set(answers) <= ({303} if is_repeated else {303, 409})
    found = of(engine, eve)
    assert (found["membership"], found["home_zone"], found["counted"]) == (1, 1, 1)
    assert found["operation"] == (2 if is_repeated else answers.count(303))
    with db.transaction(engine) as session:
        standing = select(Consent.kind).where(Consent.member_id == eve.id, Consent.revoked_at.is_(None))
        assert sorted(session.scalars(standing)) == ["joined", "shown"]


def test_tabs_that_do_different_things_at_once_never_wait_for_each_other(real_app, engine, as_eve, eve):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())
    pages = [("join", joining), ("place", showing), ("hide", dict), ("join", joining)] * 2
    clients = [real_app.test_client() for _ in pages]
    for client in clients:
        sign_in(client, eve)

    def work(client, page, form) -> list[int]:
        return [post(client, f"{ALL}/{page}", form()).status_code for _ in range(5)]

    with ThreadPoolExecutor(THREADS) as threads:
        tries = [threads.submit(work, client, *page) for client, page in zip(clients, pages, strict=True)]
        answers = [answer for each in tries for answer in each.result()]

    assert set(answers) <= {303, 409}
    with db.transaction(engine) as session:
        assert count_rows(session) == true_rows(session)


@pytest.mark.parametrize("path", [f"{ALL}/hide", f"{ALL}/leave", "/me/place/forget"])
def test_stepping_back_from_eight_threads_is_said_yes_to_by_all(real_app, engine, as_eve, eve, path):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())

    sure = {"sure": "yes"} if path.endswith("/leave") else {}
    assert at_once(real_app, eve, path, sure.copy) == [303] * THREADS

    assert of(engine, eve)["counted"] == 0


def test_deleting_the_account_from_eight_threads_never_fails(real_app, engine, as_eve, eve):
    post(as_eve, f"{ALL}/join", joining())
    post(as_eve, f"{ALL}/place", showing())

    answers = at_once(real_app, eve, "/account/delete", lambda: {"sure": "yes"})

    # Whoever came too late is nobody any more: signed out, or told to try again.
    assert set(answers) <= {303, 400, 409}
    assert 303 in answers
    assert of(engine, eve) == {"membership": 0, "consent": 0, "home_zone": 0, "operation": 0, "counted": 0}


def test_signing_up_from_eight_threads_makes_one_account(real_app, engine):
    email = f"{uuid.uuid4()}@example.org"
    form = {"pseudonym": "Eve", "age": "adult", "password": "seven green kettles sing", "taking_part": "y"}
    links = [secrets.token_urlsafe() for _ in range(THREADS)]
    with db.transaction(engine) as session:
        for link in links:
            sign_ups.begin(session, token_hash(link), email=email, condition=None)
    page = real_app.test_client()
    token = page.get(f"/confirm/{links[0]}").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = page.get_cookie("__Host-mapservice").value

    def send(number: int) -> int:
        client = real_app.test_client()
        client.set_cookie("__Host-mapservice", cookie, secure=True)
        # Each link is used by two.
        return client.post(f"/confirm/{links[number // 2]}", data={"csrf_token": token, **form}).status_code

    try:
        with ThreadPoolExecutor(THREADS) as threads:
            answers = list(threads.map(send, range(THREADS)))
        with db.transaction(engine) as session:
            assert session.scalar(select(func.count()).select_from(Member).where(Member.email == email)) == 1
    finally:
        with db.transaction(engine) as session:
            delete_account(session, session.scalars(select(Member).where(Member.email == email)).one())
    assert answers.count(303) == 1
    # Whoever came too late used a link, or a form of a browser, that is no more.
    assert set(answers) <= {303, 400, 404, 409}


# The database goes away.


def test_a_connection_that_was_cut_is_never_noticed(real_app, own_engine, as_eve, eve):
    for path in ("/me", f"{ALL}/map", "/search?q=all"):
        assert cut(own_engine) >= 1
        assert as_eve.get(path).status_code == 200
    assert cut(own_engine) >= 1
    assert post(as_eve, f"{ALL}/join", joining()).status_code == 303


@pytest.mark.parametrize(
    "at", ["insert into membership", "INSERT INTO consent", "INSERT INTO operation", "insert into zone"]
)
def test_a_connection_cut_in_the_middle_of_a_write_is_never_noticed_and_a_retry_has_one_effect(
    own_engine, engine, as_eve, eve, at
):
    place = at == "insert into zone"
    if place:
        post(as_eve, f"{ALL}/join", joining())
    path, form = (f"{ALL}/place", showing()) if place else (f"{ALL}/join", joining())
    before, cuts = of(engine, eve), []

    def cut_here(connection, _cursor, statement, *_rest):
        if at.lower() in statement.lower() and not cuts:
            cuts.append(connection.connection.driver_connection.info.backend_pid)
            with db.transaction(engine) as session:
                session.execute(text("select pg_terminate_backend(:pid, 2000)"), {"pid": cuts[0]})

    event.listen(own_engine, "before_cursor_execute", cut_here)
    answer = post(as_eve, path, form)

    assert len(cuts) == 1
    assert answer.status_code == 303, "it was done again, from the beginning"
    once = of(engine, eve)
    assert post(as_eve, path, form).status_code == 303
    assert of(engine, eve) == once != before


def test_a_pool_thrown_away_between_two_pages_is_never_noticed(own_engine, as_eve):
    assert as_eve.get("/me").status_code == 200
    own_engine.dispose()
    assert as_eve.get("/me").status_code == 200


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_without_a_database_every_page_is_a_503_or_does_without(config, is_signed_in):
    nowhere = db.new_engine("postgresql://nobody@/none?host=/nonexistent")
    app = create_app(config, engine=nowhere, **CHEAP)
    client = app.test_client()
    if is_signed_in:
        client.set_cookie("__Host-mapservice", "x" * 43, secure=True)
    found = {}
    for rule in rules(app):
        for method in ("GET", "POST"):
            if method in (rule.methods or ()):
                with client.open(address(app, rule), method=method) as answer:
                    found[method, rule.endpoint] = answer.status_code
                    if answer.status_code == 503:
                        assert answer.headers["Retry-After"]
                        assert "Nothing was changed" in answer.text
                        assert "Content-Security-Policy" in answer.headers
    if is_signed_in:
        # Nobody knows whether this is a member, so nobody is called a stranger.
        assert {found[key] for key in found if key[1].startswith(("map.", "place.", "memberships."))} == {503}
    for endpoint in ("promises.show", "static", "ground.zones"):
        assert found["GET", endpoint] == 200
    assert set(found.values()) <= {200, 303, 308, 400, 404, 503}
    assert len([each for each in found if policy(app, rules(app)[0])]) >= 30


@pytest.mark.parametrize("path", ["/no-such-page", "/static/no-such.css", "/privacy"])
def test_error_pages_appear_without_a_database(config, path):
    app = create_app(config, engine=db.new_engine("postgresql://nobody@/none?host=/nonexistent"), **CHEAP)
    client = app.test_client()
    client.set_cookie("__Host-mapservice", "x" * 43, secure=True)

    answer = client.get(path)

    assert answer.status_code == (200 if path == "/privacy" else 404)
    assert "</html>" in answer.text


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("select pg_sleep(2)", 503),
        ("select 1/0", 500),
        ("insert into mail (id, recipient, subject, body) select id, '', '', '' from "
         "(select gen_random_uuid() as id) as made, generate_series(1, 2)", 409),
        ("select pg_terminate_backend(pg_backend_pid())", 503),
    ],
)  # fmt: skip
def test_a_fault_in_the_database_has_its_words_and_the_session_stays(real_app, as_eve, fault, status):
    def view():
        session = db.get_session()
        session.execute(text("set local statement_timeout = 200"))
        session.execute(text(fault))
        return ""

    real_app.add_url_rule("/planted", "planted", view)

    answer = as_eve.get("/planted")

    assert answer.status_code == status
    assert "Key (id)" not in answer.text
    assert 'href="/account"' in answer.text
    assert as_eve.get("/me").status_code == 200


def test_a_retry_without_the_operation_would_be_noticed(engine, eve):
    """The control: a count that is raised by each try is not one effect."""
    with db.transaction(engine) as session:
        condition = conditions.get(session, SLUG).id
        for _ in range(2):
            session.add(Mail(recipient=str(eve.id), subject=str(condition), body=""))
    with db.transaction(engine) as session:
        letters = session.scalars(select(Mail).where(Mail.recipient == str(eve.id))).all()
        for each in letters:
            session.delete(each)

    assert len(letters) == 2


def test_the_cut_is_real(own_engine, engine):
    with own_engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
        with db.transaction(engine) as session:
            session.execute(text("select pg_terminate_backend(:pid, 2000)"), {"pid": pid})
        with pytest.raises(DBAPIError):
            connection.scalar(text("select 1"))
