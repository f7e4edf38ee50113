"""Conditions: loading the catalogue, search by names and codes, look-up by slug."""

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from mapservice.catalogue import CONDITIONS, ConditionRecord, read_conditions
from mapservice.errors import UnknownConditionError
from mapservice.store.tables import Condition, ConditionCode, ConditionName
from mapservice.store.tables.zones import Loaded
from mapservice.text.folding import fold

#: Incremented when the same catalogue has to be loaded in another way.
EDITION = 1

#: Maximum length in characters of names in the search; folded queries are cut here.
MAX_QUERY_LENGTH = 80

#: Minimum similarity between the best part of a name and the query, from 0 (nothing in common) to 1.
ALIKE = 0.4

_CODE = re.compile(r"\s*(orpha|omim)\s*(?:code)?\s*[:#\s]\s*([0-9]{1,9})\s*", re.IGNORECASE)

# A code of another system; without its name only what looks like one of ICD-10: a letter and two figures.
_OTHER_CODE = re.compile(
    r"\s*(?:(icd-?1[01](?:-cm)?|cie-?1[01]|omim|mesh|gard|mondo)\s*(?:code)?\s*[:#\s]\s*([a-z]{0,2}[0-9][0-9a-z]*(?:\.[0-9a-z]+)?)"
    r"|([a-z][0-9][0-9a-z](?:\.[0-9a-z]{1,4})?))\s*",
    re.IGNORECASE,
)

# How the systems begin whose names people write in several ways.
_SYSTEMS = {"ICD10": "ICD-10", "CIE10": "ICD-10", "ICD11": "ICD-11", "CIE11": "ICD-11", "MESH": "MeSH"}

#: The rank of names of which the query is the beginning; a greater one is that of similar names.
BEGINNING = 2

# The operator <% takes its threshold from a session setting, set together with the query. Rank 0 is a code, 1 the whole
# name, 2 the beginning of a name or of a word in it, 3 a similar name. A planner that knows the words compares
# them with every name, which takes 80 ms; from a subquery they are unknown to it, and it uses the trigram index: 1 ms.
FIND = text("""
    WITH asked AS MATERIALIZED (
        SELECT set_config('pg_trgm.word_similarity_threshold', :alike, true), CAST(:query AS text) AS query,
            CAST(:beginning AS text) AS beginning, CAST(:word_beginning AS text) AS word_beginning
    ),
    coded AS (
        SELECT condition_id, system || ':' || code AS matched, 0 AS rank, 1.0::real AS likeness, true AS is_name
        FROM condition_code WHERE system = :system AND code = :code
        UNION ALL
        SELECT condition_id, system || ':' || code, 0, 1.0::real, true
        FROM condition_crosswalk WHERE upper(code) = :any_code AND (:any_system = '' OR system LIKE :any_system || '%')
    ),
    named AS (
        SELECT condition_id, name AS matched,
            CASE
                WHEN folded = :query THEN 1
                WHEN folded LIKE :beginning OR folded LIKE :word_beginning THEN 2
                ELSE 3
            END AS rank,
            (2 * similarity(folded, :query) + word_similarity(:query, folded)) / 3 AS likeness,
            kind = 'name' AS is_name
        FROM condition_name
        WHERE folded LIKE (SELECT beginning FROM asked) OR folded LIKE (SELECT word_beginning FROM asked)
            OR (SELECT query FROM asked) <% folded
    ),
    best AS (
        SELECT DISTINCT ON (condition_id) * FROM (SELECT * FROM coded UNION ALL SELECT * FROM named) AS found
        ORDER BY condition_id, rank, likeness DESC, is_name DESC, matched
    )
    SELECT condition.slug, condition.name, best.matched, condition.summary, best.rank, best.likeness
    FROM best JOIN condition ON condition.id = best.condition_id
    WHERE condition.is_offered OR :hidden
    ORDER BY best.rank, CASE WHEN best.rank = 2 THEN 0 ELSE best.likeness END DESC,
        condition.prevalence DESC NULLS LAST, best.is_name DESC, best.likeness DESC, condition.name
    LIMIT :limit
""")

STAGE = text("""
    CREATE TEMPORARY TABLE staged_condition
        (slug text, name text, summary text, prevalence double precision) ON COMMIT DROP;
    CREATE TEMPORARY TABLE staged_name (slug text, name text, folded text, kind text) ON COMMIT DROP;
    CREATE TEMPORARY TABLE staged_code (slug text, system text, code text) ON COMMIT DROP
""")

UPSERT = text("""
    INSERT INTO condition (slug, name, summary, prevalence, is_offered)
    SELECT slug, name, summary, prevalence, NOT EXISTS (SELECT FROM service_setting WHERE name = 'offered')
    FROM staged_condition ORDER BY slug
    ON CONFLICT (slug) DO UPDATE
    SET name = excluded.name, summary = excluded.summary, prevalence = excluded.prevalence
    WHERE NOT condition.is_own AND (condition.name, condition.summary, condition.prevalence)
        IS DISTINCT FROM (excluded.name, excluded.summary, excluded.prevalence)
""")

