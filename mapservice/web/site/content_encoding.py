"""Content encodings: which one a browser can read, and what a response in one says of itself."""

from flask import Response, request


def accepted_encoding(*offered: str) -> str | None:
    """Return the first encoding of ``offered`` that the browser can read, or None for plain content.

    Only for content that is the same for everybody and has nothing secret in it: its length could reveal it (BREACH).
    """
    return next((encoding for encoding in offered if request.accept_encodings.quality(encoding) > 0), None)


def mark_encoding(response: Response, encoding: str | None) -> Response:
    """Say in a response how its content is encoded, and that another browser may get it in another encoding."""
    response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    return response
