"""Who may write to a member in a condition."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.messages import WRITERS, writer_choices, writers
from mapservice.privacy.precision import is_minor
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.messages import MessageSettingsRow
from mapservice.store.transactions import withdrawals


def who_may_write(session: Session, membership: Membership, today: dt.date) -> Audience:
    """Return who may send a first message to a member in a condition."""
    row = session.get(MessageSettingsRow, (membership.condition_id, membership.member_id))
    under_18 = _is_minor(session, membership, today)
    return writers(Audience(row.writers) if row else None, is_minor=under_18, for_minor=membership.for_minor)


def choices(session: Session, membership: Membership, today: dt.date) -> tuple[Audience, ...]:
    """Return the audiences that a member can choose from in a condition."""
    return writer_choices(is_minor=_is_minor(session, membership, today), for_minor=membership.for_minor)


def choose(session: Session, membership: Membership, chosen: Audience, today: dt.date) -> None:
    """Store who may write to a member in a condition."""
    if WRITERS.index(chosen) < WRITERS.index(who_may_write(session, membership, today)):
        withdrawals.note(session, membership.member_id)
    key = {"condition_id": membership.condition_id, "member_id": membership.member_id}
    session.merge(MessageSettingsRow(**key, writers=chosen))
    session.flush()


def close(session: Session, member: Member) -> None:
    """Let nobody new write to a member in any condition, until they choose again."""
    mine = select(Membership).where(Membership.member_id == member.id)
    for membership in session.scalars(mine).all():
        key = {"condition_id": membership.condition_id, "member_id": membership.member_id}
        session.merge(MessageSettingsRow(**key, writers=Audience.NOBODY))
    session.flush()


def _is_minor(session: Session, membership: Membership, today: dt.date) -> bool:
    return is_minor(session.get_one(Member, membership.member_id).minor_until, today)
