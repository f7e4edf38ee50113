"""The language of a page: that of its URL, otherwise that of the account, otherwise that of the browser.

Public pages have a URL for each language, such as ``/es/conditions/…``, and one without, in the language of the account
or the browser. Responses that are the same for everybody only depend on their URL.
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from babel import negotiate_locale
from babel.support import NullTranslations
from flask import Flask, current_app, g, has_request_context, request, url_for
from flask_babel import Babel, Domain, get_locale
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from mapservice.i18n import translation
from mapservice.i18n.languages import LANGUAGES, SOURCE, translations
from mapservice.web.site.headers import is_embedded
from mapservice.web.site.redirects import is_api, is_shared_file

View = TypeVar("View", bound=Callable[..., Any])

# The URL value with the language, and the key of the function that returns the language of an account.
_PART, _OF_ACCOUNT = "language", "language_of_account"


class _Catalogues(Domain):  # type: ignore[misc]
    """Our translation catalogues, compiled when first used."""

    def get_translations(self) -> NullTranslations:
        return translations(str(get_locale() or SOURCE))


def in_every_language(view: View) -> View:
    """Mark a public page as having a URL for each language."""
    view.is_in_every_language = True  # type: ignore[attr-defined]
    return view


def keeps_queries(*queries: str) -> Callable[[View], View]:
    """Mark query parameters of a page to keep in its URLs in other languages; no others are kept."""

    def mark(view: View) -> View:
        view.kept_queries = queries  # type: ignore[attr-defined]
        return view

    return mark


def init_app(app: Flask, *, of_account: Callable[[], str | None]) -> None:
    """Select the language of each request; ``of_account`` returns the language that a signed-in member chose."""
    app.extensions[_OF_ACCOUNT] = of_account
    babel = Babel(app, default_locale=SOURCE, locale_selector=choose)
    babel.domain_instance = _Catalogues()
    translation.use_request_locale(lambda: get_locale() if has_request_context() else None)
    app.url_value_preprocessor(_take_from_address)
    app.url_defaults(_keep_in_addresses)
    app.context_processor(lambda: {"languages": LANGUAGES, "addresses_by_language": addresses})


def add_addresses(app: Flask) -> None:
    """Add URLs for each language to every public page that is registered so far."""
    languages = ",".join(LANGUAGES)
    for rule in list(app.url_map.iter_rules()):
        if getattr(app.view_functions[rule.endpoint], "is_in_every_language", False):
            methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            app.add_url_rule(f"/<any({languages}):{_PART}>{rule.rule}", rule.endpoint, methods=methods)


def url_language() -> str | None:
    """Return the language in the URL of this request, which its links to other pages keep; None if it has none."""
    language: str | None = g.get(_PART)
    return language


def choose() -> str:
    """Return the language of this request."""
    in_address = url_language()
    if in_address is not None or is_api() or is_embedded() or is_shared_file():
        return in_address or SOURCE
    chosen: str | None = current_app.extensions[_OF_ACCOUNT]()
    if chosen in LANGUAGES:
        return chosen
    return _negotiated(request.headers.get("Accept-Language", ""), tuple(LANGUAGES))


def visitor_language(path: str, accepted: str) -> str:
    """Return the language of a public page for a visitor: that in its path, or by the header Accept-Language.

    >>> visitor_language("/es/conditions/", "en"), visitor_language("/conditions/", "es-MX, en;q=0.5")
    ('es', 'es')
    """
    first = path[1:].partition("/")[0]
    return first if first in LANGUAGES else _negotiated(accepted, tuple(LANGUAGES))


def addresses() -> dict[str, str]:
    """Return the full URLs of this page by language; empty if it has only one.

    A link in an e-mail has only one, because it is private to its reader.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    has_several = getattr(view, "is_in_every_language", False) and "token" not in (request.view_args or {})
    if not has_several or len(LANGUAGES) == 1 or request.method not in {"GET", "HEAD"}:
        return {}
    query = {name: request.args.getlist(name) for name in getattr(view, "kept_queries", ()) if name in request.args}
    values = {**(request.view_args or {}), **query}
    urls = {code: url_for(request.endpoint or "", _external=True, **{**values, _PART: code}) for code in LANGUAGES}
    return {**urls, "x-default": url_for(request.endpoint or "", _external=True, **{**values, _PART: None})}


@functools.lru_cache(maxsize=256)
def _negotiated(header: str, available: tuple[str, ...]) -> str:
    """Return the language that a browser prefers among the available ones, by its header Accept-Language."""
    accepted = [language.replace("-", "_") for language in parse_accept_header(header, LanguageAccept).values()]
    return negotiate_locale(accepted, available) or SOURCE


def _take_from_address(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.language = values.pop(_PART, None) if values else None


def _keep_in_addresses(endpoint: str, values: dict[str, Any]) -> None:
    """Keep the language of the URL in links to other pages."""
    if _PART not in values and g.get(_PART) and current_app.url_map.is_endpoint_expecting(endpoint, _PART):
        values[_PART] = g.language
