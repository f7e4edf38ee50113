"""Who has blocked whom."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base, random_id


class Block(Base):
    """A member has blocked another in the community of a condition. It carries no date.

    It belongs to the members, not to their memberships: leaving and joining again ends no block. ``name`` is the one on
    the card when it was blocked, or None if the member had seen too many cards that day; later names of somebody
    blocked are not for the blocker. ``everywhere`` says that the blocked person does not see the member on any map.
    ``public_id`` identifies the block on the member's own page.
    """

    __tablename__ = "block"
    __table_args__ = (
        Index("ix_block_blocked_id", "blocked_id"),
        Index("ix_block_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    public_id: Mapped[str] = mapped_column(default=random_id)
    name: Mapped[str | None]
    everywhere: Mapped[bool] = mapped_column(default=False, server_default="false")


class BlockElsewhere(Base):
    """A block that was made in the condition ``made_in`` holds in another one too, where both use the account's name.

    It stays when one of them takes another name later, which would otherwise show them to each other again. Not even
    the member who blocked may know of it: it would reveal that the other has joined that community.
    """

    __tablename__ = "block_elsewhere"
    __table_args__ = (
        Index("ix_block_elsewhere_blocked_id", "blocked_id"),
        Index("ix_block_elsewhere_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    blocked_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    made_in: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
