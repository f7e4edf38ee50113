"""The headers of every answer: what a page may load, and who may keep a copy of it."""

import secrets

from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
}

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


def init_app(app: Flask) -> None:
    """Add the headers to every answer; whatever does not say otherwise is never kept."""
    app.context_processor(lambda: {"nonce": nonce})
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_HTTPS_ONLY_S}"
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    if response.headers.get("Cache-Control", "no-cache") == "no-cache" and response.headers.get("ETag") is None:
        response.headers["Cache-Control"] = "private, no-store"
    return response
