"""What readers say about articles: that one helped, or that something in it is wrong."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.questions import MAX_REMARK, QuestionKind
from mapservice.store.tables.base import Base, one_of


class ArticleHelped(Base):
    """An article helped a member. It carries no date, and nobody sees whose it is."""

    __tablename__ = "article_helped"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(QuestionKind)), name="kind"),
        Index("ix_article_helped_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)


class ArticleRemark(Base):
    """What a member says is wrong with an article, for its editors; one of each member about each article.

    ``id`` is another one after each change, so that an editor decides about the words that they have read. ``number``
    is the version that was public. ``done_on`` is the day on which an editor was done with it.
    """

    __tablename__ = "article_remark"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(QuestionKind)), name="kind"),
        CheckConstraint(f"length(body) <= {MAX_REMARK}", name="length"),
        UniqueConstraint("condition_id", "id"),
        Index("ix_article_remark_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    number: Mapped[int]
    body: Mapped[str]
    shows_name: Mapped[bool]
    written_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    done_on: Mapped[dt.date | None]
