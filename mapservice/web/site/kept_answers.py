"""Whole answers to visitors without a cookie, kept in memory and given again before Flask does anything.

A view offers its answer with :func:`offer`. It is kept as it was sent, with all its headers, and given again for as
long as its version, which is read from the database for each request, is the same. Everything else goes on to Flask.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Flask, request
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Headers
from werkzeug.http import is_resource_modified, remove_entity_headers

from mapservice.db import single_statement, stall
from mapservice.errors import MapServiceError
from mapservice.web.site.content_encoding import can_read
from mapservice.web.site.languages import visitor_language
from mapservice.web.site.recently_used import RecentlyUsed

Environ = dict[str, Any]
WSGI = Callable[[Environ, Any], Iterable[bytes]]
Header = list[tuple[str, str]]

# Maximum bytes of all answers that a process keeps.
_MAX_BYTES = 16 * 1024 * 1024

# Keys of the WSGI environment: what a view offers, and why the version could not be read.
_OFFER, _PROBLEM = "mapservice.offered_answer", "mapservice.version_problem"


@dataclass(frozen=True, slots=True)
class Offer:
    """The version of an answer, and how to read the present one, in one statement."""

    version: str
    read_version: Callable[[Connection], str]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it was sent, and the headers with which it is confirmed."""

    offer: Offer
    headers: Header
    body: bytes
    etag: str
    confirming: Header


def init_app(app: Flask, engine: Engine | Connection) -> None:
    """Keep the answers of this app in the memory of its process."""
    app.wsgi_app = KeptAnswers(app.wsgi_app, engine)  # type: ignore[method-assign]


def visitor_key(environ: Environ) -> tuple[str, ...] | None:
    """Return what an answer to a visitor depends on besides its version; None if it depends on more than that."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or "HTTP_COOKIE" in environ or environ.get("QUERY_STRING"):
        return None
    path = environ.get("PATH_INFO", "")
    language = visitor_language(path, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return (environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", ""), path, language)


def offer(version: str, read_version: Callable[[Connection], str]) -> None:
    """Let the answer to this request be given to other visitors too, for as long as it has this version."""
    request.environ[_OFFER] = Offer(version, read_version)


def raise_problem() -> None:
    """Raise the error with which the version could not be read for this request, if it was tried: once is enough."""
    problem: SQLAlchemyError | None = request.environ.get(_PROBLEM)
    if problem is not None:
        raise problem


class KeptAnswers:
    """A WSGI service that gives kept answers again, and asks another service for all others."""

    def __init__(self, service: WSGI, engine: Engine | Connection) -> None:
        self._service, self._engine = service, engine
        self._kept = RecentlyUsed[KeptAnswer](_MAX_BYTES, size=lambda answer: len(answer.body))

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Respond to one request."""
        key = visitor_key(environ)
        if key is None or _says_more(environ):
            return self._service(environ, start_response)
        key = (*key, "gzip" if can_read(environ.get("HTTP_ACCEPT_ENCODING", ""), "gzip") else "")
        answer = self._kept.get(key)
        if answer is not None and self._is_current(answer.offer, environ):
            return _again(answer, environ, start_response)
        return self._ask(key, environ, start_response)

    def _is_current(self, offered: Offer, environ: Environ) -> bool:
        stall.reset()
        try:
            with single_statement(self._engine) as connection:
                return offered.read_version(connection) == offered.version
        except SQLAlchemyError as problem:
            environ[_PROBLEM] = problem
        except MapServiceError:
            pass  # what it is about is gone
        return False

    def _ask(self, key: tuple[str, ...], environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Ask the service; keep its answer if its view offers it."""
        head: list[Any] = []

        def note(status: str, headers: Header, *error: Any) -> Any:
            head[:] = [status, headers]
            return start_response(status, headers, *error)

        parts = self._service(environ, note)
        offered: Offer | None = environ.get(_OFFER)
        if offered is None or not head[0].startswith("200 "):
            return parts
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        headers = Headers(head[1])
        if "Set-Cookie" not in headers and "ETag" in headers:
            self._kept.put(key, KeptAnswer(offered, list(headers), body, headers["ETag"], _confirming(headers)))
        return [body]


def _says_more(environ: Environ) -> bool:
    """Return whether a request is more than the plain wish for a page, so that Flask has to look at it."""
    has_body = environ.get("CONTENT_LENGTH", "0") not in {"", "0"}
    return environ["REQUEST_METHOD"] != "GET" or "HTTP_IF_MATCH" in environ or has_body


def _again(answer: KeptAnswer, environ: Environ, start_response: Any) -> Iterable[bytes]:
    """Give an answer again, or confirm the browser's copy of it."""
    marks = environ.get("HTTP_IF_NONE_MATCH")
    if marks is not None and (marks == answer.etag or not is_resource_modified(environ, answer.etag)):
        start_response("304 NOT MODIFIED", answer.confirming)
        return []
    start_response("200 OK", answer.headers)
    return [answer.body]


def _confirming(headers: Headers) -> Header:
    kept = Headers(headers)
    remove_entity_headers(kept)
    return list(kept)
