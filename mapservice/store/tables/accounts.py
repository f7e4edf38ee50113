"""Accounts: members, staff, sessions, the mail queue, rate limits."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, SmallInteger, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mapservice.privacy.staff_looks import LookKind
from mapservice.store.tables.base import Base, one_of, random_id


class Member(Base):
    """An account, without any condition or location.

    ``left_count_on`` is the day on which the member last left a count, whichever it was; None again after the cooldown.
    ``left_memory_on`` is the same for numbers of people who are remembered.
    ``minor_until`` is the first day of the month in which a member who said that they are 16 or 17 turns 18, None for
    adults. ``version`` is incremented whenever a community is left, so that versions of memberships are never reused.
    ``signed_in_on`` is the day of the last sign-in, None if it was before there was this column.
    ``home_changed_on`` and ``home_corrections`` belong to a deleted home zone, until another may be chosen: the day of
    its last change and the number of corrections, but not the zone. ``locked_on`` is the day of a restore that blocked
    the sign-in, because the member had left the address by then. ``language`` is the preferred one, None for the
    browser's.
    """

    __tablename__ = "member"
    __table_args__ = (
        CheckConstraint("extract(day from minor_until) = 1", name="minor_until"),
        Index("ix_member_locked_on", "locked_on", postgresql_where=text("locked_on is not null")),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    email: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str | None]
    pseudonym: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    security_stamp: Mapped[str] = mapped_column(unique=True, default=random_id)
    confirmed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    joined: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    synthetic: Mapped[bool] = mapped_column(default=False, server_default="false")
    left_count_on: Mapped[dt.date | None]
    left_memory_on: Mapped[dt.date | None]
    review_since: Mapped[dt.datetime | None]
    locked_on: Mapped[dt.date | None]
    minor_until: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    home_changed_on: Mapped[dt.date | None]
    home_corrections: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    language: Mapped[str | None]
    signed_in_on: Mapped[dt.date | None]


class PendingSignUp(Base):
    """A sign-up awaiting confirmation. The token in the link is never stored, only its SHA-256.

    ``condition_id`` is the condition from whose page the person came, to which they return.
    """

    __tablename__ = "pending_sign_up"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    email: Mapped[str] = mapped_column(index=True)
    condition_id: Mapped[int | None] = mapped_column(ForeignKey("condition.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)


class EmailChange(Base):
    """A member's request for another e-mail address: requested, confirmed there, frozen from the old one."""

    __tablename__ = "email_change"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    confirmed_at: Mapped[dt.datetime | None]
    frozen_at: Mapped[dt.datetime | None]


class StaffRole(Base):
    """A staff role, such as moderator or admin."""

    __tablename__ = "staff_role"

    name: Mapped[str] = mapped_column(primary_key=True)
    description: Mapped[str]


class MemberStaffRole(Base):
    """A staff role of a member."""

    __tablename__ = "member_staff_role"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    staff_role: Mapped[str] = mapped_column(ForeignKey("staff_role.name"), primary_key=True)


class Moderator(Base):
    """A member who is a moderator: a table of its own, because the pages can appoint moderators, and no other staff."""

    __tablename__ = "moderator"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)


class SecondFactor(Base):
    """The second factor of a member, with what its codes are made from, encrypted.

    In rows of version 0.2 and before there is a salt instead, from which the secret is derived with a key that is not
    in the database.
    """

    __tablename__ = "second_factor"
    __table_args__ = (CheckConstraint("(sealed is null) <> (salt is null)", name="one_form"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger)
    confirmed_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())


class RecoveryCode(Base):
    """A recovery code that replaces the phone once, by its keyed hash; deleted when used."""

    __tablename__ = "recovery_code"

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("second_factor.member_id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class Passkey(Base):
    """A passkey of a member (WebAuthn): its public key, and how often its device says that it was used.

    The private key never leaves the member's device. ``name`` is what the member calls it.
    """

    __tablename__ = "passkey"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str]
    added_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())
    used_on: Mapped[dt.date | None]


class StaffLook(Base):
    """That staff looked at something about a member, or changed something, on a day; not who of them it was."""

    __tablename__ = "staff_look"
    __table_args__ = (CheckConstraint(one_of("kind", tuple(LookKind)), name="kind"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    seen_on: Mapped[dt.date] = mapped_column(primary_key=True, server_default=func.current_date())


class LoginSession(Base):
    """The session of a browser that is signed in or has an open form. The token is never stored, only its SHA-256.

    ``previous_hash`` is that of the previous token, and ``renewed_at`` when it was replaced: concurrent requests of
    another tab still carry it.
    """

    __tablename__ = "login_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    renewed_at: Mapped[dt.datetime | None]
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    started_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)


class KnownDevice(Base):
    """A browser in which a member has signed in. The token in its cookie is never stored, only its SHA-256."""

    __tablename__ = "known_device"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    used_on: Mapped[dt.date] = mapped_column(server_default=func.current_date())


class Mail(Base):
    """A queued e-mail; deleted once it is sent.

    ``kind`` says what it is about, such as "reset". ``off_url`` switches e-mails of this kind off; None if they cannot
    be.
    """

    __tablename__ = "mail"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    kind: Mapped[str] = mapped_column(default="", server_default="")
    off_url: Mapped[str | None]
    tries: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    due_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)


class MailFailure(Base):
    """The number of e-mails of a kind that could not be sent on a day; ``reason`` as in ``mail_queue.Failure``."""

    __tablename__ = "mail_failure"

    day: Mapped[dt.date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    emails: Mapped[int]


class Allowance(Base):
    """A token bucket: how much one account or address may still do."""

    __tablename__ = "allowance"

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    tokens: Mapped[float]
    filled_at: Mapped[dt.datetime]


class Operation(Base):
    """A write that was done, by the operation id in its form, so that a retry has no further effect."""

    __tablename__ = "operation"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.id", ondelete="CASCADE"), index=True)
    result: Mapped[dict[str, Any]] = mapped_column(JSONB)
    done_at: Mapped[dt.datetime] = mapped_column(server_default=func.now(), index=True)
