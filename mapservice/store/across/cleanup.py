"""Deletes expired rows: ended sessions, full buckets, old operations, sign-ups that nobody confirmed."""

from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.store.across.subjects import CLEANUP

#: How often is enough, in seconds.
EVERY = 600


def forget(session: Session, config: Config) -> int:
    """Delete all expired rows of every subject; return how many they were."""
    return sum(delete(session, config) for delete in CLEANUP)
