"""The catalogue of conditions."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base, one_of


class Condition(Base):
    """A disease with a page; ``prevalence`` per 100,000 people, None where unknown.

    ``is_offered`` says whether this service is for it; if not, only its members still find what they stored there.
    ``is_own`` says that the operator added it, so that no catalogue replaces it.
    """

    __tablename__ = "condition"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    summary: Mapped[str]
    prevalence: Mapped[float | None]
    is_offered: Mapped[bool] = mapped_column(default=True, server_default="true")
    is_own: Mapped[bool] = mapped_column(default=False, server_default="false")


class ConditionName(Base):
    """A name or synonym of a condition, folded for the search."""

    __tablename__ = "condition_name"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("name", "synonym")), name="kind"),
        Index(
            "ix_condition_name_folded_trgm",
            "folded",
            postgresql_using="gin",
            postgresql_ops={"folded": "gin_trgm_ops"},
            postgresql_with={"fastupdate": "off"},
        ),
        Index("ix_condition_name_folded", "folded"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    folded: Mapped[str]
    kind: Mapped[str]


class ConditionCode(Base):
    """A code of a condition in a system such as ORPHA or OMIM."""

    __tablename__ = "condition_code"
    __table_args__ = (Index("ix_condition_code_system_code", "system", "code"),)

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id", ondelete="CASCADE"), primary_key=True)
    system: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
