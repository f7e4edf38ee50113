"""The texts that a search finds, of all kinds, as far as somebody can read them; and their words, marked."""

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
    not_,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from mapservice.privacy.texts import Reader
from mapservice.store.search.asked import SearchQuery, beginning, is_long
from mapservice.store.tables import Condition
from mapservice.store.tables.search_sources import SearchSource
from mapservice.store.tables.searched import CONFIGURATIONS, OTHER

#: Minimum similarity of a word with the best part of a text, from 0 to 1.
ALIKE = 0.5

#: Characters of the private use area around a word that was found; no text has them.
BEGINS, ENDS = "\ue000", "\ue001"

#: The most texts of a source that are ranked, the newest: a frequent word is in so many that ranking all of them takes
#: seconds, and nobody reads as far. Similar words are looked for in as many, whatever words they have.
CANDIDATES = 500

# The best plan depends on the words: in how many texts they are. For the newest texts whatever words they have, other
# joins than nested loops read all texts: PostgreSQL expects too much of the conditions on discussions.
_PLANNED = text("""
    select set_config('plan_cache_mode', :cache, true),
           set_config('enable_hashjoin', :joins, true), set_config('enable_mergejoin', :joins, true),
           set_config('jit', 'off', true)
""")

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
    reader: Reader,
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
    session.execute(_PLANNED, {"cache": "force_custom_plan", "joins": "on"})
    exact = _found(chosen, reader, filters, asked, is_exact=True)
    if hits := _hits(session, exact, limit, offset):
        return hits, True
    if offset and _hits(session, exact, 1, 0):
        return [], True
    if asked.nearly is None and not asked.similar:
        return [], False
    session.execute(_PLANNED, {"cache": "force_custom_plan", "joins": "off"})
    hits = _hits(session, _found(chosen, reader, filters, asked, is_exact=False), limit, offset)
    session.execute(_PLANNED, {"cache": "auto", "joins": "on"})
    return hits, False


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
    reader: Reader,
    filters: Filters,
    asked: SearchQuery,
    *,
    is_exact: bool,
) -> Select[Any]:
    """Return the statement that finds texts, the best first."""
    parts = [part for source in sources for part in _part(source, reader, filters, asked, is_exact=is_exact)]
    found = union_all(*parts).subquery()
    columns = found.c.kind, found.c.condition_id, found.c.key, found.c.language
    is_offered = select(Condition.id).where(Condition.is_offered)
    best = found.c.rank.desc(), found.c.day.desc(), found.c.key
    return select(*columns).where(found.c.condition_id.in_(is_offered)).order_by(*best)


def _part(
    source: SearchSource, reader: Reader, filters: Filters, asked: SearchQuery, *, is_exact: bool
) -> Sequence[Select[Any]]:
    readable = source.readable(reader).subquery()
    limits = _limits(readable.c, filters, source)
    if is_exact:
        return [_ranked(readable, limits, asked, _exact)]
    parts = [_ranked(readable, limits, asked, _nearly)] if asked.nearly is not None or asked.similar else []
    if any(is_long(word) for word in asked.similar):
        newest = _newest(readable, limits)
        others = not_(or_(*(match for match, _rank in _nearly(newest.c, asked))))
        parts.append(_with_rank(newest.c, [_likeness(newest.c, asked)]).where(_alike(newest.c, asked), others))
    return parts


def _ranked(readable: Any, limits: Sequence[Any], asked: SearchQuery, conditions: Any) -> Select[Any]:
    """Return the statement for the newest texts for which one of some conditions holds, each with its rank."""
    newest = _newest(readable, [or_(*(match for match, _rank in conditions(readable.c, asked))), *limits])
    return _with_rank(newest.c, [rank for _match, rank in conditions(newest.c, asked)])


def _newest(readable: Any, conditions: Sequence[Any]) -> Any:
    found = select(*readable.c).where(*conditions)
    return found.order_by(readable.c.day.desc(), readable.c.key).limit(CANDIDATES).subquery()


def _with_rank(columns: Any, ranks: Sequence[Any]) -> Select[Any]:
    shown = (columns[name] for name in ("kind", "condition_id", "key", "language", "day"))
    return select(*shown, functools.reduce(operator.add, ranks).label("rank"))


def _exact(columns: Any, asked: SearchQuery) -> list[tuple[ColumnElement[bool], Any]]:
    """Return the conditions of which one holds for what is found, each with its rank."""
    found: list[tuple[ColumnElement[bool], Any]] = [
        (columns.search.bool_op("@@")(asked.exact), func.ts_rank(columns.search, asked.exact, _BY_LENGTH))
    ]
    if asked.rest is not None:
        about = and_(columns.condition_id == asked.condition_id, columns.search.bool_op("@@")(asked.rest.exact))
        rank = func.ts_rank(columns.search, asked.rest.exact, _BY_LENGTH)
        found.append((about, case((columns.condition_id == asked.condition_id, rank), else_=_NONE)))
    return found


def _nearly(columns: Any, asked: SearchQuery) -> list[tuple[ColumnElement[bool], Any]]:
    """Return the same for texts with nearly all words, and for those with words that begin with the ones typed."""
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


def _alike(columns: Any, asked: SearchQuery) -> ColumnElement[bool]:
    """Return the condition that a text has for each word one that begins with it, or is like it.

    It compares groups of three letters with those of all words of a text, which takes long: of few texts only.
    """
    stems = _stems(columns)
    return and_(
        *(
            or_(
                columns.search.bool_op("@@")(cast(literal(beginning(word)), TSQUERY)),
                *([func.word_similarity(word, stems) >= ALIKE] if is_long(word) else []),
            )
            for word in asked.similar
        )
    )


def _likeness(columns: Any, asked: SearchQuery) -> ColumnElement[Any]:
    likeness = (func.word_similarity(word, _stems(columns)) * _LITTLE for word in asked.similar)
    return functools.reduce(operator.add, likeness)


def _stems(columns: Any) -> ColumnElement[str]:
    return cast(func.strip(columns.search), Text)


def _limits(columns: Any, filters: Filters, source: SearchSource) -> list[ColumnElement[bool]]:
    limits = []
    if filters.kinds and not filters.kinds >= set(source.kinds):
        limits.append(columns.kind.in_(filters.kinds))
    if filters.language:
        limits.append(columns.language == filters.language)
    if filters.condition_id is not None:
        limits.append(columns.condition_id == filters.condition_id)
    return limits


def _hits(session: Session, statement: Select[Any], limit: int, offset: int) -> list[Hit]:
    return [Hit(*row) for row in session.execute(statement.limit(limit).offset(offset))]
