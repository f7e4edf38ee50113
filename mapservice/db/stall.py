"""Limits how long a page waits for a database that sends nothing, not even an error, such as a frozen server.

PostgreSQL enforces its own timeouts, which freeze with it; libpq waits indefinitely. Here every wait of a connection
has a limit, after which the connection is closed, and further statements of the request fail at once.
"""

import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

import psycopg
from psycopg import errors, generators
from psycopg.abc import PQGen
from psycopg.pq import ExecStatus, TransactionStatus

Value = TypeVar("Value")

# Seconds that one request may spend waiting for a silent server, and how many of them for a new connection.
BUDGET_S = 4.0
CONNECT_S = 3

# A wait of this many seconds makes other requests fail without waiting.
_SUSPICIOUS_S = 3.5

# Seconds after a failed wait in which the database counts as stalled.
_REMEMBERED_S = 5.0


class _State:
    """State shared by the threads of this process."""

    def __init__(self) -> None:
        self.waiting: dict[int, float] = {}
        self.stalled_at = -_REMEMBERED_S


_state = _State()
_mine = threading.local()


class Connection(psycopg.Connection[Any]):
    """A connection with a limit on every wait.

    ``settings`` are set with the beginning of each transaction, until it ends (``acting``).
    """

    settings: Mapping[str, uuid.UUID] = {}

    @property
    def begins_transaction(self) -> bool:
        """Whether the next statement begins a transaction."""
        return self.info.transaction_status == TransactionStatus.IDLE

    def _start_query(self) -> PQGen[None]:
        if not self.settings or self.autocommit or not self.begins_transaction:
            yield from super()._start_query()
            return
        # One message for all of it. A UUID needs no quoting.
        settings = (f"set local {name} = '{value}'".encode() for name, value in self.settings.items())
        self.pgconn.send_query(b"; ".join([self._get_tx_start_command(), *settings]))
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)

    def rollback(self) -> None:
        """Undo the transaction, and keep the statements that are prepared on the connection.

        psycopg forgets them, since what a transaction made may be gone; but no page makes a table. Most pages only read
        and end this way: each would plan all its statements again. After an error they are forgotten all the same: a
        statement may fail because it was prepared before a migration.
        """
        if self.info.transaction_status != TransactionStatus.INTRANS:
            super().rollback()
            return
        with self.lock:
            self.wait(self._undo())

    def _undo(self) -> PQGen[None]:
        self.pgconn.send_query(b"rollback")
        for result in (yield from generators.execute(self.pgconn)):
            if result.status != ExecStatus.COMMAND_OK:
                raise errors.error_from_result(result)

    def wait(self, gen: PQGen[Value], interval: float = 0.1, timeout: float | None = None) -> Value:
        """Wait for a response of the server.

        :raise psycopg.OperationalError: if there is none in time; the connection is then closed.
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
    """Return a new connection, if enough waiting time is left.

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


def reset() -> None:
    """Reset the waiting time of this thread, at the start of a request."""
    _mine.lost = 0.0


def is_stalled() -> bool:
    """Return whether a wait for the database has just failed, or is about to fail."""
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
