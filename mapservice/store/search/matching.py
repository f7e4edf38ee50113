"""Under which conditions a text is found, and how good a find it is: with exact words, nearly all, or similar ones."""

import functools
import operator
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, cast, func, literal, literal_column, or_, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.types import Text

from mapservice.store.search.asked import SearchQuery, beginning, is_long

#: Conditions of which one holds for what is found, each with its rank.
Matches = Sequence[tuple[ColumnElement[bool], Any]]

#: A function that returns them for the columns of texts.
Matching = Callable[[Any, SearchQuery], Matches]

#: Minimum likeness of two words, from 0 to 1.
ALIKE = 0.5

# Long texts have a lower rank; similar words count little beside the right ones.
_BY_LENGTH = 1
_LITTLE: ColumnElement[Any] = literal_column("0.01::real")
_NONE: ColumnElement[Any] = literal_column("0::real")


def exact(columns: Any, asked: SearchQuery) -> Matches:
    """Return the conditions for texts with the words asked for."""
    found: list[tuple[ColumnElement[bool], Any]] = [
        (columns.search.bool_op("@@")(asked.exact), func.ts_rank(columns.search, asked.exact, _BY_LENGTH))
    ]
    if asked.rest is not None:
        about = and_(columns.condition_id == asked.condition_id, columns.search.bool_op("@@")(asked.rest.exact))
        rank = func.ts_rank(columns.search, asked.rest.exact, _BY_LENGTH)
        found.append((about, case((columns.condition_id == asked.condition_id, rank), else_=_NONE)))
    return found


def nearly(columns: Any, asked: SearchQuery) -> Matches:
    """Return those for texts with nearly all words, and for texts with words that begin with the ones typed."""
    found: list[tuple[ColumnElement[bool], Any]] = []
    if asked.nearly is not None:
        found.append(
            (columns.search.bool_op("@@")(asked.nearly), func.ts_rank(columns.search, asked.nearly, _BY_LENGTH))
        )
    if asked.similar:
        begins = columns.search.bool_op("@@")(cast(literal(" & ".join(map(beginning, asked.similar))), TSQUERY))
        # As if each were the word itself: before those that are merely like it.
        found.append((begins, case((begins, _LITTLE * len(asked.similar)), else_=_NONE)))
    return found


def any_of(matches: Matches) -> ColumnElement[bool]:
    """Return the condition that a text is found."""
    return or_(*(match for match, _rank in matches))


def rank_of(matches: Matches) -> ColumnElement[Any]:
    """Return the rank of a text that was found."""
    return functools.reduce(operator.add, (rank for _match, rank in matches))


def alike(columns: Any, asked: SearchQuery) -> ColumnElement[bool]:
    """Return the condition that a text has for each word one that begins with it, or is like it.

    It compares groups of three letters with those of each word with the same first letter, which takes long: of few
    texts only.
    """
    return and_(
        *(
            or_(
                columns.search.bool_op("@@")(cast(literal(beginning(word)), TSQUERY)),
                *([_has_like(columns, word)] if is_long(word) else []),
            )
            for word in asked.similar
        )
    )


def likeness(columns: Any, asked: SearchQuery) -> ColumnElement[Any]:
    """Return the rank of such a text."""
    stems = cast(func.strip(columns.search), Text)
    return functools.reduce(operator.add, (func.word_similarity(word, stems) * _LITTLE for word in asked.similar))


def _has_like(columns: Any, word: str) -> ColumnElement[bool]:
    stem: Any = func.unnest(func.tsvector_to_array(columns.search)).column_valued("stem")
    is_like = func.word_similarity(word, stem) >= ALIKE
    return select(true()).where(case((func.left(stem, 1) == word[0], is_like))).exists()
