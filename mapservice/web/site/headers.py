"""The headers of every response: what a page may load, and who may cache it."""

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request

from mapservice.current import current_config
from mapservice.web.site.redirects import is_api

View = TypeVar("View", bound=Callable[..., Any])

_POLICY = (
    "default-src 'none'; script-src 'self'{nonce}{scripts}; style-src 'self'{nonce}; "
    "img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors {ancestors}"
)

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "X-Frame-Options": "DENY",
}

#: Headers of a refusal in plain text that no page renders.
OF_REFUSAL = _ALWAYS | {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}

# For embedded pages, including those in cross-origin isolated sites; they have no access to geolocation.
_FRAMED = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Permissions-Policy": _ALWAYS["Permissions-Policy"].replace("geolocation=(self)", "geolocation=()"),
}

# For public data that scripts of other sites may read: it contains no person, and is requested without cookies.
_FOR_EVERYBODY = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_BEFORE_ASKING = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "*"}

# Two years. Other subdomains of the operator are not included.
_HTTPS_ONLY_S = 63_072_000


def nonce() -> str:
    """Return the nonce of this response for inline scripts and styles."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def need_no_nonce() -> None:
    """Name no nonce in the policy of this response, if the page has not used one."""
    g.needs_no_nonce = True


def allow_script(script_hash: str) -> None:
    """Allow an inline script of this response by its hash, as a page needs that is the same every time.

    ``script_hash`` is a source expression: "sha256-…".
    """
    g.setdefault("script_hashes", {})[script_hash] = None


def allowed_scripts() -> tuple[str, ...]:
    """Return the hashes of the inline scripts that this response allows."""
    return tuple(g.get("script_hashes", ()))


def cache_for(response: Response, *, seconds: int, immutable: bool = False) -> Response:
    """Make a response without personal data publicly cacheable."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}" + (", immutable" if immutable else "")
    return response


def embeddable(view: View) -> View:
    """Mark a view that other sites may embed: it is the same for everybody and has no session."""
    view.is_framed = True  # type: ignore[attr-defined]
    return view


def is_embedded() -> bool:
    """Return whether the request is for an embeddable view, whose pages and error pages have no navigation."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "is_framed", False)


def init_app(app: Flask) -> None:
    """Add the headers to every response; by default it is never cached."""
    app.context_processor(lambda: {"nonce": nonce})
    app.after_request(_add)


def _add(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    if is_api():
        response.headers.update(_FOR_EVERYBODY | (_BEFORE_ASKING if request.method == "OPTIONS" else {}))
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = f"max-age={_HTTPS_ONLY_S}"
    ancestors = _let_in(response) if is_embedded() else ""
    scripts = "".join(f" '{script_hash}'" for script_hash in allowed_scripts())
    response.headers["Content-Security-Policy"] = _POLICY.format(
        nonce=_nonce_source(), scripts=scripts, ancestors=ancestors or "'none'"
    )
    if response.headers.get("Cache-Control", "no-cache") == "no-cache" and response.headers.get("ETag") is None:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _nonce_source() -> str:
    return "" if g.get("needs_no_nonce") and "nonce" not in g else f" 'nonce-{nonce()}'"


def _let_in(response: Response) -> str:
    """Return the sites that may embed this response; X-Frame-Options cannot name any."""
    config = current_config()
    if config.framed_by:
        del response.headers["X-Frame-Options"]
        response.headers.update(_FRAMED)
    return config.framed_by
