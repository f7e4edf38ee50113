"""Who may exchange the files of a table: one process at a time, and none while tables change their form or are copied.

A copy of the whole database sees all tables as of one moment. Of a table whose files were exchanged since that moment
it would see no row.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mapservice.store.advisory_locks import AdvisoryLock

LOCK = AdvisoryLock.FILES.value


@contextmanager
def copying(db: psycopg.Connection) -> Iterator[None]:
    """Let no files be exchanged while a copy is made; an exchange that is under way is waited for."""
    db.execute("select pg_advisory_lock_shared(%s)", [LOCK])
    try:
        yield
    finally:
        db.execute("select pg_advisory_unlock_shared(%s)", [LOCK])


@contextmanager
def exchanging(db: psycopg.Connection) -> Iterator[bool]:
    """Be the only one that exchanges files; False, without waiting, where another process does it or makes a copy."""
    row = db.execute("select pg_try_advisory_lock(%s)", [LOCK]).fetchone()
    held = bool(row and row[0])
    try:
        yield held
    finally:
        if held and not db.closed:
            db.execute("select pg_advisory_unlock(%s)", [LOCK])
