"""Lists in pages: for a page number beyond the end of a list, its last page is shown with a note.

A list may shrink while URLs of its pages are in histories and bookmarks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from flask import request

Row = TypeVar("Row")
Loaded = TypeVar("Loaded", covariant=True)

#: Maximum page number; an unlimited one could overflow in PostgreSQL.
MAX_PAGE = 100_000


class Load(Protocol[Loaded]):
    """A function that returns the number of rows of a list, and some of them."""

    def __call__(self, *, limit: int, offset: int) -> tuple[int, Sequence[Loaded]]:
        """Load at most ``limit`` rows after the first ``offset``."""
        ...


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """A page of a list with ``total`` rows, ``size`` per page; ``is_asked`` if it is the requested one."""

    rows: Sequence[Row]
    number: int
    size: int
    total: int
    is_asked: bool = True

    @property
    def last(self) -> int:
        """The number of the last page; 1 for an empty list."""
        return max(1, page_count(self.total, self.size))

    @property
    def first_row(self) -> int:
        """The position in the list of the first row of this page, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def near(self) -> list[int | None]:
        """The pages to link to: the first, the last and those near this one, with None for a gap.

        >>> Page([], 6, 25, 300).near
        [1, None, 4, 5, 6, 7, 8, None, 12]
        """
        pages = sorted({1, self.last, *(n for n in range(self.number - 2, self.number + 3) if 0 < n < self.last)})
        numbers: list[int | None] = []
        for before, number in zip([0, *pages], pages, strict=False):
            numbers += [number] if number == before + 1 else [None, number]
        return numbers


def page_count(total: int, size: int) -> int:
    """Return the number of pages of a list.

    >>> page_count(0, 25), page_count(25, 25), page_count(26, 25)
    (0, 1, 2)
    """
    return -(-total // size)


def load_page(load: Load[Row], size: int) -> Page[Row]:
    """Return the requested page of a list, or its last page if there is no such page."""
    requested = requested_number()
    number = min(max(requested, 1), MAX_PAGE)
    total, rows = load(limit=size, offset=(number - 1) * size)
    if not rows and number > 1:
        total, rows = load(limit=size, offset=0)
        number = max(1, page_count(total, size))
        if number > 1:
            total, rows = load(limit=size, offset=(number - 1) * size)
    return Page(rows, number, size, total, is_asked=number == requested)


def paginate(rows: Sequence[Row], size: int) -> Page[Row]:
    """Return the requested page of a list that is completely in memory."""
    return load_page(lambda *, limit, offset: (len(rows), rows[offset : offset + limit]), size)


def requested_number() -> int:
    """Return the requested page number: 1 if there is none, 0 if it is not a number."""
    text = request.args.get("page") or "1"
    if not (text.isascii() and text.isdigit()):
        return 0
    return int(text) if len(text) <= len(str(MAX_PAGE)) else MAX_PAGE + 1
