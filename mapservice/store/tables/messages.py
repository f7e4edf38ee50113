"""Conversations of two members in a condition. What they write is encrypted, see ``mapservice.privacy.encryption``."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.messages import WRITERS, ConversationState
from mapservice.store.tables.base import Base, one_of


class ConversationRow(Base):
    """A conversation, which its starter ``member_id`` began; deleted with the starter.

    ``wrapped_key`` is its data key, encrypted by the wrapping key ``key_id``, which is not in the database.
    ``active_at`` is when it was last written in: it orders the list of conversations and is never shown.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint(one_of("state", tuple(ConversationState)), name="state"),
        Index("ix_conversation_member_id", "member_id"),
        Index("ix_conversation_key_id", "key_id"),
        Index("ix_conversation_unanswered", "active_at", postgresql_where=text("state <> 'accepted'")),
    )

    condition_id: Mapped[int] = mapped_column(ForeignKey("condition.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    state: Mapped[str]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[str]
    messages: Mapped[int] = mapped_column(default=0, server_default="0")
    active_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class ParticipantRow(Base):
    """One of the two in a conversation, and how many of its messages they have read; nobody else is shown that.

    ``has_joined`` says whether they take part with their name in the condition or, without having joined it, with that
    of their account. ``has_declined`` is True for somebody who declined the first message.
    """

    __tablename__ = "participant"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "conversation_id"], ["conversation.condition_id", "conversation.id"], ondelete="CASCADE"
        ),
        Index("ix_participant_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    has_joined: Mapped[bool]
    has_declined: Mapped[bool] = mapped_column(default=False, server_default="false")
    messages_read: Mapped[int] = mapped_column(default=0, server_default="0")


class MessageRow(Base):
    """A message, encrypted; ``number`` counts from 1 in its conversation, ``sent_on`` is a day without a time."""

    __tablename__ = "message"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "conversation_id"], ["conversation.condition_id", "conversation.id"], ondelete="CASCADE"
        ),
        Index("ix_message_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"))
    sent_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    encrypted: Mapped[bytes] = mapped_column(LargeBinary)


class DraftRow(Base):
    """What a member has typed in a conversation and not sent, encrypted."""

    __tablename__ = "draft"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "conversation_id", "member_id"],
            ["participant.condition_id", "participant.conversation_id", "participant.member_id"],
            ondelete="CASCADE",
        ),
        Index("ix_draft_member_id", "member_id"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    saved_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    encrypted: Mapped[bytes] = mapped_column(LargeBinary)


class MessageSettingsRow(Base):
    """Who may write to a member in a condition; there is no row before they choose."""

    __tablename__ = "message_settings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["condition_id", "member_id"], ["membership.condition_id", "membership.member_id"], ondelete="CASCADE"
        ),
        CheckConstraint(one_of("writers", WRITERS), name="writers"),
    )

    condition_id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    writers: Mapped[str]


class FirstMessageRow(Base):
    """That a member wrote to somebody new, for the limit of a day: not to whom, nor in which condition."""

    __tablename__ = "first_message"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    sent_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class AcceptedCountRow(Base):
    """How many first messages of a member were accepted, up to the number from which they can write to more people."""

    __tablename__ = "accepted_count"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    accepted: Mapped[int] = mapped_column(SmallInteger)


class MessageKeyRow(Base):
    """A wrapping key by its id, without the key; the newest one encrypts.

    ``unused_since`` is the day since which no conversation needs it.
    """

    __tablename__ = "message_key"

    id: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime]
    unused_since: Mapped[dt.date | None]
