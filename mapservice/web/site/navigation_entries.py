"""Entries of the navigation of signed-in members: each subject adds its own, between "My location" and "Account"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from mapservice.i18n.translation import Message

_ENTRIES = "navigation_entries"


def _none() -> int:
    return 0


def _to_all() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """A link to a page, and how much is new there.

    ``count`` and ``is_shown``, for an entry that not everyone needs, are asked on every page.
    """

    label: Message
    endpoint: str
    count: Callable[[], int] = _none
    is_shown: Callable[[], bool] = _to_all


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """An entry as the page of this request shows it."""

    label: str
    address: str
    count: int
    is_current: bool


def init_app(app: Flask) -> None:
    """Add the template function ``navigation_links()``."""
    app.jinja_env.globals["navigation_links"] = links


def add(app: Flask, entry: NavigationEntry) -> None:
    """Add an entry, below those added before."""
    app.extensions.setdefault(_ENTRIES, []).append(entry)


def links() -> Sequence[NavigationLink]:
    """Return the entries for the page of this request."""
    entries: list[NavigationEntry] = current_app.extensions.get(_ENTRIES, [])
    return [
        NavigationLink(str(entry.label), url_for(entry.endpoint), entry.count(), request.endpoint == entry.endpoint)
        for entry in entries
        if entry.is_shown()
    ]
