"""Deletion of expired rows: ended sessions, full rate limits, old operations, unconfirmed sign-ups."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store.across import after_restore
from mapservice.store.across.subjects import CLEANUP

#: Interval between two runs, in seconds.
INTERVAL_S = 600


def delete_expired(session: Session, config: Config) -> int:
    """Delete all expired rows of every subject; return how many."""
    locked = after_restore.delete_locked(session, dt.datetime.now(dt.UTC).date())
    deleted: int = sum(delete(session, config) for delete in CLEANUP)
    return locked + deleted
