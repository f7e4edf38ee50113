"""The roles of a test's connection: that of the pages during a request, and outside one that also sees all rows.

Row-level security shows a transaction the conversations of one member. A test that prepares rows, and looks at what
became of them, has the same rights as the pages on all members' rows; what the service does in a request has not.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy import Connection

from mapservice.hosting import embedded

#: A role with the rights of the pages, which row-level security does not limit.
OBSERVER = "mapservice_observer"

_MAKE = f"""
    do $$
    begin
        create role {OBSERVER} bypassrls in role {embedded.RUNTIME};
    exception when duplicate_object or unique_violation then
        null;
    end
    $$
"""


def make_role(server: psycopg.Connection) -> None:
    """Create the role of tests, unless the server has it."""
    server.execute(_MAKE)


def observing_url(state: Path, database: str) -> str:
    """The URL of a database for an engine that observes in each of its transactions."""
    return f"{embedded.url(state, embedded.SUPERUSER, database)}&options=-crole%3D{OBSERVER}"


def observe(connection: Connection) -> None:
    """Let the connection of a superuser have the rights of the pages, on the rows of everybody."""
    connection.exec_driver_sql(f"set role {OBSERVER}")


@contextmanager
def limited(connection: Connection) -> Iterator[None]:
    """Let the connection have the role of the pages in the block, as the worker has it."""
    connection.exec_driver_sql(f"set role {embedded.RUNTIME}")
    yield
    observe(connection)


def limit_requests(app: Flask, connection: Connection) -> None:
    """Let the requests of an app have the role of the pages, on a connection that observes outside of them."""
    raw: Any = connection.connection.driver_connection
    if raw.execute("select current_user").fetchone() != (OBSERVER,):
        return
    answer: Callable[..., Iterable[bytes]] = app.wsgi_app

    def answer_limited(environ: Any, start_response: Any) -> Iterable[bytes]:
        raw.execute(f"set role {embedded.RUNTIME}")
        try:
            return answer(environ, start_response)
        finally:
            # A request whose context a test keeps open may have failed, and ends with that.
            with suppress(psycopg.Error):
                raw.execute(f"set role {OBSERVER}")

    app.wsgi_app = answer_limited  # type: ignore[method-assign]
