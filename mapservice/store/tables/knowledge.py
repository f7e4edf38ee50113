"""What public sources say about conditions, and the terms of the Human Phenotype Ontology in which they say it.

No foreign keys: all rows are replaced together from files, by a loader that looks up each condition; checking them row
by row took most of its time. Conditions are never deleted.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ARRAY, CheckConstraint, Index, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.facts import FactKind, Frequency
from mapservice.store.tables.base import Base, one_of


class PhenotypeTerm(Base):
    """A term of HPO, unchanged; ``id`` is its number, ``spanish`` its official Spanish label or empty."""

    __tablename__ = "phenotype_term"
    __table_args__ = (
        Index("ix_phenotype_term_label", text("to_tsvector('search_en', label)"), postgresql_using="gin"),
        Index("ix_phenotype_term_spanish", text("to_tsvector('search_es', spanish)"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str]
    spanish: Mapped[str]


class PlainName(Base):
    """A name in plain words for a term, which stays as it is; ``source`` is HPO where the name is HPO's own."""

    __tablename__ = "plain_name"
    __table_args__ = (
        Index(
            "ix_plain_name_english",
            text("to_tsvector('search_en', name)"),
            postgresql_using="gin",
            postgresql_where=text("language = 'en'"),
        ),
        Index(
            "ix_plain_name_spanish",
            text("to_tsvector('search_es', name)"),
            postgresql_using="gin",
            postgresql_where=text("language = 'es'"),
        ),
    )

    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    language: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    source: Mapped[str]


class SourceEntry(Base):
    """A disease of a source, such as OMIM:219700, and its name there."""

    __tablename__ = "source_entry"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class SourceRelease(Base):
    """The release of a source that the facts come from."""

    __tablename__ = "source_release"

    source: Mapped[str] = mapped_column(primary_key=True)
    release: Mapped[str]


class ConditionFact(Base):
    """One statement of a source about a condition.

    ``entry`` is the disease of the source that it is about; ``cited`` are its references, none if it is the entry
    itself; ``automatic`` is True if a program took it from there, and no curator.
    """

    __tablename__ = "condition_fact"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(FactKind)), name="kind"),
        CheckConstraint(one_of("frequency", tuple(Frequency)), name="frequency"),
        Index("ix_condition_fact_term_id", "term_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(primary_key=True)
    frequency: Mapped[str] = mapped_column(primary_key=True)
    cited: Mapped[list[str]] = mapped_column(ARRAY(Text))
    automatic: Mapped[bool]


class ConditionCrosswalk(Base):
    """A code of a condition in another system, and the disease of Mondo that gives it."""

    __tablename__ = "condition_crosswalk"
    __table_args__ = (Index("ix_condition_crosswalk_code", text("upper(code)")),)

    condition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    system: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    entry: Mapped[str]


class CuratedSymptomRow(Base):
    """A symptom that we chose for a condition, with the page or article that names it; ``seen`` if somebody read it."""

    __tablename__ = "curated_symptom"
    __table_args__ = (Index("ix_curated_symptom_term_id", "term_id"),)

    condition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(SmallInteger)
    source: Mapped[str]
    address: Mapped[str]
    seen: Mapped[dt.date | None]


class PrevalenceSource(Base):
    """Where the prevalence of a condition in the catalogue comes from."""

    __tablename__ = "prevalence_source"

    condition_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
