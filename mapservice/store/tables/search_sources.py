"""What a subject of the store declares, so that the search finds its texts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select

from mapservice.privacy.visibility import Viewer


@dataclass(frozen=True, slots=True)
class Searcher:
    """The person who searches, as the viewer of each community.

    ``here`` are the communities in which they see something else than ``elsewhere``: those that they have joined, and
    those in which somebody does not exist for them.
    """

    elsewhere: Viewer = field(default_factory=Viewer)
    here: Mapping[int, Viewer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchSource:
    """Texts that the search finds.

    ``kinds`` are the kinds of its texts. ``readable`` returns a statement about those that the searcher can read, and
    no other: with the columns ``kind``, ``condition_id``, ``key`` (text), ``language``, ``day`` and ``search``, the
    generated column of :mod:`mapservice.store.tables.searched`.
    """

    kinds: Sequence[str]
    readable: Callable[[Searcher], Select[Any]]
