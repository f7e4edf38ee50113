"""Conditions by what our sources say about their symptoms."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.store.knowledge.facts import TermNames
from mapservice.store.search.asked import SearchQuery
from mapservice.store.tables import Condition

# The shortest names first: the term itself before its special forms. The symptoms that we chose come before those that
# a source lists, and common conditions before rare ones. What is stated is looked up for one term after the other, in
# an index: PostgreSQL expects more terms than there are mostly, and would read all that sources say.
_FIND = text("""
    WITH asked AS MATERIALIZED (
        SELECT websearch_to_tsquery('search_en', :words) AS english,
            websearch_to_tsquery('search_es', :words) AS spanish
    ),
    term AS MATERIALIZED (
        SELECT id, min(length) AS length FROM (
            SELECT id, length(label) FROM phenotype_term, asked WHERE to_tsvector('search_en', label) @@ english
            UNION ALL
            SELECT id, length(spanish) FROM phenotype_term, (SELECT spanish AS query FROM asked) AS asked
            WHERE to_tsvector('search_es', spanish) @@ query
            UNION ALL
            SELECT term_id, length(name) FROM plain_name, asked
            WHERE language = 'en' AND to_tsvector('search_en', name) @@ english
        ) AS found GROUP BY id ORDER BY length LIMIT 60
    ),
    stated AS (
        SELECT DISTINCT ON (condition_id) condition_id, term.id AS term_id, rank FROM term CROSS JOIN LATERAL (
            SELECT condition_id, 0 AS rank FROM curated_symptom WHERE term_id = term.id
            UNION ALL
            SELECT condition_id, 1 FROM condition_fact WHERE term_id = term.id AND kind = 'symptom'
        ) AS stated
        WHERE CAST(:condition AS integer) IS NULL OR condition_id = :condition
        ORDER BY condition_id, rank, length, term.id
    )
    SELECT condition.id AS condition_id, phenotype_term.id, label, spanish, coalesce(plain_name.name, '') AS plain
    FROM stated JOIN condition ON condition.id = stated.condition_id AND condition.is_offered
    JOIN phenotype_term ON phenotype_term.id = stated.term_id
    LEFT JOIN plain_name ON plain_name.term_id = stated.term_id AND language = 'en' AND position = 0
    ORDER BY rank, condition.prevalence DESC NULLS LAST, condition.name
    LIMIT :limit OFFSET :offset
""")


@dataclass(frozen=True, slots=True)
class FoundSymptom:
    """A symptom of a condition."""

    condition: Condition
    term: TermNames


def with_symptom(
    session: Session, asked: SearchQuery, condition: Condition | None = None, *, limit: int, offset: int = 0
) -> Sequence[FoundSymptom]:
    """Return conditions with a symptom of these words, each once; with a condition: whether it has such a symptom."""
    values = {
        "words": asked.words,
        "condition": condition.id if condition else None,
        "limit": limit,
        "offset": offset,
    }
    return [
        FoundSymptom(session.get_one(Condition, row.condition_id), TermNames(row.id, row.label, row.spanish, row.plain))
        for row in session.execute(_FIND, values)
    ]
