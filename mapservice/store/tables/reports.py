"""Reports about members, and accounts that are suspended."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.reports import ReportKind, ReportReason, ReportState
from mapservice.store.tables.base import Base, one_of, random_id


class ReportRow(Base):
    """A report by a member about another one, in the community of a condition.

    ``text_id`` is the text that is reported, perhaps deleted since. ``content`` is encrypted with a key that is not in
    the database. ``is_answer_read`` says whether the reporter has seen what came of it.
    """

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint(one_of("kind", tuple(ReportKind)), name="kind"),
        CheckConstraint(one_of("reason", tuple(ReportReason)), name="reason"),
        CheckConstraint(one_of("state", tuple(ReportState)), name="state"),
        CheckConstraint("(state = 'open') = (decided_on is null)", name="decided_on"),
        Index("ix_report_member_id", "member_id"),
        Index("ix_report_reported_id", "reported_id"),
        Index("ix_report_state", "state", "made_at"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    reported_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    kind: Mapped[str]
    text_id: Mapped[uuid.UUID | None]
    reason: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    state: Mapped[str] = mapped_column(default=ReportState.OPEN, server_default=ReportState.OPEN.value)
    decided_on: Mapped[dt.date | None]
    is_answer_read: Mapped[bool] = mapped_column(default=False, server_default="false")


class Suspension(Base):
    """A suspended account, until staff lift it. ``act`` is the id of the act that hid the member everywhere."""

    __tablename__ = "suspension"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=random_id)
    since: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    act: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
