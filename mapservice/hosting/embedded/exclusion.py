"""Locks for replacing the files of a table: one process at a time, and never during a migration or a backup.

A backup sees all tables as of one moment. If the files of a table were replaced after that moment, it would see no
rows.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mapservice.store.transactions.advisory_locks import AdvisoryLock

LOCK = AdvisoryLock.FILES.value


@contextmanager
def backup_lock(db: psycopg.Connection) -> Iterator[None]:
    """Prevent the replacement of files during a backup; wait for one that is under way."""
    db.execute("select pg_advisory_lock_shared(%s)", [LOCK])
    try:
        yield
    finally:
        db.execute("select pg_advisory_unlock_shared(%s)", [LOCK])


@contextmanager
def swap_lock(db: psycopg.Connection) -> Iterator[bool]:
    """Take the lock for replacing files; False, without waiting, if another process has it or makes a backup."""
    row = db.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    held = bool(row and row[0])
    try:
        yield held
    finally:
        if held and not db.closed:
            db.execute("select pg_advisory_unlock(%s)", [LOCK])
