"""Somebody who reads texts of all communities at once, as the rule of texts needs them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.texts import Reader
from mapservice.store.blocks import blocks
from mapservice.store.tables import Member, Membership


def reader(session: Session, member: Member | None) -> Reader:
    """Return a member as the reader of all communities; None: a visitor."""
    if member is None:
        return Reader()
    mine = select(Membership.condition_id).where(Membership.member_id == member.id, Membership.closed_on.is_(None))
    return Reader(member.id, frozenset(session.scalars(mine)), *blocks.all_apart(session, member.id))
