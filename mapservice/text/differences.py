"""What has changed between two texts, word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

#: The most words of a changed passage that are compared one by one; a longer one is shown as a whole.
MAX_WORDS = 2_000

_WORD = re.compile(r"\s+|\w+|[^\w\s]")


class WordChange(StrEnum):
    """What happened to a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text, and what happened to it."""

    change: WordChange
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces of two texts in order; those that are not removed are the text after, and so on.

    >>> [(piece.change.value, piece.text) for piece in differences("Eat soup.", "Eat more soup.")]
    [('same', 'Eat'), ('added', ' more'), ('same', ' soup.')]
    """
    lines_before, lines_after = before.splitlines(keepends=True), after.splitlines(keepends=True)
    pieces: list[Piece] = []
    for kind, old, new in _blocks(lines_before, lines_after):
        if kind == "replace":
            pieces += _words("".join(old), "".join(new))
        else:
            pieces += _pieces(kind, "".join(old), "".join(new))
    return _joined(pieces)


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > MAX_WORDS:
        yield from _pieces("replace", before, after)
        return
    for kind, removed, added in _blocks(old, new):
        yield from _pieces(kind, "".join(removed), "".join(added))


def _blocks(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield kind, before[old_from:old_to], after[new_from:new_to]


def _pieces(kind: str, old: str, new: str) -> Iterator[Piece]:
    if kind == "equal":
        yield Piece(WordChange.SAME, new)
        return
    yield from (Piece(change, text) for change, text in ((WordChange.REMOVED, old), (WordChange.ADDED, new)) if text)


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces of which no two neighbours had the same happen to them."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and joined[-1].change is piece.change:
            joined[-1] = Piece(piece.change, joined[-1].text + piece.text)
        else:
            joined.append(piece)
    return joined
