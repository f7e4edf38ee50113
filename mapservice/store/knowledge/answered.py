"""Which questions about which conditions have a public answer: what a sitemap lists."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.facts import FactKind
from mapservice.questions import PUBLIC, QuestionKind
from mapservice.store.knowledge import orphadata
from mapservice.store.tables import Condition, ConditionCode
from mapservice.store.tables.articles import ArticleVersion
from mapservice.store.tables.knowledge import ConditionCrosswalk, ConditionFact, CuratedSymptomRow, PrevalenceSource

#: Number of conditions in one part of the list.
PART = 500

_OF_FACT = {
    FactKind.SYMPTOM: QuestionKind.SYMPTOMS,
    FactKind.INHERITANCE: QuestionKind.HEREDITARY,
    FactKind.ONSET: QuestionKind.ONSET,
}


@dataclass(frozen=True, slots=True)
class AnsweredQuestions:
    """A condition that this service is for, and the questions about it that have an answer, in their order."""

    slug: str
    kinds: Sequence[QuestionKind]


def parts(session: Session) -> int:
    """Return the number of parts of the list of all conditions."""
    offered = session.scalar(select(func.count()).select_from(Condition).where(Condition.is_offered)) or 0
    return -(-offered // PART)


def part(session: Session, number: int) -> list[AnsweredQuestions]:
    """Return one part of the list; the first has the number 1."""
    listed = (
        select(Condition.id, Condition.slug)
        .where(Condition.is_offered)
        .order_by(Condition.slug)
        .limit(PART)
        .offset((number - 1) * PART)
    )
    slugs = {row.id: row.slug for row in session.execute(listed)}
    kinds = _answered(session, list(slugs))
    return [
        AnsweredQuestions(slug, [kind for kind in QuestionKind if kind in kinds[condition_id]])
        for condition_id, slug in slugs.items()
    ]


def _answered(session: Session, ids: Sequence[int]) -> dict[int, set[QuestionKind]]:
    kinds: dict[int, set[QuestionKind]] = defaultdict(set)
    stated = select(ConditionFact.condition_id, ConditionFact.kind).where(ConditionFact.condition_id.in_(ids))
    for condition_id, kind in session.execute(stated.distinct()):
        kinds[condition_id].add(_OF_FACT[FactKind(kind)])
    public = select(ArticleVersion.condition_id, ArticleVersion.kind).where(
        ArticleVersion.condition_id.in_(ids), ArticleVersion.state.in_(PUBLIC)
    )
    for condition_id, kind in session.execute(public.distinct()):
        kinds[condition_id].add(QuestionKind(kind))
    for table, of_table in (
        (PrevalenceSource, QuestionKind.COMMON),
        (CuratedSymptomRow, QuestionKind.SYMPTOMS),
        (ConditionCode, QuestionKind.CODES),
        (ConditionCrosswalk, QuestionKind.CODES),
    ):
        for condition_id in session.scalars(select(table.condition_id).where(table.condition_id.in_(ids)).distinct()):
            kinds[condition_id].add(of_table)
    for condition_id in orphadata.conditions_with_genes(session, ids):
        kinds[condition_id].add(QuestionKind.CAUSES)
    return kinds
