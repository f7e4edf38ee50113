"""Names that read from right to left in a sentence that reads from left to right, and the other way round.

Without this the words around a name change places, and a name can seem to say what the page says.
"""

from collections.abc import Iterable

from babel.lists import format_list
from markupsafe import Markup

from mapservice.i18n.translation import get_locale

# First strong isolate, and pop directional isolate (Unicode Standard Annex 9).
_ISOLATE, _END = "\u2068", "\u2069"


def bdi(name: str) -> Markup:
    """Return a name as an element whose direction is its own; nothing where there is none.

    >>> bdi("A<b")
    Markup('<bdi>A&lt;b</bdi>')
    """
    return Markup("<bdi>{}</bdi>").format(name) if name else Markup()


def isolate(name: str) -> str:
    """Return a name as text whose direction is its own, for titles, labels, descriptions and e-mails.

    >>> isolate("A").encode("unicode_escape")
    b'\\\\u2068A\\\\u2069'
    """
    return f"{_ISOLATE}{name}{_END}" if name else ""


def listed(names: Iterable[str]) -> str:
    """Return names as a list in the reader's language, such as "A, B and C", each with a direction of its own."""
    return format_list([isolate(name) for name in names], locale=get_locale())
