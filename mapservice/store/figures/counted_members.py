"""Taking people out of the counts, as the pages do. Only releases add anybody."""

import uuid
from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.store.tables import CountedMember, Member, Membership
from mapservice.store.transactions.execution import DATABASE_ONLY


def take_out(session: Session, condition_id: int, member_id: uuid.UUID) -> None:
    """Take a member out of the count of a condition; a cooldown starts if they were really in it.

    Its start is stored with the member, without the condition. Somebody who was not counted yet is in no figure and
    needs no cooldown.
    """
    own = CountedMember.condition_id == condition_id, CountedMember.member_id == member_id
    was_counted = session.scalar(delete(CountedMember).where(*own).returning(CountedMember.member_id))
    if was_counted is not None:
        resting = update(Member).where(Member.id == member_id)
        session.execute(resting.values(left_count_on=func.current_date()), execution_options=DATABASE_ONLY)


def count_once(session: Session, condition_id: int, member_ids: Collection[uuid.UUID]) -> None:
    """Keep only the first in the count of a condition of several members, who all speak for one person."""
    counted = (
        select(CountedMember.member_id)
        .join(Membership, (Membership.condition_id == CountedMember.condition_id)
              & (Membership.member_id == CountedMember.member_id))
        .where(CountedMember.condition_id == condition_id, CountedMember.member_id.in_(member_ids))
        .order_by(CountedMember.changed_on, Membership.public_id)
    )  # fmt: skip
    for member_id in session.scalars(counted).all()[1:]:
        take_out(session, condition_id, member_id)
