"""Names that look like each other: a skeleton that look-alikes share, and alphabets that must not be mixed.

After Unicode Technical Standard 39, sections 4 and 5.2; the table holds what passes for a Latin letter or a digit.
"""

import unicodedata

#: What looks like the sign before the colon, as written, before upper and lower case become one.
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
    # Letters in circles, in squares and on flags, which Unicode counts as pictures.
    | {chr(first + at): chr(ord("a") + at) for first in (0x1F150, 0x1F170, 0x1F1E6) for at in range(26)}
    | {"ß": "ss", "æ": "ae", "œ": "oe", "ł": "i", "đ": "d", "ħ": "h", "ŧ": "t"}
)

#: Two letters that pass for one.
_PAIRS = (("rn", "m"), ("vv", "w"))

#: Alphabets whose letters do not pass for Latin ones, so that both may stand in one name.
_BESIDE_LATIN = {
    "ARABIC", "HEBREW", "DEVANAGARI", "BENGALI", "GURMUKHI", "GUJARATI", "ORIYA", "TAMIL", "TELUGU", "KANNADA",
    "MALAYALAM", "SINHALA", "THAI", "LAO", "TIBETAN", "MYANMAR", "ETHIOPIC", "KHMER", "THAANA", "SYRIAC", "TIFINAGH",
}  # fmt: skip

#: Alphabets that one language writes together, with Latin beside them.
_TOGETHER = (
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)

#: What stands first in the names of letters that belong to no alphabet of their own.
_OF_ALL = {"MODIFIER", "FEMININE", "MASCULINE", "IDEOGRAPHIC", "MATHEMATICAL", "SUPERSCRIPT", "KATAKANA-HIRAGANA"}


def skeleton(text: str) -> str:
    """Return what names that look alike have in common: small Latin letters where they can be taken for such.

    >>> skeleton("Аdm1n"), skeleton("A.D.M.I.N"), skeleton("Adrnin")
    ('admin', 'admin', 'admin')
    """
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(sign for sign in apart if not unicodedata.category(sign).startswith("M"))
    # Twice: before and after lower case, since В looks like B and в does not look like b.
    alike = bare.translate(_TABLE).lower().translate(_TABLE)
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", alike) if sign.isalnum())
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters


def mixes_alphabets(text: str) -> bool:
    """Return whether letters of alphabets that look alike stand in one name ("Аlice" with a Russian А).

    One alphabet is always allowed, as is Latin beside one whose letters look different, and what Japanese, Chinese
    and Korean write together.
    """
    alphabets = {_alphabet(sign) for sign in text if unicodedata.category(sign).startswith("L")} - _OF_ALL
    others = alphabets - {"LATIN"}
    if len(alphabets) < 2 or any(alphabets <= together for together in _TOGETHER):
        return False
    return not (len(others) == 1 and others <= _BESIDE_LATIN)


def _alphabet(letter: str) -> str:
    """The first word of a letter's name, which is that of its alphabet."""
    return unicodedata.name(letter, "").partition(" ")[0]
