"""All advisory locks of the database, with their numbers: for tasks that must not run twice at a time."""

from collections.abc import Iterable
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


class AdvisoryLockSpace(IntEnum):
    """A group of locks, one for each of many objects, by a number of the object."""

    #: Changing the counts of one condition, by its id.
    ZONE_COUNTS = 7001


_LOCK = text("select pg_advisory_lock(:number)")
_UNLOCK = text("select pg_advisory_unlock(:number)")
_LOCK_TRANSACTION = text("select pg_advisory_xact_lock(:number)")
_TRY_LOCK_TRANSACTION = text("select pg_try_advisory_xact_lock(:number)")
_LOCK_EACH = text("select pg_advisory_xact_lock(:space, number) from unnest(cast(:numbers as integer[])) number")


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


def lock_each(session: Session, space: AdvisoryLockSpace, numbers: Iterable[int]) -> None:
    """Wait for the locks of several objects, in the order of their numbers, and hold them until the transaction ends.

    All writers take them in the same order, which prevents deadlocks.
    """
    session.execute(_LOCK_EACH, {"space": space.value, "numbers": sorted(set(numbers))})