FILL_NAMES = text("""
    INSERT INTO condition_name (condition_id, name, folded, kind)
    SELECT condition.id, staged_name.name, folded, kind FROM staged_name JOIN condition USING (slug) WHERE NOT is_own
""")

FILL_CODES = text("""
    INSERT INTO condition_code (condition_id, system, code)
    SELECT condition.id, system, code FROM staged_code JOIN condition USING (slug) WHERE NOT is_own
""")


@dataclass(frozen=True, slots=True)
class ConditionHit:
    """A search result; ``matched`` is the name or code that matched the query, ``rank`` and ``likeness`` how well."""

    slug: str
    name: str
    matched: str
    summary: str
    rank: int = 0
    likeness: float = 1.0


def load(
    session: Session,
    progress: Callable[[int, int], None] = lambda done, total: None,
    records: Iterable[ConditionRecord] | None = None,
) -> bool:
    """Update the conditions to the state of the catalogue; return True if something changed.

    Conditions keep their id, because memberships refer to it. Those no longer in the catalogue stay, because they may
    have members. ``progress`` is called with the number of rows done, and the total.
    """
    digest = f"{hashlib.sha256(CONDITIONS.read_bytes()).hexdigest()}/{EDITION}"
    if records is None and session.scalar(select(Loaded.digest).filter_by(subject="conditions")) == digest:
        return False
    catalogue = list(read_conditions() if records is None else records)

    _stage(session, catalogue)
    _replace(session)
    session.execute(text("ANALYZE condition, condition_name, condition_code"))
    session.execute(delete(Loaded).filter_by(subject="conditions"))
    if records is None:
        session.execute(insert(Loaded).values(subject="conditions", digest=digest))
    progress(len(catalogue), len(catalogue))
    return True


def _stage(session: Session, records: Sequence[ConditionRecord]) -> None:
    """Copy the catalogue into temporary tables of this transaction."""
    for statement in STAGE.text.split(";"):
        session.execute(text(statement))
    _copy(session, "staged_condition", ((r.slug, r.name, r.summary, r.prevalence) for r in records))
    _copy(session, "staged_name", (row for record in records for row in _name_rows(record)))
    _copy(
        session,
        "staged_code",
        ((r.slug, system, code) for r in records for system, codes in r.codes.items() for code in codes),
    )


def _replace(session: Session) -> None:
    """Update or insert the staged conditions, and replace their names and codes."""
    session.execute(UPSERT)
    known_ids = select(Condition.id).where(
        ~Condition.is_own, Condition.slug.in_(select(text("slug")).select_from(text("staged_condition")))
    )
    session.execute(delete(ConditionName).where(ConditionName.condition_id.in_(known_ids)))
    session.execute(delete(ConditionCode).where(ConditionCode.condition_id.in_(known_ids)))
    session.execute(FILL_NAMES)
    session.execute(FILL_CODES)
    for table in ("staged_condition", "staged_name", "staged_code"):
        session.execute(text(f"DROP TABLE {table}"))


def find(session: Session, query: str, limit: int = 10, *, hidden: bool = False) -> list[ConditionHit]:
    """Return the conditions that the query may mean, most likely first, each once; with ``hidden`` all, not only
    those that this service is for.

    A code ("ORPHA:513") comes before a whole name or abbreviation ("ALL"), that before the beginning of a name or of a
    word in it (common conditions first), and that before a name that is merely similar, which tolerates typing
    mistakes.
    """
    folded = fold(query)[:MAX_QUERY_LENGTH].strip()
    code = _CODE.fullmatch(query)
    if not folded:
        return []
    any_system, any_code = _other_code(query)
    rows = session.execute(
        FIND,
        {
            "query": folded,
            # Folding leaves letters, digits and spaces, so the query contains no wildcards.
            "beginning": f"{folded}%",
            "word_beginning": f"% {folded}%",
            "system": code[1].upper() if code else "",
            "code": code[2].lstrip("0") if code else "",
            "any_system": any_system,
            "any_code": any_code,
            "alike": str(ALIKE),
            "limit": limit,
            "hidden": hidden,
        },
    )
    return [ConditionHit(*row) for row in rows]


def get(session: Session, slug: str, *, hidden: bool = False) -> Condition:
    """Return the condition with this slug; with ``hidden`` also one that this service is not for.

    :raise UnknownConditionError: if there is none.
    """
    condition = session.scalar(select(Condition).filter_by(slug=slug))
    if condition is None or not (condition.is_offered or hidden):
        raise UnknownConditionError
    return condition


def _other_code(query: str) -> tuple[str, str]:
    """Return the beginning of the name of a system, empty for ICD-10 alone, and the code; both empty without a code."""
    code = _OTHER_CODE.fullmatch(query)
    if code is None:
        return "", ""
    if code[3]:
        return "ICD-10", code[3].upper()
    plain = code[1].upper().replace("-", "").removesuffix("CM")
    return _SYSTEMS.get(plain, plain), code[2].upper()


def _name_rows(record: ConditionRecord) -> Iterable[tuple[str, str, str, str]]:
    yield record.slug, record.name, fold(record.name), "name"
    for synonym in record.synonyms:
        yield record.slug, synonym, fold(synonym), "synonym"


def _copy(session: Session, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
