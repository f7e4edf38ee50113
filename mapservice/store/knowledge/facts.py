"""The facts about one condition, by kind, each with its source."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from mapservice.facts import FactKind, Frequency
from mapservice.store.knowledge import orphadata
from mapservice.store.tables import Condition
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
from mapservice.store.tables.orphadata import OrphanetRelease, OrphanetSymptom


@dataclass(frozen=True, slots=True)
class TermNames:
    """The names of a term: HPO's label, its official Spanish label or empty, a name in plain English or empty."""

    number: int
    label: str
    spanish: str
    plain: str


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """What a source says about a condition; ``name`` is that of ``entry``, its disease in that source."""

    kind: FactKind
    term: TermNames
    entry: str
    name: str
    frequency: Frequency
    cited: tuple[str, ...]
    automatic: bool


@dataclass(frozen=True, slots=True)
class ChosenSymptom:
    """A symptom that we chose, and where it is named."""

    term: TermNames
    row: CuratedSymptomRow


def facts(session: Session, condition: Condition) -> Sequence[SourcedFact]:
    """Return what the sources say about a condition, in alphabetical order of the labels.

    For a disease in Orphanet's file of symptoms, if the operator loaded it, the symptoms are those of that file.
    """
    newer = _orphanet_symptoms(session, condition)
    replaced = {fact.entry for fact in newer}
    loaded = [
        fact
        for fact in _loaded_facts(session, condition)
        if fact.kind is not FactKind.SYMPTOM or fact.entry not in replaced
    ]
    return sorted([*loaded, *newer], key=lambda fact: (fact.term.label, fact.entry))


def _loaded_facts(session: Session, condition: Condition) -> list[SourcedFact]:
    statement = (
        select(ConditionFact, SourceEntry.name, PhenotypeTerm, PlainName.name)
        .join(PhenotypeTerm, PhenotypeTerm.id == ConditionFact.term_id)
        .join(SourceEntry, SourceEntry.code == ConditionFact.entry)
        .outerjoin(PlainName, _first_plain_name())
        .where(ConditionFact.condition_id == condition.id)
    )
    return [
        SourcedFact(
            FactKind(fact.kind),
            _names(term, plain),
            fact.entry,
            name,
            Frequency(fact.frequency),
            tuple(fact.cited) or (fact.entry,),
            fact.automatic,
        )
        for fact, name, term, plain in session.execute(statement)
    ]


def _orphanet_symptoms(session: Session, condition: Condition) -> list[SourcedFact]:
    statement = (
        select(OrphanetSymptom, PhenotypeTerm, PlainName.name)
        .join(PhenotypeTerm, PhenotypeTerm.id == OrphanetSymptom.term_id)
        .outerjoin(PlainName, _first_plain_name())
        .where(orphadata.is_entry_of(OrphanetSymptom.entry, condition))
    )
    return [
        SourcedFact(
            FactKind.SYMPTOM,
            _names(term, plain),
            symptom.entry,
            symptom.disease,
            Frequency(symptom.frequency),
            (symptom.entry,),
            automatic=False,
        )
        for symptom, term, plain in session.execute(statement)
    ]


def chosen_symptoms(session: Session, condition: Condition) -> Sequence[ChosenSymptom]:
    """Return the symptoms that we chose for a condition, in our order."""
    statement = (
        select(CuratedSymptomRow, PhenotypeTerm, PlainName.name)
        .join(PhenotypeTerm, PhenotypeTerm.id == CuratedSymptomRow.term_id)
        .outerjoin(PlainName, _first_plain_name())
        .where(CuratedSymptomRow.condition_id == condition.id)
        .order_by(CuratedSymptomRow.position)
    )
    return [ChosenSymptom(_names(term, plain), row) for row, term, plain in session.execute(statement)]


def crosswalk(session: Session, condition: Condition) -> Sequence[ConditionCrosswalk]:
    """Return the codes of a condition in other systems."""
    statement = select(ConditionCrosswalk).filter_by(condition_id=condition.id)
    return session.scalars(statement.order_by(ConditionCrosswalk.system, ConditionCrosswalk.code)).all()


def prevalence_source(session: Session, condition: Condition) -> str:
    """Return where the prevalence of a condition comes from; empty if the catalogue does not say."""
    found = select(PrevalenceSource.source).filter_by(condition_id=condition.id)
    return session.scalar(found) or ""


def release_days(session: Session) -> dict[str, dt.date]:
    """Return the days of the releases of the sources, and of the files of Orphanet that the operator loaded."""
    days = {row.source: dt.date.fromisoformat(row.release) for row in session.scalars(select(SourceRelease))}
    return days | {orphadata.NAMES[row.product]: row.day for row in session.scalars(select(OrphanetRelease))}


def days_read(session: Session) -> Sequence[dt.date]:
    """Return the days on which the pages were read that name the chosen symptoms."""
    read = select(CuratedSymptomRow.seen).distinct().where(CuratedSymptomRow.seen.is_not(None))
    return [day for day in session.scalars(read) if day]


def _first_plain_name() -> ColumnElement[bool]:
    return (PlainName.term_id == PhenotypeTerm.id) & (PlainName.language == "en") & (PlainName.position == 0)


def _names(term: PhenotypeTerm, plain: str | None) -> TermNames:
    return TermNames(term.id, term.label, term.spanish, plain or "")
