"""All advisory locks of the database, with their numbers: for tasks that must not run twice at a time."""

from enum import IntEnum

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


class AdvisoryLock(IntEnum):
    """A single lock; numbers must be unique, and must not change while two versions may run at the same time."""

    #: Changing tables, or loading the zones, the base map and the conditions.
    TABLES = 7316001
    #: Making a release.
    RELEASE = 7316002
    #: Replacing the files of a table, or copying the whole database (``hosting.embedded.exclusion``).
    FILES = 7316003
    #: Adding up the changes of the counts.
    ROLL_UP = 7316004
    #: Changing the wrapping keys of conversations.
    MESSAGE_KEYS = 7316005


_LOCK = text("select pg_advisory_lock(:number)")
_UNLOCK = text("select pg_advisory_unlock(:number)")
_LOCK_TRANSACTION = text("select pg_advisory_xact_lock(:number)")
_TRY_LOCK_TRANSACTION = text("select pg_try_advisory_xact_lock(:number)")


def lock(connection: Connection, key: AdvisoryLock) -> None:
    """Wait for a lock and hold it until :func:`unlock`, across transactions."""
    connection.execute(_LOCK, {"number": key.value})


def unlock(connection: Connection, key: AdvisoryLock) -> None:
    """Release a lock taken by :func:`lock`."""
    connection.execute(_UNLOCK, {"number": key.value})


def lock_transaction(session: Session | Connection, key: AdvisoryLock) -> None:
    """Wait for a lock and hold it until the transaction ends."""
    session.execute(_LOCK_TRANSACTION, {"number": key.value})


def try_lock_transaction(session: Session, key: AdvisoryLock) -> bool:
    """Take a lock until the transaction ends, if it is free; return whether it was."""
    return bool(session.scalar(_TRY_LOCK_TRANSACTION, {"number": key.value}))
