"""Releases: the frozen figures that may be published, and the state on which the next one depends.

Written by a command only, as the owner of the tables. The role of the pages can read the first two, cannot read the
buckets, and may remove somebody from the count but never add anybody.
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
    """A published figure; places that are too few to show have no row. ``place`` is "world" or a zone id."""

    __tablename__ = "released_count"
    __table_args__ = (Index("ix_released_count_condition_id_release", "condition_id", "release"),)

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    place: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    shown: Mapped[int]


class CountBucket(Base):
    """The state on which the next figure of a condition in a place depends. It never leaves the database.

    ``changes`` is the number of people who entered since its last version. ``renewal`` is the remainder of the release
    numbers that give it a new version in any case.
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
    """A member who is counted in a condition, and the place: the world, or a country and region.

    Deleted with the membership. Nothing is kept here about a member who is no longer counted, and with the member only
    the day, during the cooldown: how many left a bucket follows from its previous number of people.
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


class RememberedCount(Base):
    """A published number of people who are remembered in a country; countries with too few to show have no row."""

    __tablename__ = "remembered_count"

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    country: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    shown: Mapped[int]


class RememberedBucket(Base):
    """The state on which the next number of people who are remembered depends, as in :class:`CountBucket`."""

    __tablename__ = "remembered_bucket"

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    country: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    people: Mapped[int]
    version: Mapped[int]
    changes: Mapped[int]
    shown: Mapped[int | None]
