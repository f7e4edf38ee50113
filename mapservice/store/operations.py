"""Writes that happened, by the id their form carried: sent twice, done once."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Member, Operation

# A browser that was closed with a form open may send it again when it is opened.
KEPT = dt.timedelta(days=30)


def already_done(session: Session, operation_id: uuid.UUID, member: Member) -> dict[str, Any] | None:
    """The result of an operation that was done before, or None: then it is this transaction's to do.

    Ask first of all in the transaction. A second try at the same moment waits here until the first has ended: if that
    one was committed it gets its result, if it was rolled back it does the work itself.
    """
    key = _key(operation_id, member)
    claim = insert(Operation).values(id=key, member_id=member.id, result={}).on_conflict_do_nothing()
    if session.scalar(claim.returning(Operation.id)) is not None:
        return None
    return session.scalar(select(Operation.result).where(Operation.id == key)) or {}


def record(session: Session, operation_id: uuid.UUID, member: Member, result: dict[str, Any]) -> None:
    """Keep what a repetition of the operation is answered with."""
    done = update(Operation).where(Operation.id == _key(operation_id, member)).values(result=result)
    session.execute(done.execution_options(synchronize_session=False))


def forget_old(session: Session) -> int:
    """Delete operations that nobody will repeat any more; how many they were."""
    old = delete(Operation).where(Operation.done_at < func.now() - KEPT)
    return session.connection().execute(old).rowcount


def _key(operation_id: uuid.UUID, member: Member) -> uuid.UUID:
    # Under the member's own name, so that nobody can claim the operation of somebody else.
    return uuid.uuid5(member.id, str(operation_id))
