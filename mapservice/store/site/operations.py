"""Writes that happened, by the id their form carried: sent twice, done once."""

import datetime as dt
import uuid

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Member, Operation

# A browser that was closed with a form open may send it again when it is opened.
RETENTION = dt.timedelta(days=30)


def is_done(session: Session, operation_id: uuid.UUID, member: Member) -> bool:
    """Whether an operation was done before; if not, it is this transaction's to do.

    Ask first of all in the transaction. A second try at the same moment waits here until the first has ended: if that
    one was committed it is done, if it was rolled back this transaction does the work itself.
    """
    # Never what was done: the row outlives the membership, and would tell of its condition for as long as it is kept.
    claim = insert(Operation).values(id=_key(operation_id, member), member_id=member.id, result={})
    return session.scalar(claim.on_conflict_do_nothing().returning(Operation.id)) is None


def forget_old(session: Session) -> int:
    """Delete operations that nobody will repeat any more; how many they were."""
    old = delete(Operation).where(Operation.done_at < func.now() - RETENTION)
    return session.connection().execute(old).rowcount


def _key(operation_id: uuid.UUID, member: Member) -> uuid.UUID:
    # Under the member's own name, so that nobody can claim the operation of somebody else.
    return uuid.uuid5(member.id, str(operation_id))
