"""The texts that a search finds, of all kinds, as far as the searcher can read them; and their words, marked."""

import functools
import operator
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from mapservice.store.search.asked import SearchQuery, beginning, is_long
from mapservice.store.tables import Condition
from mapservice.store.tables.search_sources import Searcher, SearchSource
from mapservice.store.tables.searched import CONFIGURATIONS, OTHER

#: Minimum similarity of a word with the best part of a text, from 0 to 1.
ALIKE = 0.5

#: Characters of the private use area around a word that was found; no text has them.
BEGINS, ENDS = "\ue000", "\ue001"

# Long texts have a lower rank; similar words count little beside the right ones.
_BY_LENGTH = 1
_LITTLE: ColumnElement[Any] = literal_column("0.01::real")
_NONE: ColumnElement[Any] = literal_column("0::real")

# A short text is shown whole, of others the parts around the words found. No mark has a meaning in HTML.
_WHOLE = f"StartSel={BEGINS}, StopSel={ENDS}, HighlightAll=true"
_PARTS = f'StartSel={BEGINS}, StopSel={ENDS}, MaxFragments=2, MaxWords=24, MinWords=10, FragmentDelimiter=" … "'

#: The most characters of a text that is shown whole.
SHORT = 200


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is limited to: kinds of text, a language, a condition."""

    kinds: frozenset[str] = frozenset()
    language: str = ""
    condition_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A text that was found: its kind, its key among the texts of that kind, and its condition."""

    kind: str
    condition_id: int
    key: str
    language: str


def find(
    session: Session,
    sources: Iterable[SearchSource],
    searcher: Searcher,
    asked: SearchQuery,
    filters: Filters,
    *,
    limit: int,
    offset: int = 0,
) -> tuple[list[Hit], bool]:
    """Return the texts with the words asked for, the best first, and True; if there are none, those with nearly all of
    the words or with similar ones, and False.
    """
    chosen = [source for source in sources if not filters.kinds or filters.kinds & set(source.kinds)]
    exact = _found(chosen, searcher, filters, asked, is_exact=True)
    if hits := _hits(session, exact, limit, offset):
        return hits, True
    if offset and _hits(session, exact, 1, 0):
        return [], True
    if asked.nearly is None and not asked.similar:
        return [], False
    session.execute(text("select set_config('pg_trgm.word_similarity_threshold', :alike, true)"), {"alike": str(ALIKE)})
    return _hits(session, _found(chosen, searcher, filters, asked, is_exact=False), limit, offset), False


def marked(session: Session, asked: SearchQuery, said: Sequence[tuple[str, str]]) -> list[str]:
    """Return for each text, a language and words, the parts with the words asked for, between ``BEGINS`` and ``ENDS``.

    The words are those that the reader sees: nothing else can stand in what is returned.
    """
    query = asked.exact if asked.nearly is None else asked.exact.op("||")(asked.nearly)
    names = [CONFIGURATIONS.get(language, OTHER) for language, _words in said]
    words = [plain.replace(BEGINS, "").replace(ENDS, "") for _language, plain in said]
    options = [_WHOLE if len(plain) <= SHORT else _PARTS for plain in words]
    arrays = (cast(literal(column, ARRAY(Text)), ARRAY(Text)) for column in (names, words, options))
    given = func.unnest(*arrays).table_valued("name", "words", "options", with_ordinality="at").render_derived()
    headline = func.ts_headline(cast(given.c.name, REGCONFIG), given.c.words, query, given.c.options)
    return list(session.scalars(select(headline).order_by(given.c.at)))


def _found(
    sources: Iterable[SearchSource],
    searcher: Searcher,
    filters: Filters,
    asked: SearchQuery,
    *,
    is_exact: bool,
) -> Select[Any]:
    """Return the statement that finds texts, the best first."""
    parts = [_part(source, searcher, filters, asked, is_exact=is_exact) for source in sources]
    found = union_all(*parts).subquery()
    columns = found.c.kind, found.c.condition_id, found.c.key, found.c.language
    is_offered = select(Condition.id).where(Condition.is_offered)
    best = found.c.rank.desc(), found.c.day.desc(), found.c.key
    return select(*columns).where(found.c.condition_id.in_(is_offered)).order_by(*best)


def _part(
    source: SearchSource, searcher: Searcher, filters: Filters, asked: SearchQuery, *, is_exact: bool
) -> Select[Any]:
    readable = source.readable(searcher).subquery()
    found = _exact(readable.c, asked) if is_exact else _nearly(readable.c, asked)
    matches, ranks = zip(*found, strict=True)
    columns = (readable.c[name] for name in ("kind", "condition_id", "key", "language", "day"))
    rank = functools.reduce(operator.add, ranks).label("rank")
    return select(*columns, rank).where(or_(*matches), *_limits(readable.c, filters))


def _exact(columns: Any, asked: SearchQuery) -> list[tuple[ColumnElement[bool], Any]]:
    """Return the conditions of which one holds for what is found, each with its rank."""
    found: list[tuple[ColumnElement[bool], Any]] = [
        (columns.search.op("@@")(asked.exact), func.ts_rank(columns.search, asked.exact, _BY_LENGTH))
    ]
    if asked.rest is not None:
        about = and_(columns.condition_id == asked.condition_id, columns.search.op("@@")(asked.rest.exact))
        rank = func.ts_rank(columns.search, asked.rest.exact, _BY_LENGTH)
        found.append((about, case((columns.condition_id == asked.condition_id, rank), else_=_NONE)))
    return found


def _nearly(columns: Any, asked: SearchQuery) -> list[tuple[ColumnElement[bool], Any]]:
    found: list[tuple[ColumnElement[bool], Any]] = []
    if asked.nearly is not None:
        found.append((columns.search.op("@@")(asked.nearly), func.ts_rank(columns.search, asked.nearly, _BY_LENGTH)))
    if asked.similar:
        stems = cast(func.strip(columns.search), Text)
        alike = [
            or_(
                columns.search.op("@@")(cast(literal(beginning(word)), TSQUERY)),
                *([literal(word).op("<%")(stems)] if is_long(word) else []),
            )
            for word in asked.similar
        ]
        likeness = (func.word_similarity(word, stems) * _LITTLE for word in asked.similar)
        found.append((and_(*alike), functools.reduce(operator.add, likeness)))
    return found


def _limits(columns: Any, filters: Filters) -> list[ColumnElement[bool]]:
    limits = []
    if filters.kinds:
        limits.append(columns.kind.in_(filters.kinds))
    if filters.language:
        limits.append(columns.language == filters.language)
    if filters.condition_id is not None:
        limits.append(columns.condition_id == filters.condition_id)
    return limits


def _hits(session: Session, statement: Select[Any], limit: int, offset: int) -> list[Hit]:
    return [Hit(*row) for row in session.execute(statement.limit(limit).offset(offset))]
