"""The ledger: what staff looked at and what was handed out. The role of the pages can add to it, and change nothing."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class LedgerEntry(Base):
    """One act: who, what, of which release, and what for.

    ``actor`` is the name under which somebody acted then, which they can change; ``staff`` is a mark of their account
    that stays the same, and empty where nobody was signed in.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (Index("ix_ledger_entry_act_made_at", "act", "made_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    staff: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str]
    release: Mapped[int | None]
    format: Mapped[str]
    purpose: Mapped[str]
