"""URLs to return to, and the redirect to the sign-in page."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import current_app, flash, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from mapservice.current import current_config
from mapservice.i18n.translation import gettext as _
from mapservice.text.idn import ascii_origin

#: Where the files are that are the same for everybody and need no database.
SHARED_FILES = ("/static/", "/ground/", "/look/colours/")

# Pages after which the sign-in returns to the page before them.
_ABOUT_SIGNING_IN = frozenset({"sign_in", "sign_up", "email_change"})

# Query parameters that public pages read; other sites may append more.
_KEPT_QUERIES = ("q", "letter", "page")

# Query parameters with a zone or a country, which are never passed on to another page.
_OF_A_PLACE = frozenset({"in", "country"})

#: The form of a slug of a condition.
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def local_path(text: str | None) -> str | None:
    r"""Return a path on this site to redirect to, or None for anything that could lead elsewhere.

    >>> local_path("/me/place?zone=1"), local_path("//evil.example"), local_path("/\\evil.example")
    ('/me/place?zone=1', None, None)
    """
    if not text or not text.startswith("/") or text.startswith("//"):
        return None
    if "\\" in text or any(ord(character) < 33 or ord(character) == 127 for character in text):
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if not parts.scheme and not parts.netloc else None


def url_origin(url: str) -> str:
    """Return scheme, host and port of a URL, in ASCII; empty if it cannot be parsed.

    >>> url_origin("https://a.example:1/b"), url_origin("https://ä.example"), url_origin("http://[")
    ('https://a.example:1', 'https://xn--4ca.example', '')
    """
    return ascii_origin(url)


def own_origin() -> str:
    """Return scheme, host and port of this request. Werkzeug's own property would decode them to Unicode."""
    return f"{request.scheme}://{request.host}"


def wants_json() -> bool:
    """Return whether the request is from a script, not from a person."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def is_shared_file() -> bool:
    """Return whether the request is for a file that is the same for everybody and needs no database."""
    return request.path.startswith(SHARED_FILES)


def is_api() -> bool:
    """Return whether the request is for the API, which has no session, reads no cookie and returns no pages."""
    return request.path.startswith(("/api/", "/ogc/")) or request.path == "/ogc"


def base_url() -> str:
    """Return the base URL of the service: the one in the settings, otherwise that of the request."""
    config = current_config()
    return config.address if config.public_url else own_origin()


def return_path() -> str:
    """Return the path to come back to: this page, or for a form the page that contains it."""
    if request.method in {"GET", "HEAD"}:
        query = [(name, text) for name, text in request.args.items(multi=True) if name not in _OF_A_PLACE]
        return f"{request.path}?{urlencode(query)}" if query else request.path
    referrer = request.referrer or ""
    path = local_path(urlsplit(referrer).path) if url_origin(referrer) == own_origin() else None
    # The response to a form may have a URL that cannot be opened; a page further up can.
    while path and not _is_page(path):
        path = path.rstrip("/").rpartition("/")[0]
    return path or "/"


def condition_slug(path: str | None) -> str | None:
    """Return the slug of the condition that a path belongs to, or None; never anything but a valid slug."""
    values = _match(urlsplit(local_path(path) or "").path)
    slug = str(values["slug"]) if values and "slug" in values else ""
    return slug if SLUG.fullmatch(slug) else None


def sign_in_return_path() -> str | None:
    """Return the path to come back to after signing in from this page: this page, unless it is about signing in."""
    if request.method != "GET" or request.endpoint is None or request.blueprint in _ABOUT_SIGNING_IN:
        return local_path(request.args.get("next"))
    query = {name: request.args[name] for name in _KEPT_QUERIES if name in request.args}
    return f"{request.path}?{urlencode(query)}" if query else request.path


def to_sign_in(*, keeps_query: bool = True) -> Any:
    """Redirect to the sign-in page, which then returns to this page; a public page keeps nothing of its query."""
    if wants_json():
        return {"error": "sign_in"}, 401
    flash(_("Please sign in; you will then return to this page."), "info")
    return redirect(url_for("sign_in.sign_in", next=return_path() if keeps_query else request.path), code=303)


def _is_page(path: str) -> bool:
    return _match(path) is not None


def _match(path: str) -> Mapping[str, Any] | None:
    """Return the URL values with which a path matches one of our pages; None if there is no such page."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter.match(path, method="GET")[1] if adapter is not None else None
    except (HTTPException, RoutingException):
        return None
