"""Releases: the frozen figures that may be published, and what the next one depends on.

Written by the command alone, as the owner of the tables. The role of the pages reads the first two, knows nothing of
the buckets, and may take somebody out of the count but never in.
"""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.store.tables.base import Base


class Release(Base):
    """A numbered release; written once, never changed."""

    __tablename__ = "release"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_on: Mapped[dt.date]
    profile: Mapped[str]
    tree: Mapped[int] = mapped_column(SmallInteger)


class ReleasedCount(Base):
    """A published figure; what is too small to show has no row. ``place`` is "world" or a zone's id."""

    __tablename__ = "released_count"
    __table_args__ = (Index("ix_released_count_condition_id_release", "condition_id", "release"),)

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    place: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    shown: Mapped[int]


class CountBucket(Base):
    """What the next figure of a condition in a place depends on. Never leaves the database.

    ``changes`` are the people who came since its last version. ``renewal`` says in which releases it gets a new version
    in any case: those whose number has this remainder.
    """

    __tablename__ = "count_bucket"

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    place: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    people: Mapped[int]
    version: Mapped[int]
    changes: Mapped[int]
    renewal: Mapped[int] = mapped_column(SmallInteger)
    shown: Mapped[int | None]


class CountedMember(Base):
    """A member who is counted in a condition since some release, and where: in the world, or a country and region.

    Gone with the membership. Of who is counted no more nothing is kept here, and with the member only the day, while
    they rest: how many left a bucket follows from the people it had.
    """

    __tablename__ = "counted_member"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "member_id"], ["membership.condition_id", "membership.member_id"], ondelete="CASCADE"
        ),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    country: Mapped[str | None]
    region: Mapped[str | None]
    changed_on: Mapped[dt.date]
