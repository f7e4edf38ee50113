"""Bidirectional isolation of names, such as a right-to-left name in a left-to-right sentence.

Without it the words around a name may be reordered, and a name can appear to be part of the page's own text.
"""

from collections.abc import Iterable

from babel.lists import format_list
from markupsafe import Markup

from mapservice.i18n.translation import get_locale

# First strong isolate, and pop directional isolate (Unicode Standard Annex 9).
_ISOLATE, _END = "\u2068", "\u2069"


def bdi(name: str) -> Markup:
    """Return a name in a ``bdi`` element, which isolates its direction; empty for an empty name.

    >>> bdi("A<b")
    Markup('<bdi>A&lt;b</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(name) if name else Markup()


def isolate(name: str) -> str:
    """Return a name as text with isolated direction, for titles, labels, descriptions and e-mails.

    >>> isolate("A").encode("unicode_escape")
    b'\\\\u2068A\\\\u2069'
    """
    return f"{_ISOLATE}{name}{_END}" if name else ""


def join_names(names: Iterable[str]) -> str:
    """Return names as a list in the reader's language, such as "A, B and C", each with isolated direction."""
    return format_list([isolate(name) for name in names], locale=get_locale())
