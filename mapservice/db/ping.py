"""Checks a pooled connection before it is used, without asking the server as long as nothing has happened to it."""

import select
from typing import Any

from sqlalchemy import Engine


def init_engine(engine: Engine) -> None:
    """Ask the server only if there is something to read: its last words, the end of the stream, or a notice."""
    ask = engine.dialect.do_ping

    def ping(connection: Any) -> bool:
        return ask(connection) if connection.closed or _has_something_to_read(connection) else True

    engine.dialect.do_ping = ping  # type: ignore[method-assign, assignment]


def _has_something_to_read(connection: Any) -> bool:
    # A server sends nothing to an idle connection, unless it ends it.
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
