"""Lanes: groups of threads for requests, so that slow requests in one cannot delay those in another."""

import asyncio
import io
import os
import queue
import string
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

import structlog

from mapservice import logs
from mapservice.web.accounts.passwords import LANE

if TYPE_CHECKING:
    from granian.rsgi import Scope

log = structlog.get_logger()
logs.declare("unexpected")

# Bytes of a file read at a time if the web server does not send it itself.
PIECE = 256 * 1024

# Maximum bytes of a file that is sent from memory, such as the assets of pages.
SMALL = 512 * 1024


class File:
    """A file as the body of a response: what ``wsgi.file_wrapper`` returns. Source: PEP 3333."""

    def __init__(self, file: IO[bytes], _size: int = PIECE) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(PIECE), b"")

    def close(self) -> None:
        """Close the file."""
        self.file.close()


Answer = tuple[int, list[tuple[str, str]], bytes | File]
Environ = dict[str, Any]
WSGI = Callable[[Environ, Any], Iterable[bytes]]

# Headers of responses that no page renders. Source: web/site/headers.py, of which plain text needs a part only.
HEADERS = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "private, no-store"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
]

BROKEN: Answer = (500, HEADERS, b"Something went wrong on our side; please try again.\n")


@dataclass
class Job:
    """A request in a lane."""

    future: "asyncio.Future[Answer]"
    request: Environ

    def settle(self, result: Answer) -> None:
        """Set the response; called in the thread of the future."""
        # The client may have disconnected.
        if not self.future.done():
            self.future.set_result(result)
        elif isinstance(result[2], File):
            result[2].close()


class Lane:
    """A few threads with a bounded queue."""

    def __init__(self, service: WSGI, name: str, threads: int, max_queue: int) -> None:
        self.service, self.name, self.max_queue = service, name, max_queue
        self.jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        for _ in range(threads):
            threading.Thread(target=self._work, name=f"lane-{name}", daemon=True).start()

    def submit(self, request: Environ) -> Job | None:
        """Put a request into the queue; None if it is full. Called in the thread of the running event loop."""
        if self.jobs.qsize() >= self.max_queue:
            return None
        job = Job(asyncio.get_running_loop().create_future(), {**request, LANE: self.name})
        self.jobs.put(job)
        return job

    def _work(self) -> None:
        while True:
            job = self.jobs.get()
            # A request that was answered with "try again later" must not be processed.
            if not job.future.done():
                job.future.get_loop().call_soon_threadsafe(job.settle, answer(self.service, job.request))


def has_password(content: bytes) -> bool:
    """Return whether a form has a password field, by the names of our password fields."""
    return b"password" in (unquote_to_bytes(content) if b"%" in content else content).lower()


def environ(scope: "Scope", content: bytes) -> Environ:
    """Return the WSGI environment of a request. Source: PEP 3333."""
    host, _, port = scope.server.rpartition(":")
    result: Environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": quote(scope.query_string, safe=string.punctuation),
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": File,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_headers(scope),
    }
    if content and "CONTENT_LENGTH" not in result:
        result["CONTENT_LENGTH"] = str(len(content))
    return result


def _headers(scope: "Scope") -> dict[str, str]:
    """Return the headers of a request by their names in the WSGI environment."""
    result: dict[str, str] = {}
    for name, value in scope.headers.items():
        # X_Forwarded_For would become the same key as X-Forwarded-For, which only the proxy may set. The chunks of a
        # request have been joined.
        if "_" in name or name == "transfer-encoding":
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        result[key] = f"{result[key]}{joint}{value}" if key in result else value
    return result


def answer(service: WSGI, request: Environ) -> Answer:
    """Return the response of a WSGI service: its complete body, or the file."""
    head: list[Any] = [500, []]

    def start_response(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        head[:] = [int(status[:3]), [(name.lower(), value) for name, value in headers]]

    try:
        parts = service(request, start_response)
        if isinstance(parts, File):
            return head[0], head[1], _in_memory(parts)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
    except Exception as problem:
        log.error("unexpected", error=type(problem).__name__)
        return BROKEN
    return head[0], head[1], body


def _in_memory(body: File) -> bytes | File:
    """Read a small file into memory: thousands of open files would be too many."""
    if os.fstat(body.file.fileno()).st_size > SMALL:
        return body
    with closing(body):
        return b"".join(body)
