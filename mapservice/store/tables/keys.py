"""Fingerprints of the keys of the database, without the keys."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class KeyFingerprint(Base):
    """A key by an irreversible hash, so that a machine with another key is refused."""

    __tablename__ = "key_fingerprint"

    name: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    first_seen: Mapped[dt.date] = mapped_column(server_default=func.current_date())
