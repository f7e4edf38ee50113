"""Words that were found, marked in a text: the text is escaped first, then marked."""

from markupsafe import Markup, escape

from mapservice.store.search.finding import BEGINS, ENDS


def to_html(found: str) -> Markup:
    """Return a text in which PostgreSQL marked words as HTML. Nothing but the marks becomes an element.

    >>> to_html(f"a < b {BEGINS}c{ENDS}")
    Markup('a &lt; b <mark>c</mark>')
    """
    safe = str(escape(found)).replace(BEGINS, "<mark>").replace(ENDS, "</mark>")
    return Markup(safe)  # noqa: S704 -- escaped above


def has_mark(found: str) -> bool:
    """Return whether a word is marked."""
    return BEGINS in found
