"""A connection that waited in the pool is looked at before its use; the server is asked only if that shows anything."""

import psycopg
import pytest
from sqlalchemy import Engine, text

from mapservice import db
from mapservice.db import ping
from tests.web.site.committed import own_engine

__all__ = ["own_engine"]


def used(engine: Engine) -> int:
    """The process of the server to which the next connection leads."""
    with engine.connect() as connection:
        return connection.scalar(text("select pg_backend_pid()"))


def end(engine: Engine, pid: int) -> None:
    with db.transaction(engine) as session:
        session.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})


def test_a_connection_that_was_ended_while_it_waited_is_replaced(own_engine, engine):
    first = used(own_engine)
    assert used(own_engine) == first
    end(engine, first)

    assert used(own_engine) != first


def test_without_the_look_it_would_be_used(own_engine, engine, monkeypatch):
    """The control of the last one."""
    end(engine, used(own_engine))
    monkeypatch.setattr(ping, "_has_something_to_read", lambda _connection: False)

    with pytest.raises(Exception, match="terminating connection"):
        used(own_engine)


def test_a_connection_on_which_something_arrived_is_asked_and_used(own_engine):
    first = used(own_engine)
    with own_engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        # A notice comes when the server likes, as a change of a setting does.
        driver.execute("listen something")
        driver.commit()
    with db.transaction(own_engine) as session:
        session.execute(text("notify something"))

    assert used(own_engine) == first
