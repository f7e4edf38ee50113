"""What a subject of the store declares, so that the search finds its texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from mapservice.privacy.texts import Reader


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Texts that the search finds.

    ``kinds`` are the kinds of its texts. ``readable`` returns a statement about those that somebody can read, and
    no other: with the columns ``kind``, ``condition_id``, ``key`` (text), ``language``, ``day`` and ``search``, the
    generated column of :mod:`mapservice.store.tables.searched`. If there can be many of them, ``table`` returns the
    table in which they are, with an index of its days, ``written_on``.
    """

    kinds: Sequence[str]
    readable: Callable[[Reader], Select[Any]]
    table: Callable[[Reader], Any] | None = None
