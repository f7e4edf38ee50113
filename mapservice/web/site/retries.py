"""Processes a request again, from its beginning, if the database was lost during it. Nothing else retries.

This is safe for requests that only read or were not committed, for a form with an operation id, which has one effect
however often it is sent, and for a view marked as :func:`idempotent`.
"""

import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from sqlalchemy import Engine

from mapservice.db import outages, stall

View = TypeVar("View", bound=Callable[..., Any])
Environ = dict[str, Any]
WSGI = Callable[[Environ, Any], Iterable[bytes]]

#: Maximum seconds of a request with all its attempts: while the database restarts or cuts connections, and while it
#: does not answer at all.
TIMEOUT_S = 8.0
STALLED_TIMEOUT_S = 5.0

#: Maximum number of attempts if only a connection was lost, of which there may be many.
MAX_TRIES = 12

#: Maximum number of attempts if the whole database was lost: the request itself may be the cause.
MAX_OUTAGES = 2

_SAFE = {"GET", "HEAD", "OPTIONS"}
_REPEATABLE = "mapservice.is_repeatable"


def idempotent(view: View) -> View:
    """Mark a view that has the same effect and the same response however often its form is sent."""
    view.is_idempotent = True  # type: ignore[attr-defined]
    return view


def mark_repeatable() -> None:
    """Note that this request has one effect, however often it is sent."""
    request.environ[_REPEATABLE] = True


def init_app(app: Flask, engine: Any) -> None:
    """Retry requests of an app that has its own connections."""
    if isinstance(engine, Engine):
        app.before_request(_mark_idempotent)
        app.wsgi_app = Retries(app.wsgi_app, outages.OutageWaiter(engine))  # type: ignore[method-assign]


class Retries:
    """A WSGI service that repeats a request if its database was lost and is available again."""

    def __init__(self, service: WSGI, patience: outages.OutageWaiter) -> None:
        self._service = service
        self._patience = patience

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Respond to one request."""
        began = time.monotonic()
        body = environ.get("wsgi.input")
        with outages.recording() as trouble:
            outages_seen = 0
            for tries in range(1, MAX_TRIES + 1):
                trouble.is_lost = False
                request_again = {**environ}
                answer, parts = self._try(request_again)
                if tries == MAX_TRIES or not _may_repeat(request_again, answer[0], trouble) or not _rewind(body):
                    break
                in_vain = self._patience.wait(lambda: began + _timeout_s())
                outages_seen += bool(in_vain)
                if in_vain is None or outages_seen > MAX_OUTAGES or time.monotonic() > began + _timeout_s():
                    break
                _close(parts)
        start_response(*answer)
        return parts

    def _try(self, environ: Environ) -> tuple[tuple[Any, ...], Iterable[bytes]]:
        answer: list[tuple[Any, ...]] = []
        parts = self._service(environ, lambda *head: answer.append(head))
        return answer[-1], parts


def _timeout_s() -> float:
    return STALLED_TIMEOUT_S if stall.is_stalled() else TIMEOUT_S


def _may_repeat(environ: Environ, status: str, trouble: outages.Trouble) -> bool:
    if not trouble.is_lost:
        return False
    if environ["REQUEST_METHOD"] in _SAFE:
        # Even if the page did without: it may have treated a member as a stranger.
        return True
    return status.startswith("5") and (not trouble.may_have_written or environ.get(_REPEATABLE, False))


def _rewind(body: Any) -> bool:
    """Rewind the body of the request; return whether it can be read once more."""
    try:
        body.seek(0)
    except (AttributeError, OSError, ValueError):
        return body is None
    return True


def _close(parts: Iterable[bytes]) -> None:
    if hasattr(parts, "close"):
        parts.close()


def _mark_idempotent() -> None:
    if getattr(current_app.view_functions.get(request.endpoint or ""), "is_idempotent", False):
        mark_repeatable()
