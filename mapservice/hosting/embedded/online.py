"""Rewrites a table while it is in use, by pg_repack, which copies the rows into new files and swaps the files.

It needs an exclusive lock for a moment at its beginning and at its end, and gives up if it cannot get it. Its extension
is in the database only while a table is rewritten, so that no backup and no migration finds it.
"""

import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from mapservice.hosting.embedded import account, binaries
from mapservice.hosting.embedded.exclusion import swap_lock

#: How long it waits for a lock, while blocking everybody else: 0.1 s first, then 0.1 s longer each time.
TIMEOUT_LOCK_MS = 500

#: After how long without success it gives up, in whole seconds.
MAX_WAIT_S = 1

#: Maximum time for one table: it waits for all transactions older than its copy.
TIMEOUT_TABLE_S = 2 * 3600

#: How long an interrupted rewrite may take to clean up.
TIMEOUT_END_S = 60

#: Maximum number of attempts to remove the remains of an interrupted rewrite, a second apart.
MAX_TRIES = 20

# Space for the copy, for the changes that are recorded meanwhile, and for the write-ahead log.
_ROOM = "select 2 * pg_total_relation_size(%s::regclass) + pg_size_bytes(current_setting('max_wal_size'))"

_NAME = """
    select format('%%I.%%I', nspname, relname) from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where pg_class.oid = %s::regclass
"""

_HALF_REWRITTEN = """
    select distinct format('%I.%I', nspname, relname)
    from pg_trigger join pg_class on pg_class.oid = tgrelid join pg_namespace on pg_namespace.oid = relnamespace
    where tgname = 'repack_trigger'
"""

_END_OTHERS = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'pg_repack' and datname = current_database()
"""


class RewriteOutcome(StrEnum):
    """The outcome for a table."""

    REWRITTEN = "rewritten"
    IN_USE = "in use all the time"
    NO_ROOM = "too large for what is free on the disk"
    FAILED = "not rewritten"


@dataclass(frozen=True, slots=True)
class Rewriter:
    """pg_repack, and the URL of a superuser of the database in which it works."""

    program: Path
    url: str

    def rewrite(self, table: str) -> RewriteOutcome:
        """Rewrite a table whose definition nobody else changes meanwhile."""
        with connect(self.url) as db:
            if not clean_up(db):
                return RewriteOutcome.IN_USE
            if not _has_room(db, table):
                return RewriteOutcome.NO_ROOM
            before = _file(db, table)
            try:
                db.execute("create extension pg_repack")
                words = self._run(_only(db, _NAME, table))
            finally:
                is_clean = clean_up(db)
            if _file(db, table) != before:
                return RewriteOutcome.REWRITTEN if is_clean else RewriteOutcome.FAILED
            return RewriteOutcome.IN_USE if re.search(r"time(d )?out", words) else RewriteOutcome.FAILED

    def _run(self, table: str) -> str:
        """Run the program, and return its output, which may contain a row."""
        process = self.start(table)
        try:
            return process.communicate(timeout=TIMEOUT_TABLE_S)[0]
        except subprocess.TimeoutExpired as late:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=TIMEOUT_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
            return str(late)

    def start(self, table: str) -> subprocess.Popen[str]:
        """Start the program for a table, given by its quoted name with schema; it ends when this process does."""
        address = conninfo_to_dict(_plain(self.url))
        environment = {
            **account.subprocess_arguments(None)["env"],
            **{f"PG{name.upper()}": str(value) for name, value in address.items() if name != "dbname"},
            "PGOPTIONS": f"-c lock_timeout={TIMEOUT_LOCK_MS}",
        }
        words = (
            *("--no-order", "--no-analyze", "--no-kill-backend", f"--wait-timeout={MAX_WAIT_S}"),
            *(f"--table={table}", f"--dbname={address.get('dbname', '')}"),
        )
        return subprocess.Popen(
            [*_parent_death_prefix(), str(self.program), *words],
            **{**account.subprocess_arguments(None), "env": environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )


def find(url: str) -> tuple[Rewriter | None, str]:
    """Return the rewriter for a server, or None and what is missing for it.

    ``url`` is the URL of a superuser; empty if there is none.
    """
    if not url:
        return None, "run this as a superuser of the database, with pg_repack installed (docs/operators.md, section 2)"
    with connect(url) as db:
        version = db.info.server_version // 10_000
        row = db.execute("select default_version from pg_available_extensions where name = 'pg_repack'").fetchone()
    program = binaries.program("pg_repack", version)
    if row is None or program is None:
        return None, f"install the package postgresql-{version}-repack"
    result = subprocess.run([program, "--version"], check=False, text=True, capture_output=True)
    if result.stdout.split() != ["pg_repack", row[0]]:
        return None, f"the program pg_repack and the server's extension {row[0]} have to be of one version"
    return Rewriter(program, url), ""


def clean_up(db: psycopg.Connection) -> bool:
    """Remove the remains of an interrupted rewrite; return False if its table is in use all the time.

    Until then each change of the table is also recorded in a second one. ``db`` is a superuser's connection.
    """
    for _ in range(MAX_TRIES):
        if not db.execute("select 1 from pg_extension where extname = 'pg_repack'").fetchone():
            return True
        db.execute(_END_OTHERS)
        try:
            with db.transaction():
                db.execute(sql.SQL("set local lock_timeout = {}").format(TIMEOUT_LOCK_MS))
                # In the same order as transactions that change the table: first the table, then the second one.
                for (table,) in db.execute(_HALF_REWRITTEN).fetchall():
                    db.execute(f"lock table {table} in access exclusive mode")
                db.execute("drop extension pg_repack cascade")
            return True
        except psycopg.errors.LockNotAvailable:
            time.sleep(1)
    return False


def clean_up_at(url: str) -> None:
    """Remove the remains of a rewrite from a database, unless one is under way."""
    with connect(url) as db, swap_lock(db) as alone:
        if alone:
            clean_up(db)


def connect(url: str) -> psycopg.Connection:
    """Connect to a database in autocommit mode."""
    return psycopg.connect(_plain(url), autocommit=True)


def _plain(url: str) -> str:
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", url)


def _file(db: psycopg.Connection, table: str) -> object:
    return _only(db, "select pg_relation_filenode(%s::regclass)", table)


def _has_room(db: psycopg.Connection, table: str) -> bool:
    """Return whether the disk has room for a second copy, if it is a disk of this machine."""
    folder = Path(_only(db, "select current_setting('data_directory') where %s <> ''", table))
    if not db.info.host.startswith("/") or not folder.exists():
        return True
    return shutil.disk_usage(folder).free > int(_only(db, _ROOM, table))


def _only(db: psycopg.Connection, question: str, value: str) -> str:
    row = db.execute(question, [value]).fetchone()
    return str(row[0]) if row else ""


def _parent_death_prefix() -> list[str]:
    """Return the prefix of a command line that makes a program end, in order, when this process is killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "INT"] if setpriv else []
