"""Erases from the disk what was deleted: rows that are gone leave their bytes in the files of the database.

A table is written anew (VACUUM FULL), which holds up whoever wants it meanwhile: never for longer than a page may wait.
What is too large for that stays as it is, until new rows come to stand on the same bytes.
"""

import datetime as dt
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.privacy.deletion import Fate
from mapservice.store.across.subjects import PLAN

#: How long writing one table may take, and how long it may wait for its turn: together less than a second.
TIMEOUT_REWRITE_MS = 800
TIMEOUT_LOCK_MS = 100

#: What no machine writes in that time is not tried: bytes of a table with its indexes.
MAX_BYTES = 64 * 2**20

#: Between two tables everybody gets on who waited, in seconds.
PAUSE_S = 1.0

#: When it is quiet: the hour of the day, UTC. A service that did not run then does it later, after so many hours.
QUIET_HOUR = 3
MAX_AGE_H = 26

#: Every table in which something of people is deleted or changed, the statistics of the planner last.
TABLES = tuple(entry.table for entry in PLAN if entry.fate is not Fate.STAYS)


# Of a table that is empty now, ANALYZE leaves the statistics as they were.
_OF_EMPTY_TABLES = """
    delete from pg_statistic using pg_class
    where starelid = pg_class.oid and relname = any(%s) and reltuples = 0
"""


@dataclass
class Erased:
    """Which tables were written anew, which are too large for it, and which were in use all the time."""

    rewritten: list[str] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    in_use: list[str] = field(default_factory=list)


def erase(owner: str, superuser: str = "", *, pause_s: float = PAUSE_S) -> Erased:
    """Write anew every table of people, as their owner; as a superuser also the statistics and the write-ahead log."""
    done = Erased()
    with _connection(owner) as db:
        for table in TABLES:
            _rewrite(db, table, done)
            # Statistics hold values of columns, of rows that are gone as well.
            db.execute(sql.SQL("analyze {}").format(sql.Identifier(table)))
            time.sleep(pause_s)
    if superuser:
        with _connection(superuser) as db:
            db.execute(_OF_EMPTY_TABLES, [list(TABLES)])
            _rewrite(db, "pg_statistic", done)
            # What was written until now goes with the segments that end before the checkpoint.
            db.execute("select pg_switch_wal()")
            db.execute("checkpoint")
    return done


def erase_private(config: Config, *, pause_s: float = PAUSE_S) -> Erased:
    """Erase in the private database of a service."""
    owner = embedded.url(config.state, embedded.OWNER)
    return erase(owner, embedded.url(config.state, embedded.SUPERUSER), pause_s=pause_s)


def is_due(config: Config, now: dt.datetime) -> bool:
    """Whether it is the quiet hour and it was not done in it yet, or was not done for too long.

    For a service that never did it the time runs from the first question on: its first minutes are for other work.
    """
    try:
        age = now.timestamp() - _note(config).stat().st_mtime
    except FileNotFoundError:
        note_done(config)
        return False
    return age > MAX_AGE_H * 3600 or (now.hour == QUIET_HOUR and age > 3600)


def note_done(config: Config) -> None:
    """Note that it was done now."""
    _note(config).touch(mode=0o600)


def _note(config: Config) -> Path:
    return config.state / "erased"


def _connection(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def _rewrite(db: psycopg.Connection, table: str, done: Erased) -> None:
    size = db.execute("select pg_total_relation_size(%s::regclass)", [table]).fetchone()
    if size is not None and size[0] > MAX_BYTES:
        done.too_large.append(table)
        return
    db.execute(f"set lock_timeout = {TIMEOUT_LOCK_MS}")
    db.execute(f"set statement_timeout = {TIMEOUT_REWRITE_MS}")
    try:
        db.execute(sql.SQL("vacuum (full) {}").format(sql.Identifier(table)))
        done.rewritten.append(table)
    except psycopg.errors.LockNotAvailable:
        done.in_use.append(table)
    except psycopg.errors.QueryCanceled:
        done.too_large.append(table)
    finally:
        db.execute("set statement_timeout = 0")
