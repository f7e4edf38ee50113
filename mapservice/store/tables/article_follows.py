"""Members who follow the articles about a condition."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class ArticleFollow(Base):
    """A member follows the articles about a condition: how many changes there were since, and how many they have read.

    Nobody else learns of it, and it needs no membership.
    """

    __tablename__ = "article_follow"
    __table_args__ = (Index("ix_article_follow_member_id", "member_id"),)

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    changes: Mapped[int] = mapped_column(default=0, server_default="0")
    seen_changes: Mapped[int] = mapped_column(default=0, server_default="0")
