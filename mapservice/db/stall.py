"""How long a page waits for a database that sends nothing, not even an error, as a frozen server does.

Timeouts of PostgreSQL are kept by PostgreSQL, so that they freeze with it; libpq waits for ever. Here every wait of a
connection has an end, after which the connection is thrown away, and what else the request asks for fails at once.
"""

import threading
import time
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen

Value = TypeVar("Value")

# Seconds that one request waits for a server without a word from it, and for a new connection out of these.
BUDGET_S = 4.0
CONNECT_S = 3

# Seconds of one wait, from which on the others are told not to wait any longer.
_SUSPICIOUS_S = 3.5

# Seconds for which one that ended so says something about the next.
_REMEMBERED_S = 5.0


class _State:
    """What the threads of this process know together."""

    def __init__(self) -> None:
        self.waiting: dict[int, float] = {}
        self.stalled_at = -_REMEMBERED_S


_state = _State()
_mine = threading.local()


class Connection(psycopg.Connection[Any]):
    """A connection on which nothing is waited for without end."""

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Wait for an answer of the server.

        :raise psycopg.OperationalError: if none comes; the connection is closed then.
        """
        left, started, me = _left(), time.monotonic(), threading.get_ident()
        _state.waiting[me] = started
        try:
            result = super().wait(gen, interval, min(left, timeout or left))
        except errors._WaitTimeout:
            self.pgconn.finish()
            _lose(time.monotonic() - started)
            raise psycopg.OperationalError("the database does not answer") from None
        finally:
            _state.waiting.pop(me, None)
        if started > _state.stalled_at:
            _state.stalled_at = -_REMEMBERED_S
        return result


def connect(*arguments: Any, **options: Any) -> Connection:
    """Return a new connection, if there is time left for one.

    :raise psycopg.OperationalError: if the server does not answer.
    """
    if _left() < CONNECT_S:
        raise psycopg.OperationalError("the database does not answer")
    started, me = time.monotonic(), threading.get_ident()
    _state.waiting[me] = started
    try:
        return Connection.connect(*arguments, **{**options, "connect_timeout": CONNECT_S})
    except errors.ConnectionTimeout:
        _lose(time.monotonic() - started)
        raise
    finally:
        _state.waiting.pop(me, None)


def begin() -> None:
    """Give the request that begins in this thread all of its time."""
    _mine.lost = 0.0


def is_stalled() -> bool:
    """Return whether somebody has waited for the database in vain just now, or is about to."""
    now = time.monotonic()
    waits = list(_state.waiting.values())
    return now - _state.stalled_at < _REMEMBERED_S or any(now - started > _SUSPICIOUS_S for started in waits)


def _left() -> float:
    if time.monotonic() - getattr(_mine, "lost_at", 0.0) > _REMEMBERED_S:
        _mine.lost = 0.0
    return max(0.0, BUDGET_S - float(getattr(_mine, "lost", 0.0)))


def _lose(seconds: float) -> None:
    _mine.lost = BUDGET_S - _left() + seconds
    _mine.lost_at = _state.stalled_at = time.monotonic()
