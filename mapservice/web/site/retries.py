"""Answers a request again, from its beginning, when the database went away under it. The one place that does.

Repeating is safe for what only reads, for what was not committed, for a form with an operation id, which happens once
however often it is sent, and for a view that is marked as :func:`idempotent`.
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

#: Seconds that a request takes at most, all its tries together, before it gives up on the database: while that comes
#: back or cuts connections, and while it answers nothing, as a frozen one does.
TIMEOUT_S = 8.0
STALLED_TIMEOUT_S = 5.0

#: Tries at most where only a connection was lost, of which there may be many.
MAX_TRIES = 12

#: Tries at most where the whole database was: a request that makes it end is not to do so again and again.
MAX_OUTAGES = 2

_SAFE = {"GET", "HEAD", "OPTIONS"}
_REPEATABLE = "mapservice.is_repeatable"


def idempotent(view: View) -> View:
    """A view that leaves the same behind and answers the same, however often its form is sent."""
    view.is_idempotent = True  # type: ignore[attr-defined]
    return view


def mark_repeatable() -> None:
    """Note that this request happens once, however often it is sent."""
    request.environ[_REPEATABLE] = True


def init_app(app: Flask, engine: Any) -> None:
    """Repeat requests of an app that has connections of its own."""
    if isinstance(engine, Engine):
        app.before_request(_mark_idempotent)
        app.wsgi_app = Retries(app.wsgi_app, outages.Patience(engine))  # type: ignore[method-assign]


class Retries:
    """A WSGI service that is asked again when its database was lost and is back."""

    def __init__(self, service: WSGI, patience: outages.Patience) -> None:
        self._service = service
        self._patience = patience

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        began = time.monotonic()
        body = environ.get("wsgi.input")
        with outages.noticed() as trouble:
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
        # Also where the page did without: it may have taken a member for a stranger.
        return True
    return status.startswith("5") and (not trouble.may_have_written or environ.get(_REPEATABLE, False))


def _rewind(body: Any) -> bool:
    """Whether what the request carries can be read once more."""
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
