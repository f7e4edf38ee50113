"""What members say about themselves in the community of a condition."""

from __future__ import annotations

import uuid

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.care import AgeBand, Relationship
from mapservice.privacy.profiles import MAX_WORDS, Duration, ProfilePart
from mapservice.privacy.visibility import AUDIENCES, Audience
from mapservice.store.tables.base import Base, one_of


class ProfileRow(Base):
    """The profile of a membership, and the audience of each part. There is no row before somebody says something.

    It is deleted with the membership, and carries no date.
    """

    __tablename__ = "profile"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "member_id"], ["membership.condition_id", "membership.member_id"], ondelete="CASCADE"
        ),
        Index("ix_profile_languages", "languages", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        CheckConstraint(f"length(words) <= {MAX_WORDS}", name="words"),
        CheckConstraint(f"duration is null or {one_of('duration', tuple(Duration))}", name="duration"),
        CheckConstraint(f"relationship is null or {one_of('relationship', tuple(Relationship))}", name="relationship"),
        CheckConstraint(f"age_band is null or {one_of('age_band', tuple(AgeBand))}", name="age_band"),
        *(CheckConstraint(one_of(f"{part}_audience", AUDIENCES), name=f"{part}_audience") for part in ProfilePart),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    words: Mapped[str]
    words_audience: Mapped[str] = mapped_column(default=Audience.NOBODY)
    languages: Mapped[list[str]] = mapped_column(ARRAY(Text))
    languages_audience: Mapped[str] = mapped_column(default=Audience.NOBODY)
    looking_for: Mapped[list[str]] = mapped_column(ARRAY(Text))
    looking_for_audience: Mapped[str] = mapped_column(default=Audience.NOBODY)
    duration: Mapped[str | None]
    duration_audience: Mapped[str] = mapped_column(default=Audience.NOBODY)
    relationship: Mapped[str | None]
    relationship_audience: Mapped[str] = mapped_column(default=Audience.NOBODY, server_default="nobody")
    age_band: Mapped[str | None]
    age_band_audience: Mapped[str] = mapped_column(default=Audience.NOBODY, server_default="nobody")
