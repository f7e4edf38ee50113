"""Pages that are the same for everybody without a cookie: rendered once for each URL, language and version.

A request with a cookie neither gets such a page nor makes one, and a page that begins a session is not kept. So there
is nobody whom a kept page could be about. The answer with such a page is kept too (kept_answers.py).
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, current_app, make_response, request, session
from sqlalchemy import Connection
from werkzeug.http import quote_etag

from mapservice.db import single_statement
from mapservice.web.site import headers, kept_answers, rate_limits
from mapservice.web.site.content_encoding import accepted_encoding
from mapservice.web.site.recently_used import RecentlyUsed

# The same for every page, and each set once: werkzeug reads a header again for every change.
_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept-Encoding, Cookie, Accept-Language"}

# Maximum bytes of all pages that a process keeps.
_MAX_BYTES = 16 * 1024 * 1024

_PAGES = "shared_pages"


@dataclass(frozen=True, slots=True)
class SharedPage:
    """A rendered page, plain and compressed, its ETag, and the hashes of its inline scripts."""

    body: bytes
    packed: bytes
    etag: str
    script_hashes: tuple[str, ...]


def init_app(app: Flask) -> None:
    """Keep the pages of this app in the memory of its process."""
    app.extensions[_PAGES] = RecentlyUsed[SharedPage](_MAX_BYTES, size=lambda page: len(page.body) + len(page.packed))


def shared_page(version: Callable[[Connection], str], render: Callable[[], str]) -> Response:
    """Return a public page, for visitors without a cookie from memory and with an ETag.

    ``version`` reads, in one statement, a text that changes with everything that the page shows, besides its URL and
    its language. A page from memory waits for nothing else, and is not counted: counting would cost more than the page.
    """
    key = kept_answers.visitor_key(request.environ)
    if key is None:
        rate_limits.consume_page()
        return make_response(render())
    kept_answers.raise_problem()
    with single_statement(current_app.extensions["engine"]) as connection:
        current = version(connection)
    pages: RecentlyUsed[SharedPage] = current_app.extensions[_PAGES]
    page = pages.get((*key, current))
    if page is None:
        rate_limits.consume_page()
        body = render().encode()
        if session.modified:
            return make_response(body)
        packed = gzip.compress(body, 9, mtime=0)
        page = SharedPage(body, packed, hashlib.sha256(body).hexdigest()[:32], headers.allowed_scripts())
        pages.put((*key, current), page)
    for script_hash in page.script_hashes:
        headers.allow_script(script_hash)
    headers.need_no_nonce()
    kept_answers.offer(current, version)
    return _conditional(page)


def _conditional(page: SharedPage) -> Response:
    """Return a page that browsers keep and ask for again each time: 304 if it has not changed."""
    encoding = accepted_encoding("gzip")
    own = dict(_HEADERS, ETag=quote_etag(f"{page.etag}-{encoding}" if encoding else page.etag))
    if encoding:
        own["Content-Encoding"] = encoding
    response = Response(page.packed if encoding else page.body, headers=own)
    if request.if_none_match or request.if_match:
        response.make_conditional(request)
    return response
