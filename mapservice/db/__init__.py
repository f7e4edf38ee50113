"""The engine, and one transaction per request."""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import psycopg
from flask import Flask, current_app, g
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from mapservice.db import acting, outages, ping, reading, stall
from mapservice.db.acting import act_for
from mapservice.db.commits import commit, log_withdrawals
from mapservice.store.tables import Base
from mapservice.withdrawal_log import WithdrawalLog

__all__ = [
    "MAX_OVERFLOW",
    "POOL_SIZE",
    "act_for",
    "attached",
    "commit",
    "get_reading_session",
    "get_session",
    "init_app",
    "max_connections",
    "max_workers",
    "new_engine",
    "open_session",
    "psycopg_url",
    "read_rows",
    "single_statement",
    "single_statements",
    "transaction",
]

Instance = TypeVar("Instance", bound=Base)

#: Connections of a web process that stay open, and further ones while all of these are in use.
POOL_SIZE, MAX_OVERFLOW = 8, 10

# Connections of the worker, of commands that run beside the service, and those that PostgreSQL keeps for superusers.
_OTHER_CONNECTIONS = 20

# Statement timeout of a page in milliseconds; shorter than stall.BUDGET_S, after which the page stops waiting. No page
# starts further processes for a statement: that takes longer than its statements do, and others need the processors.
_TIMEOUTS = (
    "-c statement_timeout=3900 -c lock_timeout=3500 -c idle_in_transaction_session_timeout=30000"
    " -c max_parallel_workers_per_gather=0"
)


def psycopg_url(url: str) -> str:
    """Return a database URL as SQLAlchemy expects it, from any of the usual spellings.

    >>> psycopg_url("postgres://db/map")
    'postgresql+psycopg://db/map'
    """
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", url)


def max_connections(workers: int) -> int:
    """Return how many connections a service with this number of web processes opens at most."""
    return workers * (POOL_SIZE + MAX_OVERFLOW) + _OTHER_CONNECTIONS


def max_workers(connections: int) -> int:
    """Return how many web processes can share the connections that a database admits; at least one.

    >>> max_workers(max_connections(3)), max_workers(max_connections(3) - 1), max_workers(5)
    (3, 2, 1)
    """
    return max(1, (connections - _OTHER_CONNECTIONS) // (POOL_SIZE + MAX_OVERFLOW))


def new_engine(url: str, *, pool_size: int = POOL_SIZE, timeouts: bool = True) -> Engine:
    """Return an engine whose errors never contain the values of a statement."""
    engine = create_engine(
        psycopg_url(url),
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=MAX_OVERFLOW,
        pool_pre_ping=True,
        pool_timeout=10,
        connect_args={
            # Behind pgbouncer in transaction mode, a prepared statement could reach another connection.
            "prepare_threshold": None if "pgbouncer" in url else 5,
            "options": _TIMEOUTS if timeouts else "",
            "connect_timeout": 5,
        },
    )
    ping.init_engine(engine)
    if timeouts:
        acting.init_engine(engine)
        engine.dialect.connect = stall.connect  # type: ignore[method-assign, assignment]
    return engine


def init_app(app: Flask, engine: Engine | Connection, withdrawals: WithdrawalLog) -> None:
    """Give the app its engine (a test passes its connection), and end each request's transaction."""
    app.extensions["engine"] = engine
    app.before_request(stall.reset)
    app.extensions["withdrawals"] = withdrawals
    app.teardown_appcontext(_close)


def open_session(bind: Engine | Connection, withdrawals: WithdrawalLog | None = None) -> Session:
    """Return an ORM session; on a test's connection, commits become savepoints.

    Withdrawals noted on the session are written to the log ``withdrawals`` around the commit.
    """
    if isinstance(bind, Connection):
        session = Session(bind, join_transaction_mode="create_savepoint", expire_on_commit=False)
    else:
        session = Session(bind, expire_on_commit=False)
    if withdrawals is not None:
        log_withdrawals(session, withdrawals)
    return session


@contextmanager
def transaction(bind: Engine | Connection, withdrawals: WithdrawalLog | None = None) -> Iterator[Session]:
    """Open a session outside a request, for commands and the worker: committed at the end, rolled back on error."""
    with open_session(bind, withdrawals) as session:
        yield session
        commit(session)


@contextmanager
def single_statements(bind: Engine | Connection) -> Iterator[Session]:
    """Open a session of which each statement is a transaction of its own, and is committed at once."""
    with open_session(_single(bind) if isinstance(bind, Engine) else bind) as session:
        yield session
        if isinstance(bind, Connection):
            commit(session)


@contextmanager
def single_statement(bind: Engine | Connection) -> Iterator[Connection]:
    """Open a connection for one statement that only reads, without what a session costs around it."""
    if isinstance(bind, Connection):
        yield bind
    else:
        with _single(bind).connect() as connection:
            yield connection


def read_rows(bind: Engine | Connection, statement: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
    """Return the rows of a statement that only reads; its parameters are ``%(name)s``.

    If psycopg fails, the statement is run again by SQLAlchemy. A lost connection is then replaced, and errors, retries
    and time limits are those of every other statement.
    """
    if isinstance(bind, Engine):
        try:
            return reading.rows(bind, statement, values)
        except psycopg.errors.QueryCanceled as canceled:
            # It has taken all its time.
            raise OperationalError(statement, None, canceled, hide_parameters=True) from None
        except psycopg.Error:
            pass
    with single_statement(bind) as connection:
        return connection.exec_driver_sql(statement, dict(values)).all()


@functools.lru_cache(maxsize=4)
def _single(engine: Engine) -> Engine:
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def get_reading_session() -> Session:
    """Return the session of this request for a view that only reads: each statement is a transaction of its own.

    Two statements may see different moments, as they do in a transaction of ours anyway.
    """
    session = get_session()
    if isinstance(session.bind, Engine):
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
    return session


def attached(session: Session, instance: Instance) -> Instance:
    """Return the object of a session for a row; that is ``instance``, unless it has loaded the row itself."""
    known: Instance | None = session.identity_map.get(identity_key(instance=instance))
    if known is None:
        session.add(instance)
    return known or instance


def get_session() -> Session:
    """Return the session of this request: committed by the view, rolled back if the view did not."""
    if "session" not in g:
        g.session = open_session(current_app.extensions["engine"], current_app.extensions["withdrawals"])
        acting.init_session(g.session)
        event.listen(g.session, "before_commit", _before_commit)
    session: Session = g.session
    return session


def _before_commit(session: Session) -> None:
    # A failure before this point means nothing was written; after it, a commit without an answer may have been applied.
    if session.in_nested_transaction():
        return  # the end of a savepoint commits nothing
    session.flush()
    outages.current().may_have_written = True


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        # The response is complete; it does not matter if the connection was lost meanwhile.
        with suppress(SQLAlchemyError):
            session.close()
