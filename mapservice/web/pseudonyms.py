"""Names people choose for themselves: in any script, but nothing invisible and nothing that turns a line around."""

import re
import unicodedata

from flask_babel import lazy_gettext as _l

LONGEST = 40

# Letters and marks that draw nothing: fillers, joiners and a blank pattern.
_INVISIBLE = set("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\u180b\u180c\u180d\u180f")

# Persian, the scripts of India and emoji need these two between letters.
_JOINERS = {"\u200c", "\u200d"}
_EMOJI_STYLE = "\ufe0f"

# More marks on one letter paint over the lines above and below.
_MOST_MARKS = 4

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


def usual_form(text: str) -> str:
    """A name as it is stored: composed, without blanks at its ends, and with one blank where there were several."""
    return re.sub(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+", " ", unicodedata.normalize("NFC", text)).strip()


def problem(text: str) -> str | None:
    """Why a name in its usual form cannot be taken, or None."""
    if not 1 <= len(text) <= LONGEST:
        return _l("Choose a name of 1 to 40 characters.")
    if _EMAIL.search(unicodedata.normalize("NFKC", text)):
        return _l("This looks like an e-mail address, and everybody can read your name. Choose another one.")
    if any(_is_hidden(text, at) for at in range(len(text))) or _is_stacked(text):
        return _l("This name has characters that cannot be seen. Please type it with ordinary letters.")
    if not any(unicodedata.category(each)[0] in "LNS" for each in text):
        return _l("Choose a name with at least one letter or digit.")
    return None


def _is_hidden(text: str, at: int) -> bool:
    char = text[at]
    if char in _JOINERS:
        return not (0 < at < len(text) - 1 and _takes_joiner(text[at - 1]) and _takes_joiner(text[at + 1]))
    if char == _EMOJI_STYLE:
        return at == 0 or unicodedata.category(text[at - 1]) not in {"So", "Sm", "Po"}
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0000" <= char <= "\U000e0fff":
        return True
    return char in _INVISIBLE or unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def _takes_joiner(char: str) -> bool:
    return ord(char) >= 0x600 and (unicodedata.category(char)[0] in "LMS" or char == _EMOJI_STYLE)


def _is_stacked(text: str) -> bool:
    marks = 0
    for char in text:
        marks = marks + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        if marks > _MOST_MARKS:
            return True
    return unicodedata.category(text[0]) in {"Mn", "Me"}
