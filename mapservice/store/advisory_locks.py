"""All advisory locks of the database, with their numbers: what happens one at a time, in all processes together."""

from collections.abc import Iterable
from enum import IntEnum

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session


class AdvisoryLock(IntEnum):
    """A lock of its own; the numbers are ours alone, and never change while two versions may run at once."""

    #: Changing tables, or loading the zones, the base map and the conditions.
    TABLES = 7316001
    #: Making a release.
    RELEASE = 7316002
    #: Exchanging the files of a table, or copying the whole database (``hosting.embedded.exclusion``).
    FILES = 7316003


class AdvisoryLockSpace(IntEnum):
    """A lock for each of many things, by a number of theirs."""

    #: Changing the counts of one condition, by its id.
    ZONE_COUNTS = 7001


_LOCK = text("select pg_advisory_lock(:number)")
_UNLOCK = text("select pg_advisory_unlock(:number)")
_LOCK_TRANSACTION = text("select pg_advisory_xact_lock(:number)")
_TRY_LOCK_TRANSACTION = text("select pg_try_advisory_xact_lock(:number)")
_LOCK_EACH = text("select pg_advisory_xact_lock(:space, number) from unnest(cast(:numbers as integer[])) number")


def lock(connection: Connection, what: AdvisoryLock) -> None:
    """Wait for a lock and hold it until :func:`unlock`, over the ends of transactions."""
    connection.execute(_LOCK, {"number": what.value})


def unlock(connection: Connection, what: AdvisoryLock) -> None:
    """Give a lock back that :func:`lock` took."""
    connection.execute(_UNLOCK, {"number": what.value})


def lock_transaction(session: Session | Connection, what: AdvisoryLock) -> None:
    """Wait for a lock and hold it until the transaction ends."""
    session.execute(_LOCK_TRANSACTION, {"number": what.value})


def try_lock_transaction(session: Session, what: AdvisoryLock) -> bool:
    """Take a lock until the transaction ends, if nobody holds it; return whether it was free."""
    return bool(session.scalar(_TRY_LOCK_TRANSACTION, {"number": what.value}))


def lock_each(session: Session, space: AdvisoryLockSpace, numbers: Iterable[int]) -> None:
    """Wait for the locks of several things, in the order of their numbers, and hold them until the transaction ends.

    All writers take them in the same order, so that none waits for another in a circle.
    """
    session.execute(_LOCK_EACH, {"space": space.value, "numbers": sorted(set(numbers))})
