"""Orphanet's files in the database: replaced file by file, and the genes of a condition."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select
from sqlalchemy.orm import Session

from mapservice.orphadata import OrphanetFile
from mapservice.store.tables import Condition, ConditionCode, Loaded
from mapservice.store.tables.base import Base
from mapservice.store.tables.knowledge import PhenotypeTerm
from mapservice.store.tables.orphadata import OrphanetGene, OrphanetRelease, OrphanetSymptom

#: Orphanet's numbers for its files.
SYMPTOMS, GENES = 4, 6

#: Their names beside those of the other sources.
NAMES = {SYMPTOMS: "orphanet_symptoms", GENES: "orphanet_genes"}

#: Its rows in the table of what is loaded, so that pages have another version afterwards.
LOADED = "orphadata"


def load(session: Session, read: OrphanetFile) -> int:
    """Replace what was loaded from such a file before; return the number of rows that are used.

    Symptoms whose term is newer than the terms of this service are left out.
    """
    rows = 0
    if read.genes:
        rows += _replace(session, GENES, OrphanetGene, _genes(read), read)
    if read.symptoms:
        known = set(session.scalars(select(PhenotypeTerm.id)))
        rows += _replace(session, SYMPTOMS, OrphanetSymptom, _symptoms(read, known), read)
    _note(session)
    return rows


def remove(session: Session) -> None:
    """Remove everything that was loaded from Orphanet's files."""
    for table in (OrphanetGene, OrphanetSymptom, OrphanetRelease):
        session.execute(delete(table))
    _note(session)


def genes(session: Session, condition: Condition) -> Sequence[OrphanetGene]:
    """Return the genes that are stated to cause a condition, in alphabetical order."""
    statement = select(OrphanetGene).where(is_entry_of(OrphanetGene.entry, condition))
    return session.scalars(statement.order_by(OrphanetGene.symbol, OrphanetGene.entry, OrphanetGene.somatic)).all()


def conditions_with_genes(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Return those of some conditions that have genes."""
    statement = select(ConditionCode.condition_id).where(
        ConditionCode.condition_id.in_(ids),
        ConditionCode.system == "ORPHA",
        ("ORPHA:" + ConditionCode.code).in_(select(OrphanetGene.entry)),
    )
    return session.scalars(statement.distinct()).all()


def is_entry_of(entry: Any, condition: Condition) -> ColumnElement[bool]:
    """Return the condition that a code such as ORPHA:586 is one of the codes of a condition."""
    codes = select("ORPHA:" + ConditionCode.code).where(
        ConditionCode.condition_id == condition.id, ConditionCode.system == "ORPHA"
    )
    found: ColumnElement[bool] = entry.in_(codes)
    return found


def _replace(
    session: Session, product: int, table: type[Base], rows: Mapping[Any, dict[str, Any]], read: OrphanetFile
) -> int:
    session.execute(delete(table))
    session.execute(delete(OrphanetRelease).filter_by(product=product))
    session.execute(insert(OrphanetRelease).values(product=product, day=read.day))
    if rows:
        session.execute(insert(table), list(rows.values()))
    return len(rows)


def _genes(read: OrphanetFile) -> dict[Any, dict[str, Any]]:
    """Return the rows by key: a gene that is stated twice, by gain and by loss of function, is one row."""
    rows: dict[Any, dict[str, Any]] = {}
    for gene in read.genes:
        row = rows.setdefault(
            (gene.entry, gene.symbol, gene.somatic),
            {
                "entry": gene.entry,
                "symbol": gene.symbol,
                "somatic": gene.somatic,
                "disease": read.names[gene.entry],
                "name": gene.name,
                "cited": [],
            },
        )
        row["cited"] += [reference for reference in gene.references if reference not in row["cited"]]
    return rows


def _symptoms(read: OrphanetFile, known: Iterable[int]) -> dict[Any, dict[str, Any]]:
    return {
        (symptom.entry, symptom.term): {
            "entry": symptom.entry,
            "term_id": symptom.term,
            "disease": read.names[symptom.entry],
            "frequency": symptom.frequency,
        }
        for symptom in read.symptoms
        if symptom.term in known
    }


def _note(session: Session) -> None:
    """Note which files are loaded, so that the pages that show them have another version."""
    session.execute(delete(Loaded).filter_by(subject=LOADED))
    releases = session.execute(select(OrphanetRelease.product, OrphanetRelease.day).order_by(OrphanetRelease.product))
    digest = " ".join(f"{product}:{day}" for product, day in releases)
    if digest:
        session.execute(insert(Loaded).values(subject=LOADED, digest=digest))
