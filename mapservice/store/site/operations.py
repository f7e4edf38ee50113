"""Idempotency: writes that were done, by the operation id in their form."""

import datetime as dt
import uuid

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Member, Operation

# A browser that was closed with a form open may send it again after a restart.
RETENTION = dt.timedelta(days=30)


def is_done(session: Session, operation_id: uuid.UUID, member: Member) -> bool:
    """Return whether an operation was done before; if not, record it in this transaction.

    Call it first in the transaction. A second attempt at the same moment waits here until the first has ended: if that
    was committed, the operation is done; if it was rolled back, this transaction does the work.
    """
    # Never what was done: the row outlives the membership, and would reveal its condition.
    claim = insert(Operation).values(id=_key(operation_id, member), member_id=member.id, result={})
    return session.scalar(claim.on_conflict_do_nothing().returning(Operation.id)) is None


def delete_expired(session: Session) -> int:
    """Delete operations that will not be repeated; return how many."""
    old = delete(Operation).where(Operation.done_at < func.now() - RETENTION)
    return session.connection().execute(old).rowcount


def _key(operation_id: uuid.UUID, member: Member) -> uuid.UUID:
    # Derived from the member's id, so that nobody can use the operation of somebody else.
    return uuid.uuid5(member.id, str(operation_id))
