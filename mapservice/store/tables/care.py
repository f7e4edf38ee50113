"""Memberships that speak for an affected person, and the codes by which two agree that it is the same one."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.memorials import AfterDeath
from mapservice.store.tables.base import Base, one_of


def _of_membership() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["condition_id", "member_id"], ["membership.condition_id", "membership.member_id"], ondelete="CASCADE"
    )


class SpeakerRow(Base):
    """For which affected person a membership speaks. Without a row it is a person of its own, of whom nothing is known.

    ``person_id`` is random and has no row of its own: memberships with the same one speak for the same person. Nobody
    is ever shown it. ``is_shared`` is what the member confirmed, and stays when the others leave: it tells nothing of
    them. ``entered_hash`` is the hash of a code that the member entered, until its maker confirms or a day has passed.
    """

    __tablename__ = "speaker"
    __table_args__ = (
        _of_membership(),
        Index("ix_speaker_condition_id_person_id", "condition_id", "person_id"),
        Index(
            "ix_speaker_condition_id_entered_hash",
            "condition_id",
            "entered_hash",
            postgresql_where=text("entered_hash is not null"),
        ),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(default=uuid.uuid4)
    is_shared: Mapped[bool] = mapped_column(default=False, server_default="false")
    entered_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    entered_at: Mapped[dt.datetime | None]


class PersonCodeRow(Base):
    """The hash of a code that a member made, for somebody who speaks for the same person, ``for_whom``."""

    __tablename__ = "person_code"
    __table_args__ = (
        _of_membership(),
        CheckConstraint(one_of("for_whom", tuple(SpeaksAs)), name="for_whom"),
        UniqueConstraint("condition_id", "code_hash"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    for_whom: Mapped[str]
    is_used: Mapped[bool] = mapped_column(default=False, server_default="false")
    made_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class UncountedSpeakerRow(Base):
    """That a membership was not counted in a release, because another one was that speaks for the same person.

    Written by releases only. From the last such release on it waits as somebody who has just agreed to be counted.
    """

    __tablename__ = "uncounted_speaker"
    __table_args__ = (_of_membership(),)

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    held_on: Mapped[dt.date]


class MemorialRow(Base):
    """What a caregiver chose after the death of the person for whom they speak.

    While it can be undone, the membership is closed, and ``was_shown`` and ``counted_since`` say how it was before.
    Then the membership is deleted and ``is_final`` is set; a removal has no row from then on. ``country`` is where the
    person is counted as remembered, from the first release on or after ``due_on``, unless another row for the same
    person is. ``counted_on`` is the day of that release, and only releases set it. No page shows these two days.
    """

    __tablename__ = "memorial"
    __table_args__ = (
        CheckConstraint(one_of("choice", tuple(AfterDeath)), name="choice"),
        CheckConstraint("choice = 'memory' or (due_on is null and not is_final)", name="removal"),
        Index("ix_memorial_condition_id_member_id", "condition_id", "member_id"),
        Index("ix_memorial_member_id", "member_id"),
        Index("ix_memorial_condition_id_person_id", "condition_id", "person_id"),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    person_id: Mapped[uuid.UUID]
    choice: Mapped[str]
    closed_on: Mapped[dt.date]
    was_shown: Mapped[bool] = mapped_column(default=False, server_default="false")
    counted_since: Mapped[dt.date | None]
    country: Mapped[str | None]
    due_on: Mapped[dt.date | None]
    counted_on: Mapped[dt.date | None]
    is_final: Mapped[bool] = mapped_column(default=False, server_default="false")


class MemorialNoticeRow(Base):
    """That a member hears, from a day on, that somebody who speaks for the same person told of their death.

    ``memorial_id`` is what the other chose, as long as the member has not heard of it: if it is undone before, they
    never do.
    """

    __tablename__ = "memorial_notice"
    __table_args__ = (_of_membership(),)

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    memorial_id: Mapped[uuid.UUID | None]
    due_on: Mapped[dt.date]
