"""Who is a contact of whom."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.contacts import ContactChoice
from mapservice.store.tables.base import Base, one_of


class ContactRow(Base):
    """What a member has chosen about becoming contacts with another in a community. It carries no date.

    Two people are contacts if both have a row with the choice "agreed"; none of them has one without the other. Both
    rows are deleted when either leaves the community.
    """

    __tablename__ = "contact"
    __table_args__ = (
        *(
            ForeignKeyConstraint(
                ["condition_id", column], ["membership.condition_id", "membership.member_id"], ondelete="CASCADE"
            )
            for column in ("member_id", "contact_id")
        ),
        CheckConstraint(one_of("choice", tuple(ContactChoice)), name="choice"),
        CheckConstraint("member_id <> contact_id", name="contact_id"),
        Index("ix_contact_condition_id_contact_id", "condition_id", "contact_id"),
        Index("ix_contact_contact_id", "contact_id"),
        Index("ix_contact_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    choice: Mapped[str]
