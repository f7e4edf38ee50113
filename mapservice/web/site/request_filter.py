"""Refuses requests that no form and no link of ours can produce, before any view."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.routing import IntegerConverter

from mapservice.web.site.declaration import WebSubject
from mapservice.web.site.idempotency import FIELD

View = TypeVar("View", bound=Callable[..., Any])

# All query parameters of our pages, and those that may occur several times.
_QUERIES, _REPEATED = "queries", "repeated_queries"


def takes_file(field: str) -> Callable[[View], View]:
    """Mark a view whose form has a file in this field; all other files are refused."""

    def mark(view: View) -> View:
        view.file_field = field  # type: ignore[attr-defined]
        return view

    return mark


class Number(IntegerConverter):
    """A number in a path, of at most nine digits. Python refuses to parse thousands of digits."""

    regex = r"\d{1,9}"


def init_app(app: Flask, subjects: Iterable[WebSubject]) -> None:
    """Check every request after its rate limit and token, and before its view. Call before registering routes."""
    app.extensions[_QUERIES] = frozenset().union(*(subject.queries for subject in subjects))
    app.extensions[_REPEATED] = frozenset().union(*(subject.repeated for subject in subjects))
    app.url_map.converters["int"] = Number
    app.before_request(_look)


def _look() -> None:
    if "\0" in request.path:
        abort(404)
    view: Any = current_app.view_functions.get(request.endpoint or "")
    # Other sites link to public pages and may append parameters; these pages ignore what they do not know.
    if request.endpoint is not None and getattr(view, "policy", None) != "public" and not _is_known(request.args):
        abort(422)
    if not _is_known_file(view) or _has_nul(request.form) or not _is_known_json():
        abort(422)


def _is_known(queries: MultiDict[str, str]) -> bool:
    """Return whether all query parameters are known and none occurs too often."""
    allowed, repeated = current_app.extensions[_QUERIES], current_app.extensions[_REPEATED]
    is_once = all(len(values) == 1 for name, values in queries.lists() if name not in repeated)
    return is_once and set(queries) <= allowed and not _has_nul(queries)


def _is_known_file(view: Any) -> bool:
    """Return whether the request has no file but the one that its view takes."""
    files = request.files
    return not files or (list(files) == [getattr(view, "file_field", None)] and len(files.getlist(*files)) == 1)


def _is_known_json() -> bool:
    """Return whether the JSON of a script contains nothing but an operation id."""
    if not request.is_json or not request.get_data():
        return True
    try:
        payload = request.get_json(silent=True)
    except RecursionError:
        return False
    return isinstance(payload, dict) and set(payload) <= {FIELD}


def _has_nul(fields: MultiDict[str, str]) -> bool:
    """Return whether there is a NUL character, which PostgreSQL cannot store."""
    texts: Iterable[str] = (text for pair in fields.items(multi=True) for text in pair)
    return any("\0" in text for text in texts)
