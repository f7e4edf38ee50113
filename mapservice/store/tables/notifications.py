"""News that waits for members, and how often they want e-mail notifications."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.notifications import NotificationFrequency
from mapservice.store.tables.base import Base, one_of, random_id


class NotificationSetting(Base):
    """How often a member wants e-mail notifications; without a row, as often as by default.

    ``off_token`` is in the links that switch these e-mails off. Nothing else can be done with it.
    """

    __tablename__ = "notification_setting"
    __table_args__ = (CheckConstraint(one_of("frequency", tuple(NotificationFrequency)), name="frequency"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    frequency: Mapped[str] = mapped_column(default=NotificationFrequency.DAILY)
    off_token: Mapped[str] = mapped_column(unique=True, default=random_id)
    mailed_at: Mapped[dt.datetime | None]


class PendingNotification(Base):
    """That there is news of a kind for a member: neither what it is, nor from whom, nor in which condition."""

    __tablename__ = "pending_notification"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    due_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)
