"""A statement on psycopg directly fails, waits and ends as every other statement does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from mapservice import db
from mapservice.db import outages
from mapservice.hosting import embedded

CUT = "select pg_terminate_backend(pg_backend_pid())"


@pytest.fixture
def one(server, ground_database) -> Iterator[Engine]:
    """An engine that keeps one connection."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database), pool_size=1)
    yield engine
    engine.dispose()


def answer(engine: Engine) -> int:
    [(n,)] = db.read_rows(engine, "select %(a)s::int + 1", {"a": 1})
    return n


def test_it_returns_all_rows(one):
    assert db.read_rows(one, "select a from generate_series(%(a)s::int, 5) as a", {"a": 3}) == [(3,), (4,), (5,)]
    assert db.read_rows(one, "select 1 where %(a)s > 1", {"a": 1}) == []


def test_never_leaves_a_connection_that_commits_by_itself(one):
    assert answer(one) == 2

    with db.open_session(one) as session:
        session.execute(text("set local statement_timeout = 1234"))
        assert session.scalar(text("show statement_timeout")) == "1234ms", "a transaction is open"
        assert not session.connection().connection.driver_connection.autocommit
    assert one.pool.checkedout() == 0


def test_it_reads_what_the_connection_of_a_test_has_written(connection, session):
    session.execute(text("create temp table kept_for_a_test (n int) on commit drop"))
    assert db.read_rows(connection, "select count(*) from kept_for_a_test", {}) == [(0,)]


def test_a_connection_that_was_cut_before_is_replaced(one):
    with pytest.raises(OperationalError):
        db.read_rows(one, CUT, {})

    assert answer(one) == 2
    assert one.pool.checkedout() == 0


def test_a_connection_that_is_lost_is_noted_as_for_every_other_statement(one):
    assert answer(one) == 2
    with outages.recording() as trouble:
        with pytest.raises(OperationalError):
            db.read_rows(one, CUT, {})
        assert trouble.is_lost


def test_a_connection_that_is_lost_once_is_not_noticed(one, monkeypatch):
    """The second try is on another connection."""
    rows, tries = db.reading.rows, list[str]()

    def cut(engine, statement, values):
        tries.append(statement)
        return rows(engine, CUT, values)

    monkeypatch.setattr(db.reading, "rows", cut)
    with outages.recording() as trouble:
        assert answer(one) == 2
        assert not trouble.is_lost
    assert len(tries) == 1


def test_never_tells_the_values_of_a_statement_in_an_error(one):
    with pytest.raises(DBAPIError) as caught:
        db.read_rows(one, "select 1 / (%(secret)s::int - 4711)", {"secret": 4711})

    assert "hide_parameters" in str(caught.value)
    assert answer(one) == 2


def test_a_statement_that_has_taken_all_its_time_is_not_run_again(one, monkeypatch):
    db.read_rows(one, "select set_config('statement_timeout', '20', false)", {})
    monkeypatch.setattr(db, "single_statement", None)

    with pytest.raises(OperationalError):
        db.read_rows(one, "select pg_sleep(20)", {})
