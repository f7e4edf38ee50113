"""What a server has written to its disk since some moment: the log of writes, the tables, its own log."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import Connection, text

from testing import database

#: Bytes of a page of the log of writes, of the header of each, and of that of a file's first page.
#: Source: src/include/access/xlog_internal.h of PostgreSQL.
PAGE, HEADER, FIRST_HEADER = 8_192, 24, 40

SEGMENT = 16 * 2**20


#: Bytes by which texts that begin alike are looked for together.
START = 4


def found(needles: Sequence[bytes], held: bytes) -> set[bytes]:
    """The texts that stand in some bytes."""
    by_start = defaultdict[bytes, list[bytes]](list)
    for needle in needles:
        by_start[needle[:START]].append(needle)
    return {needle for start, alike in by_start.items() if start in held for needle in alike if needle in held}


@dataclass(frozen=True, slots=True)
class Written:
    """The files of a server, from a moment on."""

    server: psycopg.Connection
    folder: Path
    oid: int
    since: int
    began_ns: int
    logs: dict[Path, int]

    def hits(self, needles: Sequence[bytes]) -> int:
        """How many of some texts stand in the files."""
        present = set().union(*(found(needles, held) for held in self._held()))
        return len(present)

    def logged(self) -> bytes:
        """What the server wrote into its own log."""
        return b"".join(path.read_bytes()[self.logs.get(path, 0) :] for path in _logs(self.folder))

    def _held(self) -> Iterator[bytes]:
        # First the log of writes, for a checkpoint may put its files to another use.
        self.server.execute("select pg_logical_emit_message(true, 'attack', 'all before this is on the disk')")
        yield self._writes()
        self.server.execute("checkpoint")
        for path in self._changed():
            yield path.read_bytes()
        yield self.logged()

    def _writes(self) -> bytes:
        """The records of the log of writes, without the headers of pages that cut through them."""
        end, timeline = self.server.execute(
            "select pg_current_wal_flush_lsn() - '0/0'::pg_lsn, timeline_id from pg_control_checkpoint()"
        ).fetchone() or (0, 0)
        kept = []
        for number in range(self.since // SEGMENT, int(end) // SEGMENT + 1):
            name = f"{timeline:08X}{number // 256:08X}{number % 256:08X}"
            held = (self.folder / "data" / "pg_wal" / name).read_bytes()
            first = max(self.since - number * SEGMENT, 0) // PAGE * PAGE
            for at in range(first, min(int(end) - number * SEGMENT, SEGMENT), PAGE):
                kept.append(held[at + (HEADER if at else FIRST_HEADER) : at + PAGE])
        return b"".join(kept)

    def _changed(self) -> Iterator[Path]:
        """The files of the attack's own database, and those that are nobody's own, temporary ones included."""
        data = self.folder / "data"
        for folder in (data / "base" / str(self.oid), data / "base" / "pgsql_tmp", data / "global", data / "pg_stat"):
            for path in folder.glob("**/*"):
                if path.is_file() and path.stat().st_mtime_ns >= self.began_ns:
                    yield path


@contextmanager
def watched(state: Path, connection: Connection) -> Iterator[Written]:
    """The files that the server of a state folder writes for the database of a connection, from now on."""
    folder = state / "postgres" / "server"
    oid = connection.scalar(text("select oid from pg_database where datname = current_database()"))
    with database.superuser(state) as server:
        # Other checkpoints may come in between; a slot has the server keep what it wrote.
        slot = f"attack_{os.getpid()}"
        server.execute("set synchronous_commit = on")
        server.execute("select pg_create_physical_replication_slot(%s, true, true)", [slot])
        server.execute("checkpoint")
        [since] = server.execute("select pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone() or (0,)
        sizes = {path: path.stat().st_size for path in _logs(folder)}
        yield Written(server, folder, int(oid or 0), int(since), time.time_ns(), sizes)


def _logs(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "log").glob("*") if path.is_file())
