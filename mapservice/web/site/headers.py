"""The headers of every answer: what a page may load, and who may keep a copy of it."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from mapservice.current import current_config
from mapservice.web.site.redirects import is_interface

View = TypeVar("View", bound=Callable[..., Any])

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors {ancestors}"
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
}

#: Those of a refusal in plain text that no page has made.
OF_REFUSAL = _ALWAYS | {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

# For a page inside the page of another site, also where that one isolates itself; it has no use for a place.
_FRAMED = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": _ALWAYS["Permissions-Policy"].replace("geolocation=(self)", "geolocation=()"),
}

# What programs on pages of others may read: it holds no person, and a browser sends no cookie along.
_FOR_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_BEFORE_ASKING = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "*"}

# Two years. Other names below the operator's are not ours to decide about.
_HTTPS_ONLY_S = 63_072_000


def nonce() -> str:
    """The nonce of this answer, that every inline script and style of the page carries."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def keep(response: Response, *, seconds: int, immutable: bool = False) -> Response:
    """Let anybody keep a copy of an answer that holds no person."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}" + (", immutable" if immutable else "")
    return response


def framed(view: View) -> View:
    """A view that other sites may show inside their pages: the same for everybody, and it asks nobody who they are."""
    view.is_framed = True  # type: ignore[attr-defined]
    return view


def is_framed() -> bool:
    """Whether this request is for such a view, and so its answer a page without navigation, be it an error."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_framed", False)


def init_app(app: Flask) -> None:
    """Add the headers to every answer; whatever does not say otherwise is never kept."""
    app.context_processor(lambda: {"nonce": nonce})
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    if is_interface():
        response.headers.update(_FOR_EVERYBODY | (_BEFORE_ASKING if request.method == "OPTIONS" else {}))
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_HTTPS_ONLY_S}"
    ancestors = _let_in(response) if is_framed() else ""
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce(), ancestors=ancestors or "'none'")
    if response.headers.get("Cache-Control", "no-cache") == "no-cache" and response.headers.get("ETag") is None:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _let_in(response: Response) -> str:
    """The sites that may show this answer inside their pages, if any; X-Frame-Options can name none of them."""
    config = current_config()
    if config.framed_by:
        del response.headers["X-Frame-Options"]
        response.headers.update(_FRAMED)
    return config.framed_by
