"""Confusable names: a skeleton shared by names that look alike, and alphabets that must not be mixed.

Based on Unicode Technical Standard 39, sections 4 and 5.2; the table holds what looks like a Latin letter or a digit.
"""

import unicodedata

#: Characters that look like the one before the colon, in their original case.
_LOOKS_LIKE = {
    "a": "Ααа@4ɑᴀա",
    "b": "ΒВвьЬ8ʙ",
    "c": "СсϹϲᴄҪҫ",
    "d": "ԁԀᴅժ",
    "e": "ΕЕеє3ᴇҽəɛ",
    "f": "ꜰϜƒ",
    "g": "ɡɢց",
    "h": "ΗНнһҺʜհ",
    "i": "ΙіІӀӏ1!|lιɪıƖ",
    "j": "Јјϳᴊյȷ",
    "k": "ΚКкκᴋҚқ",
    "m": "ΜМмᴍ",
    "n": "ΝᴎɴηпПռ",
    "o": "ΟОоο0σօՕᴏøØ",
    "p": "ΡРрρᴘþ",
    "q": "ԛԚգ",
    "r": "гᴦʀ",
    "s": "Ѕѕ5$ꜱՏ",
    "t": "ΤТтτ7ᴛ",
    "u": "υսᴜΥ",
    "v": "νѴѵᴠ",
    "w": "ԝԜωшШᴡ",
    "x": "ΧХхχ",
    "y": "УуүҮγʏ",
    "z": "Ζᴢ2",
}

_TABLE = str.maketrans(
    {sign: letter for letter, signs in _LOOKS_LIKE.items() for sign in signs}
    # Letters in circles, in squares and on flags, which Unicode classifies as symbols.
    | {chr(first + at): chr(ord("a") + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ł": "i", "đ": "d", "ħ": "h", "ŧ": "t"}
)

#: Letters of other alphabets that look like a Latin one.
_AS_LATIN = str.maketrans(
    {sign: letter for letter, signs in _LOOKS_LIKE.items() for sign in signs if not sign.isascii()}
)

#: Pairs of letters that look like one letter.
_PAIRS = (("rn", "m"), ("vv", "w"))

#: Alphabets whose letters do not look like Latin ones, so that both may occur in one name.
_BESIDE_LATIN = {
    "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "ETHIOPIC", "KHMER", "THAANA", "SYRIAC", "TIFINAGH",
}  # fmt: skip

#: Alphabets that are mixed in one language, in addition to Latin.
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)

#: First words in the Unicode names of letters that belong to no specific alphabet.
_OF_ALL = {"MODIFIER", "FEMININE", "MASCULINE", "IDEOGRAPHIC", "MATHEMATICAL", "SUPERSCRIPT", "KATAKANA-HIRAGANA"}


def skeleton(text: str) -> str:
    """Return the skeleton of a text, in lower-case Latin letters; names that look alike have the same skeleton.

    >>> skeleton("Аdm1n"), skeleton("A.D.M.I.N"), skeleton("Adrnin")
    ('admin', 'admin', 'admin')
    """
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not unicodedata.category(sign).startswith("M"))
    # Before and after lower case, because В looks like B and в does not look like b.
    alike = bare.translate(_TABLE).lower().translate(_TABLE)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", alike) if sign.isalnum())
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters


def as_latin(text: str) -> str:
    """Return a text with the letters of other alphabets that look like Latin ones replaced by those, in lower case.

    >>> as_latin("Hеrbаl")
    'herbal'
    """
    return text.translate(_AS_LATIN).lower()


def mixes_alphabets(text: str) -> bool:
    """Return whether a name mixes letters of alphabets that look alike ("Аlice" with a Cyrillic А).

    Allowed are one alphabet, Latin with one whose letters look different, and the mixtures that Japanese, Chinese and
    Korean use.
    """
    if text.isascii():
        return False
    alphabets = {_alphabet(sign) for sign in text if unicodedata.category(sign).startswith("L")} - _OF_ALL
    others = alphabets - {"LATIN"}
    if len(alphabets) < 2 or any(alphabets <= together for together in _TOGETHER):
        return False
    return not (len(others) == 1 and others <= _BESIDE_LATIN)


def _alphabet(letter: str) -> str:
    """Return the alphabet of a letter: the first word of its Unicode name."""
    return unicodedata.name(letter, "").partition(" ")[0]
