"""Deletes expired rows: ended sessions, full buckets, old operations, sign-ups that nobody confirmed."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store.across import after_restore
from mapservice.store.across.subjects import CLEANUP

#: How often is enough, in seconds.
INTERVAL_S = 600


def forget(session: Session, config: Config) -> int:
    """Delete all expired rows of every subject; return how many they were."""
    locked = after_restore.delete_locked(session, dt.datetime.now(dt.UTC).date())
    return locked + sum(delete(session, config) for delete in CLEANUP)
