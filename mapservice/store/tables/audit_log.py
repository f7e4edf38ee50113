"""The audit log: exports, and what staff viewed or changed. The pages can add entries, and change nothing."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class AuditLogEntry(Base):
    """One action: its actor, subject, release and purpose.

    ``actor`` is the name that the staff member had then, which they can change; ``staff`` is a mark of their account
    that stays the same, and is empty for a command.
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
