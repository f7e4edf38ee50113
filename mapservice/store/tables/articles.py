"""Articles: the answers of editors to questions about conditions, in all their versions."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.questions import (
    MAX_BODY,
    MAX_SHORT,
    MAX_STEPS,
    PUBLIC,
    ArticleOrigin,
    ArticleState,
    QuestionKind,
)
from mapservice.store.tables.base import Base, one_of
from mapservice.store.tables.searched import NOT_MAPPED, search_column, search_index


class ArticleVersion(Base):
    """One version of the answer to a question about a condition in a language; its text is never changed.

    Who wrote or reviewed it is in ``ArticleSignature``, so that a version holds no person. ``decided_on`` is the day on
    which it was published, reviewed or withdrawn.
    """

    __tablename__ = "article_version"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(QuestionKind)), name="kind"),
        CheckConstraint(one_of("state", tuple(ArticleState)), name="state"),
        CheckConstraint(one_of("origin", tuple(ArticleOrigin)), name="origin"),
        CheckConstraint(
            f"length(short) <= {MAX_SHORT} and length(body) <= {MAX_BODY} and length(next_steps) <= {MAX_STEPS}",
            name="length",
        ),
        Index(
            "uq_article_version_public",
            "condition_id",
            "kind",
            "language",
            unique=True,
            postgresql_where=text(one_of("state", PUBLIC)),
        ),
        search_column("language", "short", r"body || E'\n' || next_steps"),
        search_index("article_version"),
    )
    __mapper_args__ = NOT_MAPPED

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    state: Mapped[str]
    origin: Mapped[str]
    short: Mapped[str]
    body: Mapped[str]
    next_steps: Mapped[str]
    sources: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    made_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    decided_on: Mapped[dt.date | None]


class ArticleSignature(Base):
    """The author or the reviewer of a version, as they are named with it; ``part`` says which."""

    __tablename__ = "article_signature"
    __table_args__ = (
        CheckConstraint("part in ('author', 'reviewer')", name="part"),
        ForeignKeyConstraint(
            ["condition_id", "kind", "language", "number"],
            [
                "article_version.condition_id",
                "article_version.kind",
                "article_version.language",
                "article_version.number",
            ],
            name="fk_article_signature_version",
            ondelete="CASCADE",
        ),
        Index("ix_article_signature_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    name: Mapped[str]
    profession: Mapped[str] = mapped_column(default="", server_default="")
    conflicts: Mapped[str] = mapped_column(default="", server_default="")


class Editor(Base):
    """A member who writes and reviews the answers about a condition in a language."""

    __tablename__ = "editor"
    __table_args__ = (Index("ix_editor_member_id", "member_id"),)

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
