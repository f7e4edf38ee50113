"""Contact details in a text that members write: e-mail addresses, links and telephone numbers."""

import re

_AT, _DOT = r"\s?(?:@|\(at\)|\[at\])\s?", r"\s?(?:\.|\(dot\)|\[dot\])\s?"

#: Endings after which a word with a full stop is an address rather than a sentence without a space.
ENDINGS = (
    "com|org|net|info|biz|example|test|shop|online|site|store|club|app|me|io|ly|gg|eu|uk|us|de|es|fr|it|pt|nl|ch|at|ru"
)

_EMAIL = rf"[\w.+-]+{_AT}[\w-]+(?:{_DOT}[\w-]+)+"
_LINK = rf"\b(?:https?|ftp)://\S+|\bwww\.\S+|\b(?:[\w-]+\.)+(?:{ENDINGS})\b(?:/\S*)?"
_PHONE = r"(?<![\w.])(?:\+|00)?\(?\d[\d\s()./\-]{5,}\d(?!\w)"

_CONTACT = re.compile(rf"(?P<email>{_EMAIL})|(?P<link>{_LINK})|(?P<phone>{_PHONE})", re.IGNORECASE)

# A date has at most eight digits, a period of years too.
_MIN_DIGITS, _MIN_DIGITS_INTERNATIONAL = 9, 7


def mask(text: str, replacement: str) -> str:
    """Return a text with all contact details replaced.

    >>> mask("Write to ann@example.org or call +44 20 7946 0123, since 12.05.2019", "[hidden]")
    'Write to [hidden] or call [hidden], since 12.05.2019'
    """
    return _CONTACT.sub(lambda found: replacement if _is_contact(found) else found[0], text)


def find(text: str) -> list[str]:
    """Return the contact details in a text.

    >>> find("Write to ann@example.org or call +44 20 7946 0123, since 12.05.2019")
    ['ann@example.org', '+44 20 7946 0123']
    """
    return [found[0].strip() for found in _CONTACT.finditer(text) if _is_contact(found)]


def _is_contact(found: re.Match[str]) -> bool:
    number: str | None = found["phone"]
    if number is None:
        return True
    is_international = number.startswith(("+", "00"))
    digits = sum(character.isdigit() for character in number)
    least = _MIN_DIGITS_INTERNATIONAL if is_international else _MIN_DIGITS
    return digits >= least
