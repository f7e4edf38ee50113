"""What everybody can read about which conditions, and of which day it is: what a sitemap lists."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice.facts import FactKind
from mapservice.privacy.texts import FORUM_KINDS, MemberTextKind
from mapservice.questions import PUBLIC, QuestionKind
from mapservice.store.knowledge import facts, orphadata
from mapservice.store.tables import Condition, ConditionCode
from mapservice.store.tables.articles import ArticleVersion
from mapservice.store.tables.knowledge import ConditionCrosswalk, ConditionFact, CuratedSymptomRow, PrevalenceSource
from mapservice.store.tables.texts import PublicText

#: The day of something to read; None if it has none.
Day = dt.date | None

#: Number of conditions in one part of the list.
PART = 500

_OF_FACT = {
    FactKind.SYMPTOM: QuestionKind.SYMPTOMS,
    FactKind.INHERITANCE: QuestionKind.HEREDITARY,
    FactKind.ONSET: QuestionKind.ONSET,
}


@dataclass(frozen=True, slots=True)
class AnsweredQuestions:
    """A condition that this service is for, and the questions with something to read for everybody, in their order.

    Each has the newest day of what there is to read, and the condition that of all this and of its public stories and
    discussions.
    """

    slug: str
    day: Day
    kinds: Mapping[QuestionKind, Day]


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
    days = _days_of_facts(session, list(slugs))
    _add(days, _days_of_texts(session, list(slugs)))
    told = _days_of_own_pages(session, list(slugs))
    return [
        AnsweredQuestions(
            slug,
            _newest([*days[condition_id].values(), told.get(condition_id)]),
            {kind: days[condition_id][kind] for kind in QuestionKind if kind in days[condition_id]},
        )
        for condition_id, slug in slugs.items()
    ]


_Days = dict[int, dict[QuestionKind, Day]]


def _days_of_facts(session: Session, ids: Sequence[int]) -> _Days:
    """Return the days of the facts about some conditions, by condition and question."""
    days: _Days = defaultdict(dict)
    releases = facts.release_days(session)
    of_terms, of_codes = _newest([releases.get("annotations"), releases.get("terms")]), releases.get("mondo")
    stated = select(ConditionFact.condition_id, ConditionFact.kind).where(ConditionFact.condition_id.in_(ids))
    for condition_id, kind in session.execute(stated.distinct()):
        days[condition_id][_OF_FACT[FactKind(kind)]] = of_terms
    for table, of_table, day in (
        (PrevalenceSource, QuestionKind.COMMON, None),
        (ConditionCode, QuestionKind.CODES, of_codes),
        (ConditionCrosswalk, QuestionKind.CODES, of_codes),
    ):
        for condition_id in session.scalars(select(table.condition_id).where(table.condition_id.in_(ids)).distinct()):
            days[condition_id][of_table] = day
    for condition_id in orphadata.conditions_with_genes(session, ids):
        days[condition_id][QuestionKind.CAUSES] = releases.get("orphanet_genes")
    chosen = select(CuratedSymptomRow.condition_id, func.max(CuratedSymptomRow.seen)).group_by("condition_id")
    for condition_id, seen in session.execute(chosen.where(CuratedSymptomRow.condition_id.in_(ids))):
        _add(days, {condition_id: {QuestionKind.SYMPTOMS: seen}})
    return days


def _days_of_texts(session: Session, ids: Sequence[int]) -> _Days:
    """Return the days of public articles and public experience, by condition and question."""
    days: _Days = defaultdict(dict)
    articles = select(ArticleVersion.condition_id, ArticleVersion.kind, func.max(ArticleVersion.decided_on))
    articles = articles.where(ArticleVersion.condition_id.in_(ids), ArticleVersion.state.in_(PUBLIC))
    said = select(PublicText.condition_id, PublicText.topic, func.max(PublicText.written_on))
    said = said.where(PublicText.condition_id.in_(ids), PublicText.kind == MemberTextKind.EXPERIENCE)
    for statement in (articles.group_by("condition_id", "kind"), said.group_by("condition_id", "topic")):
        for condition_id, kind, day in session.execute(statement):
            _add(days, {condition_id: {QuestionKind(kind): day}})
    return days


def _days_of_own_pages(session: Session, ids: Sequence[int]) -> dict[int, dt.date]:
    told = select(PublicText.condition_id, func.max(PublicText.written_on)).group_by("condition_id")
    kinds = MemberTextKind.STORY, *FORUM_KINDS
    stories = told.where(PublicText.condition_id.in_(ids), PublicText.kind.in_(kinds))
    return {row[0]: row[1] for row in session.execute(stories)}


def _add(days: _Days, others: Mapping[int, Mapping[QuestionKind, Day]]) -> None:
    """Add the days of others, of which the newest stay."""
    for condition_id, of_kind in others.items():
        for kind, day in of_kind.items():
            days[condition_id][kind] = _newest([days[condition_id].get(kind), day])


def _newest(days: Sequence[Day]) -> Day:
    return max((day for day in days if day), default=None)
