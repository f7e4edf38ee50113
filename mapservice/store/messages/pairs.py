"""A lock on two people, so that they begin one conversation even if both write at the same moment."""

import uuid

from sqlalchemy import text
from sqlalchemy.orm import Session

# Locks of two numbers are apart from those of one (``transactions.advisory_locks``).
_CLASS = 7316

_LOCK = text("select pg_advisory_xact_lock(:class, hashtext(:pair))")


def lock(session: Session, one: uuid.UUID, other: uuid.UUID) -> None:
    """Wait until nobody else begins a conversation of these two, and hold that until the transaction ends."""
    session.execute(_LOCK, {"class": _CLASS, "pair": "/".join(sorted((str(one), str(other))))})
