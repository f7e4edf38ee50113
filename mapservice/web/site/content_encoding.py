"""Content encodings: which one a browser can read, and what a response in one says of itself."""

import functools

from flask import Response, request
from werkzeug.http import parse_accept_header


def accepted_encoding(*offered: str) -> str | None:
    """Return the first encoding of ``offered`` that the browser can read, or None for plain content.

    Only for content that is the same for everybody and has nothing secret in it: its length could reveal it (BREACH).
    """
    header = request.headers.get("Accept-Encoding", "")
    return next((encoding for encoding in offered if can_read(header, encoding)), None)


@functools.lru_cache(maxsize=256)
def can_read(header: str, encoding: str) -> bool:
    """Return whether a browser can read an encoding, by its header Accept-Encoding."""
    return parse_accept_header(header).quality(encoding) > 0


def mark_encoding(response: Response, encoding: str | None) -> Response:
    """Say in a response how its content is encoded, and that another browser may get it in another encoding."""
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    return response
