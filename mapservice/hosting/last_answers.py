"""The last good public responses, for the minutes in which the database does not answer."""

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from mapservice.hosting.lanes import Answer

if TYPE_CHECKING:
    from granian.rsgi import Scope

# Seconds for which a response can be reused.
MAX_AGE_S = 15 * 60

# Maximum bytes kept in each process, and of one response.
MAX_BYTES = 24 * 1024 * 1024
MAX_ANSWER_BYTES = 256 * 1024

# The request headers on which our responses may depend, beside the URL and the visitor.
_HEADERS = ("host", "accept", "accept-encoding", "accept-language", "x-forwarded-host", "x-forwarded-proto")

Key = tuple[str, ...]


class ResponseCache:
    """Caches responses to visitors without a cookie, and publicly cacheable ones; no page with a form is among them."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, tuple[float, Answer]] = OrderedDict()
        self._bytes = 0

    def keep(self, scope: "Scope", answer: Answer) -> None:
        """Keep a response if it is the same for everybody."""
        key, (status, headers, body) = cache_key(scope), answer
        if key is None or status != 200 or not isinstance(body, bytes) or len(body) > MAX_ANSWER_BYTES:
            return
        named = dict(headers)
        is_public = named.get("cache-control", "").startswith("public")
        if "set-cookie" in named or ("cookie" in scope.headers and not is_public):
            return
        self._drop(key)
        self._kept[key] = (time.monotonic(), answer)
        self._bytes += len(body)
        while self._bytes > MAX_BYTES:
            self._drop(next(iter(self._kept)))

    def find(self, scope: "Scope") -> Answer | None:
        """Return a recent response, or None."""
        key = cache_key(scope)
        at, answer = self._kept.get(key, (0.0, None)) if key is not None else (0.0, None)
        if answer is None or time.monotonic() - at > MAX_AGE_S:
            return None
        is_public = dict(answer[1]).get("cache-control", "").startswith("public")
        return answer if is_public or "cookie" not in scope.headers else None

    def _drop(self, key: Key) -> None:
        _, (_status, _headers, body) = self._kept.pop(key, (0.0, (0, [], b"")))
        self._bytes -= len(body) if isinstance(body, bytes) else 0


def cache_key(scope: "Scope") -> Key | None:
    """Return the cache key of a request; None for requests that are never served from memory."""
    if scope.method != "GET" or "range" in scope.headers or "authorization" in scope.headers:
        return None
    headers = tuple(str(scope.headers.get(name, "")) for name in _HEADERS)
    return (scope.path, scope.query_string, scope.scheme, *headers)
