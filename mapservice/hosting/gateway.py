"""Between web server and Flask: buffers requests of slow clients, and rejects requests under overload.

granian's own WSGI server uses a thread for everybody who is still sending a form: 500 clients that send one byte a
minute would block the service. Here a request is given a thread only once it has arrived completely, in the lane of its
kind. A file is sent from disk piece by piece, without a thread.
"""

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from mapservice.db import stall
from mapservice.hosting.lanes import (
    BROKEN,
    HEADERS,
    WSGI,
    Answer,
    Environ,
    File,
    Job,
    Lane,
    answer,
    environ,
    has_password,
)
from mapservice.hosting.last_answers import ResponseCache
from mapservice.web.accounts.passwords import PASSWORD_LANE
from mapservice.web.site.redirects import SHARED_FILES

if TYPE_CHECKING:
    from granian.rsgi import HTTPProtocol, Scope  # type: ignore[attr-defined]

__all__ = ["BROKEN", "BUSY", "CUT", "SLOW", "STALLED", "Gateway", "answer", "environ"]

THREADS = 8

# Maximum number of requests waiting for a thread, in each process; further responses would come too late.
MAX_QUEUE = 200

# Threads for what may write: few, so that many members who save or hide at the same moment keep no reader waiting. They
# share two cores with the readers, and would not be done earlier with more.
FORM_THREADS = 2
READING = {"GET", "HEAD", "OPTIONS"}

# Threads for static files, which need no database, and for forms with a password. The queue of the latter is limited to
# what can be hashed within a second or two.
STATIC_THREADS = 2
PASSWORD_THREADS = 4
PASSWORD_QUEUE = 4

# The same for members on known devices, each of which has one attempt at a time.
KNOWN_THREADS = 2
KNOWN_QUEUE = 16

# The quick exit waits for nothing, and needs no database.
LEAVE = "/leave"

# Seconds in which a request has to arrive completely.
TIMEOUT_S = 10.0

# Seconds after which a request is given up while the database does not answer, and in any case.
TIMEOUT_STALLED = 4.5
TIMEOUT = 60.0

# Maximum bytes of a request that are read; one more than Flask's MAX_CONTENT_LENGTH, which refuses it.
MAX_BYTES = 256 * 1024 + 1

# Seconds after which the web server has certainly opened a file.
OPENED_WITHIN = 30

# Maximum number of digits of a content length.
_MAX_DIGITS = 20

_BUSY = b"""Very many people are here at this moment. Nothing was changed.
Please go back, wait a few seconds and try again.
"""
_STALLED = b"""The service does not answer in time.
Please go back, wait a little and try again. If you were saving something, look first whether it is saved.
"""
BUSY: Answer = (503, [("retry-after", "5"), *HEADERS], _BUSY)
STALLED: Answer = (503, [("retry-after", "5"), *HEADERS], _STALLED)
SLOW: Answer = (408, [("connection", "close"), *HEADERS], b"")
CUT: Answer = (400, [("connection", "close"), *HEADERS], b"This did not arrive as a whole. Nothing was changed.\n")


class CutError(Exception):
    """A request ended before all of it had arrived, or does not say clearly where it ends."""


