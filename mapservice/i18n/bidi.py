"""Names that read from right to left in a sentence that reads from left to right, and the other way round.

Without this the words around a name change places, and a name can seem to say what the page says.
"""

from markupsafe import Markup

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
