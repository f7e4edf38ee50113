"""Outages of the database during a request: detecting them, and waiting for the end.

If one of its processes is killed, PostgreSQL ends all the others and is available again a second later. To hide this
from visitors, ``web/site/retries.py`` waits here and then processes the request again from the beginning.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

# Seconds between two attempts to connect: at first, and at most.
_MIN_PAUSE = 0.02
_MAX_PAUSE = 0.2

# SQLSTATE prefixes of connections that failed because the server stops or starts. Source: PostgreSQL, appendix A.
_GONE = ("57P01", "57P02", "57P03", "08")


@dataclass(slots=True)
class Trouble:
    """The database problems of one request.

    ``is_lost``: the connection was lost in this attempt. ``may_have_written``: a commit was sent in this or an earlier
    attempt. The latter is never reset: a commit without an answer may have been applied.
    """

    is_lost: bool = False
    may_have_written: bool = False


_TROUBLE: ContextVar[Trouble | None] = ContextVar("trouble", default=None)


@contextmanager
def recording() -> Iterator[Trouble]:
    """Record the database problems inside this block."""
    trouble = Trouble()
    token = _TROUBLE.set(trouble)
    try:
        yield trouble
    finally:
        _TROUBLE.reset(token)


def current() -> Trouble:
    """Return the database problems of this request so far."""
    return _TROUBLE.get() or Trouble()


class OutageWaiter:
    """Waits for the database of an engine, as long as waiting makes sense.

    There is no wait for a database that was never available, nor after a failed wait until it is available again.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._was_there = False
        event.listen(engine, "connect", self._mark_available)

    def wait(self, until: Callable[[], float]) -> int | None:
        """Wait for the database; return the number of failed attempts before it answered, or None if time ran out.

        ``until`` returns the deadline on the ``time.monotonic`` clock; it is called before each pause, as it may
        change.
        """
        pause, in_vain = _MIN_PAUSE, 0
        while True:
            try:
                with self._engine.connect():
                    return in_vain
            except SQLAlchemyError:
                if not self._was_there or time.monotonic() + pause > until():
                    self._was_there = False
                    return None
            in_vain += 1
            time.sleep(pause)
            pause = min(_MAX_PAUSE, pause * 2)

    def _mark_available(self, *_connection: object) -> None:
        self._was_there = True


@event.listens_for(Engine, "handle_error")
def _note(context: ExceptionContext) -> None:
    # A connection that is found dead before its use is replaced, and no request is affected.
    trouble = _TROUBLE.get()
    if trouble is not None and not context.is_pre_ping and _is_loss(context):
        trouble.is_lost = True


def _is_loss(context: ExceptionContext) -> bool:
    state = getattr(context.original_exception, "sqlstate", None) or ""
    return context.is_disconnect or context.connection is None or state.startswith(_GONE)
