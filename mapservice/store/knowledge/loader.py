"""Loads the facts about conditions from the committed data, by COPY, in one transaction."""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from mapservice.facts import (
    BY_HAND,
    CURATED,
    FACTS,
    CuratedSymptom,
    FactBook,
    TermRecord,
    read_curated,
    read_facts,
    read_prevalence_sources,
)
from mapservice.store.tables import Condition, ConditionCode, Loaded
from mapservice.store.tables.base import Base
from mapservice.store.tables.knowledge import (
    ConditionCrosswalk,
    ConditionFact,
    CuratedSymptomRow,
    PhenotypeTerm,
    PlainName,
    PrevalenceSource,
    SourceEntry,
    SourceRelease,
)

#: Incremented when the same facts have to be loaded in another way.
EDITION = 1

#: The source of plain names that are HPO's own.
HPO = "HPO"

# In this order, so that each row finds those it refers to.
_TABLES: tuple[type[Base], ...] = (
    PhenotypeTerm,
    PlainName,
    SourceEntry,
    SourceRelease,
    ConditionFact,
    ConditionCrosswalk,
    CuratedSymptomRow,
    PrevalenceSource,
)


def load(session: Session, progress: Callable[[int, int], None] = lambda done, total: None) -> bool:
    """Replace the facts by those of the committed data; return True if something changed.

    They are loaded again with another catalogue, which may have other conditions.
    """
    digest = _digest(session)
    if session.scalar(select(Loaded.digest).filter_by(subject="facts")) == digest:
        return False
    book, curated = read_facts(), list(read_curated())
    for table in reversed(_TABLES):
        session.execute(delete(table))
    ids = {row.slug: row.id for row in session.execute(select(Condition.slug, Condition.id))}
    rows = _rows(book, curated, ids) | {PrevalenceSource: _prevalence_rows(session, ids)}
    for done, table in enumerate(_TABLES, 1):
        _copy(session, table, rows[table])
        progress(done, len(_TABLES))
    session.execute(text(f"analyze {', '.join(table.__tablename__ for table in _TABLES)}"))
    session.execute(delete(Loaded).filter_by(subject="facts"))
    session.execute(insert(Loaded).values(subject="facts", digest=digest))
    return True


def term_number(term: str) -> int:
    """Return the number of a term of HPO.

    >>> term_number("HP:0001738")
    1738
    """
    return int(term.removeprefix("HP:"))


def _digest(session: Session) -> str:
    conditions = session.scalar(select(Loaded.digest).filter_by(subject="conditions"))
    files = hashlib.sha256(b"".join(path.read_bytes() for path in (FACTS, CURATED, *BY_HAND))).hexdigest()
    return f"{files}/{EDITION}/{conditions}"


def _rows(
    book: FactBook, curated: Iterable[CuratedSymptom], ids: Mapping[str, int]
) -> dict[type[Base], Iterator[tuple[Any, ...]]]:
    """Return the rows of each table; what is about a condition that the database does not have is left out."""
    known = [condition for condition in book.conditions if condition.slug in ids]
    return {
        PhenotypeTerm: ((term_number(term.id), term.label, term.spanish) for term in book.terms),
        PlainName: (
            (term_number(term.id), "en", position, name, HPO)
            for term in book.terms
            for position, name in enumerate(_plainest_first(term))
        ),
        SourceEntry: iter(book.entries.items()),
        SourceRelease: iter(book.releases.items()),
        ConditionFact: (
            (
                ids[condition.slug],
                fact.kind,
                term_number(fact.term),
                fact.entry,
                fact.frequency,
                [] if fact.references == (fact.entry,) else list(fact.references),
                fact.automatic,
            )
            for condition in known
            for fact in condition.facts
        ),
        ConditionCrosswalk: ((ids[condition.slug], *code) for condition in known for code in condition.codes),
        CuratedSymptomRow: _curated_rows(curated, ids),
    }


def _plainest_first(term: TermRecord) -> list[str]:
    """Return the plain names of a term; if its label is one of them, it is plain enough, and comes first."""
    return sorted(term.plain, key=lambda name: name.casefold() != term.label.casefold())


def _curated_rows(curated: Iterable[CuratedSymptom], ids: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    for position, row in enumerate(curated):
        if row.slug in ids:
            seen = dt.date.fromisoformat(row.seen) if row.seen else None
            yield ids[row.slug], term_number(row.term), position, row.source, row.address, seen


def _prevalence_rows(session: Session, ids: Mapping[str, int]) -> Iterator[tuple[Any, ...]]:
    """Return where the prevalence of each condition comes from; the table that is read first decides."""
    coded = select(ConditionCode.code, ConditionCode.condition_id).where(ConditionCode.system == "ORPHA")
    known = dict(ids) | {f"ORPHA:{code}": condition_id for code, condition_id in session.execute(coded)}
    sources: dict[int, str] = {}
    for name, source in read_prevalence_sources():
        if name in known:
            sources.setdefault(known[name], source)
    return iter(sources.items())


def _copy(session: Session, table: type[Base], rows: Iterable[tuple[Any, ...]]) -> None:
    columns = ", ".join(column.name for column in table.__table__.columns)
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"copy {table.__tablename__} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)
