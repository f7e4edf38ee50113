"""What somebody looks for, as queries of PostgreSQL: exact words in any language, and nearly all of them."""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, cast, func, literal, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from mapservice.store.tables.searched import BETWEEN_WORDS, CONFIGURATIONS, OTHER

#: The longest query in characters and words; the rest is ignored.
MAX_LENGTH, MAX_WORDS = 200, 16

# Shorter words have too few groups of three letters to be like others, and too many words begin with them.
_MIN_SIMILAR, _MIN_BEGINNING = 5, 3

_APOSTROPHE_S = re.compile(r"['’]s\b", re.IGNORECASE)
_GAPS = str.maketrans(dict.fromkeys(BETWEEN_WORDS, " "))
_QUOTED = re.compile(r'"|(?<!\S)-')


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """The words of a query; ``stems`` are those that count, by configuration of a language.

    ``query`` is the query of PostgreSQL for all of them, in the inflections of any language, or what quotation marks
    and minus signs say.

    If a condition is named among them, ``rest`` are the others, which are enough in a text about that condition.
    """

    words: str
    query: str
    stems: Sequence[Sequence[str]]
    condition_id: int | None = None
    rest: "SearchQuery | None" = None

    @property
    def exact(self) -> ColumnElement[Any]:
        """All words."""
        return cast(literal(self.query), TSQUERY)

    @property
    def nearly(self) -> ColumnElement[Any] | None:
        """All words but any one of three or more; None if there are fewer."""
        queries = {query for stems in self.stems if len(stems) > 2 for query in _all_but_one(stems)}
        return cast(literal(" | ".join(sorted(queries))), TSQUERY) if queries else None

    @property
    def similar(self) -> Sequence[str]:
        """The words that others may begin with, or be like."""
        return min((stems for stems in self.stems if stems), key=len, default=())


def is_long(stem: str) -> bool:
    """Return whether a word has enough groups of three letters to be like others."""
    return len(stem) >= _MIN_SIMILAR


def beginning(stem: str) -> str:
    """Return the query for the words that begin with one; for a very short one, which many begin with, for itself."""
    return f"{_quoted(stem)}:*" if len(stem) >= _MIN_BEGINNING else _quoted(stem)


def _quoted(stem: str) -> str:
    return f"'{stem.replace(chr(92), chr(92) * 2).replace(chr(39), chr(39) * 2)}'"


def ask(session: Session, typed: str, about: tuple[int, str] | None = None) -> SearchQuery | None:
    """Return what somebody looks for; None if there is no word in it that can be found.

    ``about`` is the id of a condition that is named in it, and the other words.
    """
    words = " ".join(_APOSTROPHE_S.sub("s", typed[:MAX_LENGTH]).translate(_GAPS).split()[:MAX_WORDS])
    names = [*CONFIGURATIONS.values(), OTHER]
    configurations = [cast(literal(name), REGCONFIG) for name in names]
    vectors = (func.tsvector_to_array(func.to_tsvector(one, words)) for one in configurations)
    queries = (func.websearch_to_tsquery(one, words) for one in configurations)
    exact: ColumnElement[Any] = functools.reduce(_or, queries)
    query, tree, *arrays = session.execute(select(cast(exact, Text), func.querytree(exact), *vectors)).one()
    # A query of nothing but excluded words would find all other texts.
    if tree in ("", "T", None):
        return None
    stems = () if _QUOTED.search(words) else [tuple(array) for array in arrays]
    condition_id, rest = about or (None, "")
    return SearchQuery(words, query, stems, condition_id, ask(session, rest) if rest else None)


def _or(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return one.op("||")(other)


def _all_but_one(stems: Sequence[str]) -> list[str]:
    words = [_quoted(stem) for stem in stems]
    return [f"({' & '.join(words[:left_out] + words[left_out + 1 :])})" for left_out in range(len(words))]
