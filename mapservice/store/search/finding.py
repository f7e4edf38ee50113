"""The texts that a search finds, of all kinds, as far as somebody can read them; and their words, marked."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, cast, func, literal, literal_column, not_, select, text, union_all
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from mapservice.privacy.texts import Reader
from mapservice.store.search.asked import SearchQuery, is_long
from mapservice.store.search.matching import Matching, alike, any_of, exact, likeness, nearly, rank_of
from mapservice.store.tables import Condition
from mapservice.store.tables.search_sources import SearchSource
from mapservice.store.tables.searched import CONFIGURATIONS, OTHER

#: Characters of the private use area around a word that was found; no text has them.
BEGINS, ENDS = "\ue000", "\ue001"

#: The most texts of a source that are ranked, the newest: a frequent word is in so many that ranking all of them takes
#: seconds, and nobody reads as far.
CANDIDATES = 500

#: The newest texts that the reader can read among which similar words are looked for, whatever words they have.
COMPARED = 200

#: Among how many of the newest texts those with the words are looked for first, and then; and how many have to be found
#: before for the next ones to be worth it: where words are rare, all texts with them are soon read.
WINDOWS = ((5_000, 0), (25_000, 100))

# The best plan depends on the words: in how many texts they are. For the newest texts whatever words they have, other
# joins than nested loops read all texts: PostgreSQL expects too much of the conditions on discussions. To read the
# words of a text takes longer than it expects: it always looks for them in the index of words.
_PLANNED = text("""
    select set_config('plan_cache_mode', :cache, true), set_config('enable_seqscan', :reading_all, true),
           set_config('enable_hashjoin', :joins, true), set_config('enable_mergejoin', :joins, true),
           set_config('jit', 'off', true)
""")
_EXACT = {"cache": "force_custom_plan", "joins": "on", "reading_all": "off"}
_ALIKE = {"cache": "force_custom_plan", "joins": "off", "reading_all": "off"}
_USUAL = {"cache": "auto", "joins": "on", "reading_all": "on"}

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
    readable = {source.kinds: source.readable(reader).subquery() for source in chosen}
    searched = _Search(session, readable, chosen, reader, asked, filters)
    session.execute(_PLANNED, _EXACT)
    hits, is_exact = searched.best(limit, offset, exact), True
    if not hits and not (offset and searched.best(1, 0, exact)):
        is_exact = False
        if asked.nearly is not None or asked.similar:
            session.execute(_PLANNED, _ALIKE)
            hits = searched.best(limit, offset, nearly)
    session.execute(_PLANNED, _USUAL)
    return hits, is_exact


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


@dataclass(frozen=True, slots=True)
class _Search:
    """What is looked for, where, and for whom."""

    session: Session
    readable: Mapping[Sequence[str], Any]
    sources: Sequence[SearchSource]
    reader: Reader
    asked: SearchQuery
    filters: Filters

    def best(self, limit: int, offset: int, matching: Matching) -> list[Hit]:
        """Return texts that are found, the best first.

        The newest texts with a frequent word are looked for among the newest of all texts: if there are enough, they
        are the same as among all.
        """
        found = 0
        for newest, min_found in WINDOWS:
            since = self._day(newest) if found >= min_found else None
            if since is None:
                break
            rows = self._rows(matching, since, limit, offset)
            found = rows[0].candidates if rows else 0
            if found >= CANDIDATES:
                return _hits(rows)
        return _hits(self._rows(matching, None, limit, offset))

    def _day(self, newest: int) -> dt.date | None:
        """Return the day from which on there are so many texts; None if there are fewer."""
        tables = [source.table(self.reader) for source in self.sources if source.table is not None]
        days = [select(table.written_on).order_by(table.written_on.desc()).offset(newest).limit(1) for table in tables]
        return self.session.scalar(days[0]) if days else None

    def _rows(self, matching: Matching, since: dt.date | None, limit: int, offset: int) -> Sequence[Row[Any]]:
        return self.session.execute(self._found(matching, since).limit(limit).offset(offset)).all()

    def _found(self, matching: Matching, since: dt.date | None) -> Select[Any]:
        parts = [part for source in self.sources for part in self._parts(source, matching, since)]
        found = union_all(*parts).subquery()
        columns = found.c.kind, found.c.condition_id, found.c.key, found.c.language
        candidates = func.count().filter(found.c.is_limited).over().label("candidates")
        is_offered = select(Condition.id).where(Condition.is_offered)
        best = found.c.rank.desc(), found.c.day.desc(), found.c.key
        return select(*columns, candidates).where(found.c.condition_id.in_(is_offered)).order_by(*best)

    def _parts(self, source: SearchSource, matching: Matching, since: dt.date | None) -> Iterator[Select[Any]]:
        readable = self.readable[source.kinds]
        limits = _limits(readable.c, self.filters, source)
        is_limited = source.table is not None
        in_window = [readable.c.day >= since] if is_limited and since is not None else []
        # An order that no index has: the words are looked up in theirs.
        day = readable.c.day + 0
        conditions = any_of(matching(readable.c, self.asked)), *in_window, *limits
        newest = _newest(readable, conditions, day, CANDIDATES)
        yield _with_rank(newest.c, rank_of(matching(newest.c, self.asked)), is_limited=is_limited)
        if matching is nearly and since is None and any(is_long(word) for word in self.asked.similar):
            newest = _newest(readable, limits, readable.c.day, COMPARED)
            others = alike(newest.c, self.asked), not_(any_of(nearly(newest.c, self.asked)))
            yield _with_rank(newest.c, likeness(newest.c, self.asked), is_limited=False).where(*others)


def _hits(rows: Sequence[Row[Any]]) -> list[Hit]:
    return [Hit(row.kind, row.condition_id, row.key, row.language) for row in rows]


def _newest(readable: Any, conditions: Sequence[Any], day: Any, limit: int) -> Any:
    return select(*readable.c).where(*conditions).order_by(day.desc(), readable.c.key).limit(limit).subquery()


def _with_rank(columns: Any, rank: Any, *, is_limited: bool) -> Select[Any]:
    shown = (columns[name] for name in ("kind", "condition_id", "key", "language", "day"))
    return select(*shown, rank.label("rank"), literal_column(str(is_limited).lower()).label("is_limited"))


def _limits(columns: Any, filters: Filters, source: SearchSource) -> list[ColumnElement[bool]]:
    limits = []
    if filters.kinds and not filters.kinds >= set(source.kinds):
        limits.append(columns.kind.in_(filters.kinds))
    if filters.language:
        limits.append(columns.language == filters.language)
    if filters.condition_id is not None:
        limits.append(columns.condition_id == filters.condition_id)
    return limits
