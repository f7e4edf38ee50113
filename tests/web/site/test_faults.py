"""The database goes away: a clear answer, nothing half saved, and one effect of a retry."""

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from mapservice import create_app, db
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Mail
from testing.accounts import CHEAP, post
from testing.routes import address, policy, rules
from tests.web.site.committed import ALL, SLUG, as_eve, eve, joining, of, own_engine, real_app, showing

__all__ = ["as_eve", "eve", "own_engine", "real_app"]


PAGES = ("/me", f"{ALL}/map", "/search?q=all")


def pooled(engine: Engine) -> list[int]:
    """The processes of the server behind some connections of an engine's pool."""
    held = [engine.connect() for _ in range(4)]
    pids = [connection.scalar(text("select pg_backend_pid()")) for connection in held]
    for connection in held:
        connection.rollback()
        connection.close()
    return pids


def cut(other: Engine, pids: list[int]) -> None:
    """Terminate connections, as a server does that is restarted, and wait until they are gone."""
    with db.transaction(other) as session:
        ended = text("select pg_terminate_backend(pid, 5000) from unnest(cast(:pids as int[])) pid")
        assert all(session.scalars(ended, {"pids": pids}))


def test_connections_that_were_cut_are_never_noticed(own_engine, engine, as_eve, eve):
    for path in PAGES:
        cut(engine, pooled(own_engine))
        assert as_eve.get(path).status_code == 200
    cut(engine, pooled(own_engine))
    assert post(as_eve, f"{ALL}/join", joining()).status_code == 303


@pytest.mark.parametrize("path", PAGES)
def test_never_shows_an_error_where_all_connections_are_cut_in_the_middle_of_a_page(own_engine, engine, as_eve, path):
    pids = pooled(own_engine)

    def cut_here(*_statement):
        if pids:
            cut(engine, pids)
            pids.clear()

    event.listen(own_engine, "before_cursor_execute", cut_here)

    assert as_eve.get(path).status_code == 200
    assert pids == []


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


@pytest.mark.parametrize("path", ["/me", "/account", f"{ALL}/map"])
def test_a_database_that_goes_away_once_the_member_is_known_gets_an_error_page(own_engine, as_eve, path):
    def gone(_connection, _cursor, statement, *_rest):
        if "login_session" not in statement:
            raise OperationalError(statement, {}, Exception("gone"))

    event.listen(own_engine, "before_cursor_execute", gone)

    answer = as_eve.get(path)

    assert answer.status_code == 503
    assert "Nothing was changed" in answer.text


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_without_a_database_every_page_is_a_503_or_does_without(config, is_signed_in):
    nowhere = db.new_engine("postgresql://nobody@/none?host=/nonexistent")
    app = create_app(config, engine=nowhere, **CHEAP)
    client = app.test_client()
    if is_signed_in:
        client.set_cookie("__Host-mapservice", "x" * 43, secure=True)
    statuses = {}
    for rule in rules(app):
        for method in ("GET", "POST"):
            if method in (rule.methods or ()):
                with client.open(address(app, rule), method=method) as answer:
                    statuses[method, rule.endpoint] = answer.status_code
                    if answer.status_code == 503:
                        assert answer.headers["Retry-After"]
                        assert "Nothing was changed" in answer.text
                        assert "Content-Security-Policy" in answer.headers
    if is_signed_in:
        # Nobody knows whether this is a member, so nobody is called a stranger.
        assert {
            statuses[key] for key in statuses if key[1].startswith(("map.", "stacks.", "place.", "memberships."))
        } == {503}
    for endpoint in ("privacy_page.show", "static", "zone_data.zones"):
        assert statuses["GET", endpoint] == 200
    assert set(statuses.values()) <= {200, 303, 308, 400, 404, 503}
    assert len([key for key in statuses if policy(app, rules(app)[0])]) >= 30


@pytest.mark.parametrize(
    ("path", "status", "end"),
    [
        ("/no-such-page", 404, "</html>"),
        ("/static/no-such.css", 404, "any condition here."),
        ("/privacy", 200, "</html>"),
    ],
)
def test_error_pages_appear_without_a_database(config, path, status, end):
    app = create_app(config, engine=db.new_engine("postgresql://nobody@/none?host=/nonexistent"), **CHEAP)
    client = app.test_client()
    client.set_cookie("__Host-mapservice", "x" * 43, secure=True)

    answer = client.get(path)

    assert answer.status_code == status
    assert answer.text.rstrip().endswith(end)


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
        emails = session.scalars(select(Mail).where(Mail.recipient == str(eve.id))).all()
        for email in emails:
            session.delete(email)

    assert len(emails) == 2


def test_the_cut_is_real(own_engine, engine):
    with own_engine.connect() as connection:
        pid = connection.scalar(text("select pg_backend_pid()"))
        with db.transaction(engine) as session:
            session.execute(text("select pg_terminate_backend(:pid, 2000)"), {"pid": pid})
        with pytest.raises(DBAPIError):
            connection.scalar(text("select 1"))
