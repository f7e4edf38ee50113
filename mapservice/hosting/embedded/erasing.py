"""Erases deleted data from the disk: deleted rows leave their bytes in the files of the database.

A small table is rewritten by VACUUM FULL, which blocks everybody who needs it: never longer than a page may wait. A
large one is rewritten while it is in use, see ``online``.
"""

import datetime as dt
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting.embedded import leftovers, online
from mapservice.hosting.embedded.exclusion import swap_lock
from mapservice.hosting.embedded.online import RewriteOutcome, Rewriter
from mapservice.privacy.deletion import Fate
from mapservice.store.across.subjects import PLAN

#: Maximum time for rewriting a table by VACUUM FULL, and for getting its lock: together less than a second.
TIMEOUT_REWRITE_MS = 800
TIMEOUT_LOCK_MS = 100

#: Maximum bytes of a table with its indexes for VACUUM FULL; no machine is faster. It is less if the table can be
#: rewritten while it is in use, because a failed attempt blocks others for nothing.
MAX_BYTES = 64 * 2**20
MAX_BYTES_AT_ONCE = 16 * 2**20

#: Pause between two tables for waiting transactions, in seconds.
PAUSE_S = 1.0

#: The hour of the day for the nightly run, UTC. A service that did not run then catches up after this many hours.
QUIET_HOUR = 3
MAX_AGE_H = 26

#: Pause before another attempt at a table that was in use, in seconds.
RETRY_S = 600

#: Every table in which personal data are deleted or changed.
TABLES = tuple(entry.table for entry in PLAN if entry.fate is not Fate.STAYS)


# For a table that is empty now, ANALYZE does not update the statistics.
_OF_EMPTY_TABLES = """
    delete from pg_statistic using pg_class
    where starelid = pg_class.oid and relname = any(%s) and reltuples = 0
"""

_IS_SUPERUSER = "select rolsuper from pg_roles where rolname = current_user"


@dataclass
class Erased:
    """The tables that were rewritten, and those that were not, with reasons.

    ``wanting`` names the missing requirements for rewriting large tables.
    """

    rewritten: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)
    no_room: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    wanting: str = ""

    @property
    def left(self) -> list[str]:
        """The tables that were not rewritten."""
        return [*self.too_large, *self.in_use, *self.no_room, *self.failed]

    def note(self, table: str, outcome: RewriteOutcome) -> None:
        """Record the outcome for a table."""
        lists = {
            RewriteOutcome.REWRITTEN: self.rewritten,
            RewriteOutcome.IN_USE: self.in_use,
            RewriteOutcome.NO_ROOM: self.no_room,
        }
        lists.get(outcome, self.failed).append(table)


def erase(owner: str, superuser: str = "", *, tables: Collection[str] = TABLES, pause_s: float = PAUSE_S) -> Erased:
    """Rewrite tables with personal data, as their owner; as a superuser also large ones, the statistics and the log."""
    done = Erased()
    with online.connect(owner) as db:
        if not superuser and _only(db, _IS_SUPERUSER):
            superuser = owner
        rewriter, done.wanting = online.find(superuser)
        for table in tables:
            with swap_lock(db) as alone:
                if alone:
                    _rewrite(db, table, done, rewriter)
                    # Statistics contain values of columns, including those of deleted rows.
                    db.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
                else:
                    done.in_use.append(table)
            time.sleep(pause_s)
    if superuser:
        with online.connect(superuser) as db:
            db.execute(_OF_EMPTY_TABLES, [list(TABLES)])
            _rewrite(db, "pg_statistic", done)
            leftovers.remove(db)
            # Older log records are removed with the segments that end before the checkpoint.
            db.execute("select pg_switch_wal()")
            db.execute("checkpoint")
    return done


def erase_private(config: Config, *, tables: Collection[str] = TABLES, pause_s: float = PAUSE_S) -> Erased:
    """Erase deleted data from the private database of a service."""
    owner = embedded.url(config.state, embedded.OWNER)
    return erase(owner, embedded.url(config.state, embedded.SUPERUSER), tables=tables, pause_s=pause_s)


def clean_up_private(config: Config) -> None:
    """Remove the remains of an interrupted rewrite from the private database of a service."""
    online.clean_up_at(embedded.url(config.state, embedded.SUPERUSER))


def due(config: Config, now: dt.datetime) -> Collection[str]:
    """Return the tables to erase now: all in the nightly hour or if that was missed, otherwise those that were in use.

    For a service that has never done it, the time starts at the first call, because its first minutes are for other
    work.
    """
    try:
        age = now.timestamp() - _note(config).stat().st_mtime
    except FileNotFoundError:
        record_done(config, Erased())
        return ()
    if age > MAX_AGE_H * 3600 or (now.hour == QUIET_HOUR and age > 3600):
        return TABLES
    try:
        was_tried = _note_in_use(config).stat().st_mtime
    except FileNotFoundError:
        return ()
    return _note_in_use(config).read_text().split() if now.timestamp() - was_tried > RETRY_S else ()


def record_done(config: Config, done: Erased, tables: Collection[str] = TABLES) -> None:
    """Record that tables were erased now, and which of them were in use."""
    if tables == TABLES:
        _note(config).touch(mode=0o600)
    if done.in_use:
        _note_in_use(config).write_text("\n".join(done.in_use))
    else:
        _note_in_use(config).unlink(missing_ok=True)


def _note(config: Config) -> Path:
    return config.state / "erased"


def _note_in_use(config: Config) -> Path:
    return config.state / "erased_in_use"


def _only(db: psycopg.Connection, question: str, *values: str) -> int:
    row = db.execute(question, values).fetchone()
    return row[0] if row else 0


def _rewrite(db: psycopg.Connection, table: str, done: Erased, rewriter: Rewriter | None = None) -> None:
    size = _only(db, "select pg_total_relation_size(%s::regclass)", table)
    if size <= (MAX_BYTES_AT_ONCE if rewriter else MAX_BYTES) and _rewrite_at_once(db, table, done):
        return
    if rewriter:
        done.note(table, rewriter.rewrite(table))
    else:
        done.too_large.append(table)


def _rewrite_at_once(db: psycopg.Connection, table: str, done: Erased) -> bool:
    """Rewrite a table, or skip it if it is in use; return False if it is too large."""
    db.execute(f"set lock_timeout = {TIMEOUT_LOCK_MS}")
    db.execute(f"set statement_timeout = {TIMEOUT_REWRITE_MS}")
    try:
        db.execute(sql.SQL("vacuum (full) {}").format(sql.Identifier(table)))
        done.rewritten.append(table)
    except psycopg.errors.LockNotAvailable:
        done.in_use.append(table)
    except psycopg.errors.QueryCanceled:
        return False
    finally:
        db.execute("set statement_timeout = 0")
        db.execute("set lock_timeout = 0")
    return True