class Gateway:
    """Runs the requests of one process through a WSGI service in a few threads. Source: the RSGI specification 1.6."""

    def __init__(
        self,
        service: WSGI,
        threads: int = THREADS,
        is_stalled: Callable[[], bool] = stall.is_stalled,
        known_device: Callable[[str], str | None] = lambda _cookies: None,
    ) -> None:
        self.is_stalled = is_stalled
        self.fallback = ResponseCache()
        self.pages = Lane(service, "pages", threads, MAX_QUEUE)
        self.forms = Lane(service, "forms", FORM_THREADS, MAX_QUEUE)
        self.static = Lane(service, "static", STATIC_THREADS, MAX_QUEUE)
        self.passwords = Lane(service, PASSWORD_LANE, PASSWORD_THREADS, PASSWORD_QUEUE)
        self.known = Lane(service, PASSWORD_LANE, KNOWN_THREADS, KNOWN_QUEUE)
        self.known_device = known_device
        self.trying: set[str] = set()

    async def __rsgi__(self, scope: "Scope", protocol: "HTTPProtocol") -> None:
        """Respond to one request."""
        status, headers, body = await self._answer(scope, protocol)
        if isinstance(body, File):
            # The server reads it at the speed of the client. The file may no longer have a name, so it is opened by its
            # descriptor, which happens soon and outside of our threads.
            protocol.response_file(status, headers, f"/dev/fd/{body.file.fileno()}")
            asyncio.get_running_loop().call_later(OPENED_WITHIN, body.close)
        else:
            protocol.response_bytes(status, headers, body)

    async def _answer(self, scope: "Scope", protocol: "HTTPProtocol") -> Answer:
        try:
            async with asyncio.timeout(TIMEOUT_S):
                content = await read(scope, protocol)
        except TimeoutError:
            return SLOW
        except CutError:
            return CUT
        lane = self._lane(scope, content)
        if lane is not self.static and self.is_stalled() and (cached := self.fallback.find(scope)):
            return cached
        if lane is self.passwords and (device := self.known_device(scope.headers.get("cookie", ""))):
            result = await self._known(device, environ(scope, content))
        else:
            result = await self._in(lane, environ(scope, content))
        if result[0] == 503:
            return self.fallback.find(scope) or result
        if lane is self.pages:
            self.fallback.keep(scope, result)
        return result

    async def _known(self, device: str, request: Environ) -> Answer:
        """Respond to a known device, but not to several of its requests at the same time."""
        if device in self.trying:
            return await self._in(self.passwords, request)
        self.trying.add(device)
        try:
            return await self._in(self.known, request)
        finally:
            self.trying.discard(device)

    async def _in(self, lane: Lane, request: Environ) -> Answer:
        job = lane.submit(request)
        return BUSY if job is None else await self._wait(job)

    def _lane(self, scope: "Scope", content: bytes) -> Lane:
        if scope.path.startswith(SHARED_FILES) or scope.path == LEAVE:
            return self.static
        if has_password(content):
            return self.passwords
        return self.pages if scope.method in READING else self.forms

    async def _wait(self, job: Job) -> Answer:
        """Wait for the response, but not longer than for a database that does not answer."""
        started, timeout = time.monotonic(), TIMEOUT_STALLED
        while not (await asyncio.wait({job.future}, timeout=timeout))[0]:
            timeout = 0.25
            if self.is_stalled() or time.monotonic() - started > TIMEOUT:
                job.future.set_result(STALLED)
        return job.future.result()


async def read(scope: "Scope", protocol: "HTTPProtocol") -> bytes:
    """Return the body of a request; truncated if it is too large to be accepted anyway.

    :raise CutError: if it did not arrive completely.
    """
    length, is_chunked = _framing(scope)
    if not length and not is_chunked:
        return b""
    parts: list[bytes] = []
    read, ends = 0, 0
    async for part in protocol:
        parts.append(part)
        read += len(part)
        # granian yields an empty part at the end of the request, and an additional one if it was interrupted.
        ends += not part
        if read >= MAX_BYTES:
            return b"".join(parts)
    if read != length if not is_chunked else ends != 1:
        raise CutError
    return b"".join(parts)


def _framing(scope: "Scope") -> tuple[int, bool]:
    """Return the content length of a request, and whether it is chunked instead. Source: RFC 9112, 6.3."""
    encoding, length = scope.headers.get("transfer-encoding"), scope.headers.get("content-length")
    if encoding is not None:
        # A request with both, or with another encoding, may be ambiguous (request smuggling).
        if length is not None or encoding.strip().lower() != "chunked":
            raise CutError
        return 0, True
    # Python refuses to parse a number of thousands of digits.
    if length is not None and not (length.isascii() and length.isdigit() and len(length) <= _MAX_DIGITS):
        raise CutError
    return int(length or 0), False
