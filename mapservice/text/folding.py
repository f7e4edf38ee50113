"""Folding of names for search: no case, accents or punctuation, and letters of a plain keyboard.

``static/js/places/fold.js`` implements the same for place names, which are searched in the browser; a test compares
the two.
"""

import re
import unicodedata

#: Letters that Unicode does not decompose into a plain letter and an accent.
LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŧ": "t",
    "ı": "i", "ȷ": "j", "ĸ": "k", "ŋ": "n", "ə": "e", "ǝ": "e", "ɛ": "e", "ɔ": "o", "ɓ": "b", "ɖ": "d", "ɗ": "d",
    "ɣ": "g", "ɨ": "i", "ɩ": "i", "ƙ": "k", "ɲ": "n", "ʉ": "u", "ʊ": "u", "ʋ": "v", "ƴ": "y", "ƶ": "z", "ς": "σ",
}  # fmt: skip

#: Characters within a word that people leave out: O'Neil, Crohn’s, Hawaiʻi.
APOSTROPHES = (
    "'`´\u2018\u2019\u201b\u2032\uff07\u02b9\u02ba\u02bb\u02bc\u02bd\u02be\u02bf\u02c0\u02c1\u02c8\ua78b\ua78c"
)

_PLAIN = str.maketrans(LETTERS)
_APOSTROPHES = re.compile(f"[{APOSTROPHES}]")
_NOT_A_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Return the text folded for search: plain lower-case letters and digits, words separated by single spaces.

    Apostrophes vanish, so that "crohns" finds "Crohn's". British and American spellings stay apart:
    the catalogue lists both as names of one condition.

    >>> fold("Crohn’s  Disease"), fold("Łódź"), fold("Gießen")
    ('crohns disease', 'lodz', 'giessen')
    >>> fold("Sjögren-Larsson"), fold("ORPHA:513")
    ('sjogren larsson', 'orpha 513')
    """
    apart = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).lower().translate(_PLAIN)
    bare = "".join(letter for letter in apart if not unicodedata.category(letter).startswith("M"))
    # Hangul was decomposed above; composed again it is shorter and equals what people type.
    return unicodedata.normalize("NFC", _NOT_A_WORD.sub(" ", bare)).strip()
