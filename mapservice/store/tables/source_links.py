"""Whether the links to the sources of articles answered when they were checked."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class SourceLink(Base):
    """A link to a source: the day of the last check, and the first and the last day since it has not answered."""

    __tablename__ = "source_link"

    address: Mapped[str] = mapped_column(primary_key=True)
    checked_on: Mapped[dt.date]
    first_failed_on: Mapped[dt.date | None]
    failed_on: Mapped[dt.date | None]
