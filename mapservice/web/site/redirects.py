"""Where a visitor comes from and may go on to, and the answer to who has to sign in first."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from mapservice.current import current_config
from mapservice.text.idn import ascii_origin

# Pages from which somebody who signs in goes on to the page before them.
_ABOUT_SIGNING_IN = frozenset({"accounts", "sign_up", "email_change"})

# What public pages read of their address; others like to hang something more on it.
_KEPT_QUERIES = ("q", "letter", "page")

# What names a zone or a country in an address: it goes no further than the page that reads it.
_OF_A_PLACE = frozenset({"in", "country"})

#: What a condition can be called in an address.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def local_path(text: str | None) -> str | None:
    r"""A path of our own to go on to, or None for anything that could lead elsewhere.

    >>> local_path("/me/place?zone=1"), local_path("//evil.example"), local_path("/\\evil.example")
    ('/me/place?zone=1', None, None)
    """
    if not text or not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or any(ord(each) < 33 or ord(each) == 127 for each in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if not parts.scheme and not parts.netloc else None


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, in ASCII; empty if it cannot be read.

    >>> origin_of("https://a.example:1/b"), origin_of("https://ä.example"), origin_of("http://[")
    ('https://a.example:1', 'https://xn--4ca.example', '')
    """
    return ascii_origin(url)


def own_origin() -> str:
    """The address, without a path, that this request came under. Werkzeug's own would have it in Unicode."""
    return f"{request.scheme}://{request.host}"


def wants_json() -> bool:
    """Whether a script asked, not a person."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def is_interface() -> bool:
    """Whether a program of others asks: those addresses know no visitor, read no cookie and answer no pages."""
    return request.path.startswith(("/api/", "/ogc/")) or request.path == "/ogc"


def base() -> str:
    """The address of the service without a path: the one that is set, else the one that it was asked under."""
    config = current_config()
    return config.address if config.public_url else own_origin()


def here() -> str:
    """Where to come back to: this page, or for a form the page that it stands on."""
    if request.method in {"GET", "HEAD"}:
        kept = [(name, text) for name, text in request.args.items(multi=True) if name not in _OF_A_PLACE]
        return f"{request.path}?{urlencode(kept)}" if kept else request.path
    referrer = request.referrer or ""
    path = local_path(urlsplit(referrer).path) if origin_of(referrer) == own_origin() else None
    # An answer to a form stands under an address that cannot be opened; the page above it can.
    while path and not _is_page(path):
        path = path.rstrip("/").rpartition("/")[0]
    return path or "/"


def condition_at(path: str | None) -> str | None:
    """The slug of the condition to whose pages a path belongs, or None; never what no condition can be called."""
    found = _match(urlsplit(local_path(path) or "").path)
    slug = str(found["slug"]) if found and "slug" in found else ""
    return slug if SLUG.fullmatch(slug) else None


def way_back() -> str | None:
    """Where somebody comes back to who signs in from this page: the page itself, unless it is about signing in."""
    if request.method != "GET" or request.endpoint is None or request.blueprint in _ABOUT_SIGNING_IN:
        return local_path(request.args.get("next"))
    kept = {name: request.args[name] for name in _KEPT_QUERIES if name in request.args}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def to_sign_in() -> Any:
    """Ask somebody to sign in, from where they come back."""
    if wants_json():
        return {"error": "sign_in"}, 401
    flash(_("Please sign in; you will then return to this page."), "info")
    return redirect(url_for("accounts.sign_in", next=here()), code=303)


def _is_page(path: str) -> bool:
    return _match(path) is not None


def _match(path: str) -> Mapping[str, Any] | None:
    """The parts of a path by which one of our pages is found; None if there is no such page."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter.match(path, method="GET")[1] if adapter is not None else None
    except (HTTPException, RoutingException):
        return None
