"""What the files of Orphanet say that the operator loaded, by Orphanet's diseases.

They stay when the facts of the service itself are loaded again. Which conditions they are about is found when a page is
read, by the codes of the catalogue. The files carry no personal data.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ARRAY, CheckConstraint, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.facts import Frequency
from mapservice.store.tables.base import Base, one_of


class OrphanetRelease(Base):
    """The day of a file that was loaded; ``product`` is Orphanet's number: 4 has the symptoms, 6 the genes."""

    __tablename__ = "orphanet_release"

    product: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    day: Mapped[dt.date]


class OrphanetGene(Base):
    """A gene that causes a disease; ``somatic`` if the change is in some cells of the body only."""

    __tablename__ = "orphanet_gene"

    entry: Mapped[str] = mapped_column(primary_key=True)
    symbol: Mapped[str] = mapped_column(primary_key=True)
    somatic: Mapped[bool] = mapped_column(primary_key=True)
    disease: Mapped[str]
    name: Mapped[str]
    cited: Mapped[list[str]] = mapped_column(ARRAY(Text))


class OrphanetSymptom(Base):
    """A symptom of a disease."""

    __tablename__ = "orphanet_symptom"
    __table_args__ = (CheckConstraint(one_of("frequency", tuple(Frequency)), name="frequency"),)

    entry: Mapped[str] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    disease: Mapped[str]
    frequency: Mapped[str]
