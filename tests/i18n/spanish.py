"""Finding what was left in English in a text for a Spanish reader."""

import re
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from babel.messages import pofile

from mapservice.i18n import languages

#: What stands in a text for something else: placeholders and elements.
_GAPS = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%|</?\w+[^>]*>")

_VOID = {"meta", "link", "input", "img", "br", "hr", "source", "wbr"}
_SEEN = {"alt", "title", "aria-label", "placeholder"}


class _Words(HTMLParser):
    """The words of a page that its reader sees or hears, but for names and other languages."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        is_left_out = tag in {"script", "style", "bdi", "code"} or values.get("translate") == "no"
        is_left_out |= tag != "html" and "lang" in values
        if not self._is_left_out and not is_left_out:
            self.words += [value for name, value in attrs if name in _SEEN and value]
        if tag not in _VOID:
            self._open.append((tag, is_left_out))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not self._is_left_out:
            self.words.append(data)

    @property
    def _is_left_out(self) -> bool:
        return any(is_left_out for _tag, is_left_out in self._open)


def words_of(page: str) -> str:
    """The words of a page on one line."""
    return " ".join(" ".join(_Words(page).words).split())


def english_in(text: str) -> list[str]:
    """The texts of the site that stand in a text as they are in English, although they are translated."""
    text = " ".join(text.split())
    return [original.text for original in _originals() if original.is_in(text)]


@dataclass(frozen=True)
class _Original:
    """A text in English, its longest piece between two gaps, and a pattern that finds it with its gaps filled in."""

    text: str
    piece: str
    pattern: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        """Whether it stands in a text; the quick search comes first."""
        return self.piece in text and self.pattern.search(text) is not None


@cache
def _originals() -> list[_Original]:
    """The texts in English that do not stand in the Spanish ones as well."""
    with languages.catalogue("es").open("rb") as file:
        messages = [message for message in pofile.read_po(file, locale="es") if message.id]
    translated = " ".join(form for message in messages for form in _forms(message.string))
    texts = {form for message in messages for form in _forms(message.id)}
    originals = [_original(text) for text in sorted(texts) if len(re.findall("[A-Za-z]", _GAPS.sub("", text))) > 3]
    return [original for original in originals if not original.is_in(translated)]


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _original(text: str) -> _Original:
    pieces = _GAPS.split(text)
    pattern = r"(?<!\w)" + r".{0,60}?".join(map(re.escape, pieces)) + r"(?!\w)"
    return _Original(text, max(pieces, key=len), re.compile(pattern))
