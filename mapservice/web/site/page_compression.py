"""Compression of pages and JSON on the fly, where nobody but the reader can have chosen what a request says.

The length of a compressed page can reveal a secret in it to an attacker who makes a member's browser ask for the page
again and again, each time with another guess in the address (BREACH). A browser says of each request whether a page of
another site caused it. Those requests, and those of browsers that do not say, get their pages uncompressed if they have
a cookie. Without a cookie there is nobody's secret in a page.
"""

import gzip

from flask import Flask, Response, request

from mapservice.web.site.content_encoding import accepted_encoding, mark_encoding

# The media types of our pages and data; files of other kinds are compressed already, or sent as they are.
_KINDS = {"text/html", "text/plain", "application/json", "application/geo+json", "application/problem+json"}

# Below so many bytes a response is one packet in any case.
_MIN_BYTES = 1_000

# From 1 to 9: beyond 5 it costs twice the time for a few bytes.
_LEVEL = 5


def init_app(app: Flask) -> None:
    """Compress responses after everything else was done to them: the first registered function runs last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_compressible(response):
        return response
    encoding = accepted_encoding("gzip") if is_chosen_by_reader() else None
    mark_encoding(response, encoding)
    if encoding:
        response.set_data(gzip.compress(response.get_data(), _LEVEL, mtime=0))
        mark, _is_weak = response.get_etag()
        if mark:
            # The same content in other bytes.
            response.set_etag(mark, weak=True)
    return response


def _is_compressible(response: Response) -> bool:
    return (
        response.mimetype in _KINDS
        and not response.content_encoding
        and not response.is_streamed
        and not response.direct_passthrough
        and (response.content_length or 0) >= _MIN_BYTES
    )


def is_chosen_by_reader() -> bool:
    """Return whether the request has no cookie, or the browser says that no page of another site caused it.

    For this a browser counts every redirect on the way, and scripts cannot set the header. Source: Fetch Metadata.
    """
    return "Cookie" not in request.headers or request.headers.get("Sec-Fetch-Site") in {"same-origin", "none"}
