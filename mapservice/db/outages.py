"""A database that goes away under a request: who noticed it, and whether to wait until it is back.

When one of its processes is killed, PostgreSQL ends all the others and is back a second later. Nobody has to see that:
``web/site/retries.py`` waits here and then answers the request again, from its beginning.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import SQLAlchemyError

# Seconds between two looks whether it is back: at first, and at most.
_MIN_PAUSE = 0.02
_MAX_PAUSE = 0.2

# Connections that could not be used because the server ends or starts. Source: PostgreSQL, appendix A.
_GONE = ("57P01", "57P02", "57P03", "08")


@dataclass(slots=True)
class Trouble:
    """What one request met.

    ``is_lost``: the database went away in this try. ``may_have_written``: in this or an earlier try a commit was sent.
    The second is never taken back: a commit without an answer may have happened.
    """

    is_lost: bool = False
    may_have_written: bool = False


_TROUBLE: ContextVar[Trouble | None] = ContextVar("trouble", default=None)


@contextmanager
def noticed() -> Iterator[Trouble]:
    """Note what happens to the database in this block."""
    trouble = Trouble()
    token = _TROUBLE.set(trouble)
    try:
        yield trouble
    finally:
        _TROUBLE.reset(token)


def current() -> Trouble:
    """What this request met so far."""
    return _TROUBLE.get() or Trouble()


class Patience:
    """Waits for the database of an engine, as long as that has a point.

    Nobody waits for a database that was never there, and after one wait in vain nobody does until it is back.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._was_there = False
        event.listen(engine, "connect", self._found)

    def wait(self, until: Callable[[], float]) -> int | None:
        """How many looks were in vain before the database answered; None if it does not until then.

        ``until`` says by which moment of ``time.monotonic``, as things are by now.
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

    def _found(self, *_connection: object) -> None:
        self._was_there = True


@event.listens_for(Engine, "handle_error")
def _note(context: ExceptionContext) -> None:
    # A connection that is found dead before it is used is replaced, and nobody notices.
    trouble = _TROUBLE.get()
    if trouble is not None and not context.is_pre_ping and _is_loss(context):
        trouble.is_lost = True


def _is_loss(context: ExceptionContext) -> bool:
    state = getattr(context.original_exception, "sqlstate", None) or ""
    return context.is_disconnect or context.connection is None or state.startswith(_GONE)
