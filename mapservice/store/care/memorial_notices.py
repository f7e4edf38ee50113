"""Tells those who speak for one person that somebody else told of their death: some days later, and not who.

At once, it would say whose profile has just gone from the map.
"""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.memorials import notice_delay
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.care import MemorialNoticeRow, MemorialRow, SpeakerRow
from mapservice.store.transactions.execution import DATABASE_ONLY


def announce(session: Session, row: MemorialRow, today: dt.date) -> None:
    """Store that the others who speak for the person are told, each after a secret delay of their own."""
    others = (
        select(SpeakerRow.member_id)
        .join(Membership, (Membership.condition_id == SpeakerRow.condition_id)
              & (Membership.member_id == SpeakerRow.member_id))
        .where(SpeakerRow.condition_id == row.condition_id, SpeakerRow.person_id == row.person_id,
               SpeakerRow.member_id != row.member_id, Membership.closed_on.is_(None))
    )  # fmt: skip
    for member_id in session.scalars(others).all():
        values = {"condition_id": row.condition_id, "member_id": member_id, "memorial_id": row.id}
        notice = insert(MemorialNoticeRow).values(**values, due_on=today + notice_delay())
        session.execute(notice.on_conflict_do_nothing())


def cancel(session: Session, row: MemorialRow) -> None:
    """Delete the notices of a choice that nobody was told of yet."""
    unsent = MemorialNoticeRow.condition_id == row.condition_id, MemorialNoticeRow.memorial_id == row.id
    session.execute(delete(MemorialNoticeRow).where(*unsent), execution_options=DATABASE_ONLY)


def next_due(session: Session, today: dt.date) -> Member | None:
    """Return a member who has to be told now, and note that they are; locked, so that no other process does too."""
    waiting = select(MemorialNoticeRow).where(
        MemorialNoticeRow.memorial_id.is_not(None), MemorialNoticeRow.due_on <= today
    )
    notice = session.scalar(waiting.limit(1).with_for_update(skip_locked=True))
    if notice is None:
        return None
    notice.memorial_id = None
    session.flush()
    return session.get_one(Member, notice.member_id)


def told_in(session: Session, memberships: Collection[Membership]) -> frozenset[int]:
    """Return in which conditions a member was told of a death and has not yet said that they have read it."""
    ids = {membership.member_id for membership in memberships}
    told = MemorialNoticeRow.member_id.in_(ids), MemorialNoticeRow.memorial_id.is_(None)
    among = {membership.condition_id for membership in memberships}
    return frozenset(session.scalars(select(MemorialNoticeRow.condition_id).where(*told))) & among


def mark_read(session: Session, membership: Membership) -> None:
    """Delete the notice of a membership, once its member was told."""
    mine = (
        MemorialNoticeRow.condition_id == membership.condition_id,
        MemorialNoticeRow.member_id == membership.member_id,
        MemorialNoticeRow.memorial_id.is_(None),
    )
    session.execute(delete(MemorialNoticeRow).where(*mine))
