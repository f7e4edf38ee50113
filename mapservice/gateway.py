"""Between the web server and Flask: waits for slow visitors where that costs nothing, and turns away what is too much.

granian's own WSGI gives a thread to everybody who is still sending a form: 500 people who send one byte a minute are
enough to close the service. Here a request gets one of the few threads once it has arrived as a whole. A file is sent
from the disk piece by piece, without a thread.
"""

import asyncio
import io
import os
import queue
import string
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

import structlog

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope

log = structlog.get_logger()

THREADS = 8

# Requests that may wait for a thread, in each process; the answer would come too late for those behind them.
LONGEST_QUEUE = 200

# Seconds in which a request has to arrive as a whole.
PATIENCE = 10.0

# Bytes of a request that are read at all; Flask's MAX_CONTENT_LENGTH refuses anything larger than one less.
MOST_BYTES = 256 * 1024 + 1

# Bytes of a file that are read at a time where the web server does not send it itself.
PIECE = 256 * 1024

# Bytes up to which a file is sent from memory, as all that pages are made of is.
SMALL = 512 * 1024

# Seconds after which the web server has opened a file for certain.
OPENED_WITHIN = 30


class File:
    """A file as the body of an answer: what ``wsgi.file_wrapper`` makes. Source: PEP 3333."""

    def __init__(self, file: IO[bytes], _size: int = PIECE) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.file.read(PIECE), b"")

    def close(self) -> None:
        """Let go of the file."""
        self.file.close()


Answer = tuple[int, list[tuple[str, str]], bytes | File]
Environ = dict[str, Any]
WSGI = Callable[[Environ, Any], Iterable[bytes]]

# What every answer carries that no page has made. Source: web/headers.py, which a page of text needs less of.
_HEADERS = [
    ("content-type", "text/plain; charset=utf-8"),
    ("cache-control", "private, no-store"),
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
]

BUSY: Answer = (503, [("retry-after", "5"), *_HEADERS], b"Too many visitors at once; try again.\n")
SLOW: Answer = (408, [("connection", "close"), *_HEADERS], b"")
BROKEN: Answer = (500, _HEADERS, b"Something went wrong on our side; please try again.\n")


class Gateway:
    """Answers the requests of one process by a WSGI service in a few threads. Source: the RSGI specification 1.6."""

    def __init__(self, service: WSGI, threads: int = THREADS) -> None:
        self.service = service
        self.waiting: queue.SimpleQueue[tuple[asyncio.Future[Answer], Environ]] = queue.SimpleQueue()
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Answer one request."""
        status, headers, body = await self._answer(scope, protocol)
        if isinstance(body, File):
            # The server reads it as fast as the visitor takes it. The file may have no name any more, so it is opened
            # by its number, which happens at once and in the server's own time.
            protocol.response_file(status, headers, f"/dev/fd/{body.file.fileno()}")
            asyncio.get_running_loop().call_later(OPENED_WITHIN, body.close)
        else:
            protocol.response_bytes(status, headers, body)

    async def _answer(self, scope: "Scope", protocol: "HTTPProtocol") -> Answer:
        content = b""
        if scope.headers.get("content-length", "0") != "0" or "transfer-encoding" in scope.headers:
            try:
                async with asyncio.timeout(PATIENCE):
                    content = await read(protocol)
            except TimeoutError:
                return SLOW
        if self.waiting.qsize() >= LONGEST_QUEUE:
            return BUSY
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.waiting.put((future, environ(scope, content)))
        return await future

    def _work(self) -> None:
        while True:
            future, request = self.waiting.get()
            future.get_loop().call_soon_threadsafe(_settle, future, answer(self.service, request))


async def read(protocol: "HTTPProtocol") -> bytes:
    """What a request carries; cut off where it is too large to be accepted anyway."""
    parts: list[bytes] = []
    length = 0
    async for part in protocol:
        parts.append(part)
        length += len(part)
        if length >= MOST_BYTES:
            break
    return b"".join(parts)


def environ(scope: "Scope", content: bytes) -> Environ:
    """A request as WSGI describes it. Source: PEP 3333."""
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
    }
    for name, value in scope.headers.items():
        # X_Forwarded_For would pass for X-Forwarded-For, which our proxy does not know it should replace. The pieces
        # of a chunked request are one by now.
        if "_" in name or name == "transfer-encoding":
            continue
        key = name.upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        joint = "; " if key == "HTTP_COOKIE" else ","
        result[key] = f"{result[key]}{joint}{value}" if key in result else value
    if content and "CONTENT_LENGTH" not in result:
        result["CONTENT_LENGTH"] = str(len(content))
    return result


def answer(service: WSGI, request: Environ) -> Answer:
    """What a WSGI service answers: as a whole, or the file that it hands out."""
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
    """All of a small file: thousands of them, each open until the web server has opened it, would be too many."""
    if os.fstat(body.file.fileno()).st_size > SMALL:
        return body
    with closing(body):
        return b"".join(body)


def _settle(future: "asyncio.Future[Answer]", result: Answer) -> None:
    # A visitor who left does not wait for the answer any more.
    if not future.done():
        future.set_result(result)
    elif isinstance(result[2], File):
        result[2].close()
