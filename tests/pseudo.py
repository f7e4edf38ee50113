"""Pseudo-locales: catalogues in which every text is longer, in other letters, and between brackets.

What stands outside the brackets was not translated; what does not fit would not fit in many languages either.
"""

import math
import re
from collections.abc import Iterator

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir

from mapservice.config import HOME

#: Around every translated text.
BEGIN, END = "⟦", "⟧"

#: How much longer texts become.
LONGER = 1.4

_LETTERS = str.maketrans("aceinosuyACEINOSUY", "áćéíńóśúýÁĆÉÍŃÓŚÚÝ")
_ARABIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابثدحفجهيكلمنوقرستثضغشخطظع")
_FIXED = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%|<[^>]+>|&\w+;")

# As in scripts/messages.sh.
_KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "marked": None,
    "ngettext": (1, 2),
    "plural_forms": (1, 2),
}
_METHODS = [("mapservice/**.py", "python"), ("templates/**.html", "jinja2")]
_OPTIONS = {"templates/**.html": {"trimmed": "true"}}


def catalogue(language: str) -> Catalog:
    """Return all texts of the site as a pseudo-locale; Arabic letters where the language is read from right to left."""
    made = Catalog(locale=language)
    forms = made.num_plurals
    for text in _texts():
        if isinstance(text, tuple):
            singular, plural = (pseudo(form, language) for form in text)
            made.add(text, (singular, *[plural] * (forms - 1)))
        else:
            made.add(text, pseudo(text, language))
    return made


def pseudo(text: str, language: str = "sv") -> str:
    """Return a text in other letters, longer and between brackets; placeholders and elements stay.

    >>> pseudo("Sign in as %(name)s")
    '⟦Śígń íń áś %(name)s ~~~~~~⟧'
    """
    letters = _ARABIC if language == "ar" else _LETTERS
    pieces, at = [], 0
    for fixed in _FIXED.finditer(text):
        pieces += [text[at : fixed.start()].translate(letters), fixed[0]]
        at = fixed.end()
    pieces.append(text[at:].translate(letters))
    more = ("~~~~~~ " * len(text))[: math.ceil(len(text) * (LONGER - 1)) - 1]
    return f"{BEGIN}{''.join(pieces)} {more.rstrip()}{END}"


def _texts() -> Iterator[str | tuple[str, ...]]:
    extracted = extract_from_dir(str(HOME), _METHODS, _OPTIONS, _KEYWORDS, directory_filter=_is_ours)
    for _file, _line, text, _comments, _context in extracted:
        yield text


def _is_ours(folder: str) -> bool:
    parts = folder.removeprefix(str(HOME)).split("/")
    return len(parts) < 2 or parts[1] in {"mapservice", "templates"}
