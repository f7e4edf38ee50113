"""Databases for tests: a private server that stays warm, a template with the real ground, a clone for each process.

The server and its templates live in ``build/tests`` (git-ignored) from one run to the next, so that migrating and
loading the world happens once for each state of migrations, loaders and data. Several runs may use it at one time.
"""

import fcntl
import hashlib
import inspect
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import text

from mapservice import db
from mapservice.cli import provisioning
from mapservice.config import HOME
from mapservice.hosting import embedded
from testing.observing import make_role

# A database that nobody would miss may forget the last moments before a power cut, and be quick instead.
FORGETFUL = {
    **{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"},
    **{"checkpoint_timeout": "1h", "max_wal_size": "4GB"},
}

#: What a template is made from: when one of these changes, it is made anew.
INGREDIENTS = (
    *("migrations/versions/*.py", "data/**/*", "mapservice/hosting/embedded/*.py"),
    *("mapservice/store/across/rights.py", "mapservice/store/across/privileges.py", "mapservice/store/*/subject.py"),
    *("mapservice/store/across/policies.py", "mapservice/store/*/policies.py"),
    *(str(Path(inspect.getfile(load)).relative_to(HOME)) for load in provisioning.LOADERS.values()),
)

TEMPLATES_KEPT = 3


def home() -> Path:
    """Where the server of the tests keeps its files: in the checkout, unless its account cannot enter that."""
    if embedded.is_reachable(HOME):
        return HOME / "build" / "tests"
    return Path("/var/lib/mapservice/tests") / hashlib.sha256(bytes(HOME)).hexdigest()[:12]


@contextmanager
def server() -> Iterator[Path]:
    """The state folder of a running server; the last to leave turns it off."""
    state = home()
    state.mkdir(mode=0o711, parents=True, exist_ok=True)
    with (state / "users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        embedded.start(state, **FORGETFUL)
        with superuser(state) as connection:
            make_role(connection)
        try:
            yield state
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                embedded.stop(state)


@contextmanager
def clone(state: Path, template: str) -> Iterator[str]:
    """The name of a database made from a template, dropped in the end."""
    # The process number lets a later run see what a killed one left behind.
    name = f"clone_{os.getpid()}_{secrets.token_hex(3)}"
    with superuser(state) as server:
        _copy(server, template, name)
    try:
        yield name
    finally:
        with superuser(state) as server:
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def ground_template(state: Path) -> str:
    """The name of a template with all tables, the zones of the world, the base map and the conditions."""
    name = f"ground_{digest(INGREDIENTS)}"
    with (state / "templates").open("w") as lock, superuser(state) as server:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(server)
        if not _exists(server, name):
            _drop_templates(server)
            server.execute("drop database if exists unfinished with (force)")
            _copy(server, embedded.DATABASE, "unfinished")
            engine = db.new_engine(embedded.url(state, embedded.OWNER, "unfinished"), timeouts=False)
            provisioning.migrate(engine)
            provisioning.load(engine)
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.execute(text("analyze"))
            engine.dispose()
            server.execute(sql.SQL("alter database unfinished rename to {}").format(sql.Identifier(name)))
    return name


def digest(ingredients: Iterable[str]) -> str:
    """A short hash of the files that some patterns name."""
    files = sorted({path for pattern in ingredients for path in HOME.glob(pattern) if path.is_file()})
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(HOME)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def superuser(state: Path) -> psycopg.Connection:
    """A connection that may do anything on the server, outside of transactions."""
    address = embedded.url(state, embedded.SUPERUSER, "postgres").replace("+psycopg", "")
    return psycopg.connect(address, autocommit=True)


def _copy(server: psycopg.Connection, template: str, name: str) -> None:
    # Copying files is quicker than writing the copy through the log, for a template of this size.
    how = sql.SQL(" strategy file_copy") if server.info.server_version >= 150_000 else sql.SQL("")
    server.execute(
        sql.SQL("create database {} template {} owner {}").format(
            sql.Identifier(name), sql.Identifier(template), sql.Identifier(embedded.OWNER)
        )
        + how
    )


def _exists(server: psycopg.Connection, name: str) -> bool:
    return server.execute("select 1 from pg_database where datname = %s", [name]).fetchone() is not None


def _drop_templates(server: psycopg.Connection) -> None:
    """Drop the oldest templates, so that a new one finds room."""
    rows = server.execute("select datname from pg_database where datname like 'ground\\_%' order by oid desc")
    for (name,) in rows.fetchall()[TEMPLATES_KEPT - 1 :]:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _sweep(server: psycopg.Connection) -> None:
    """Drop the clones of processes that are gone."""
    for (name,) in server.execute("select datname from pg_database where datname like 'clone\\_%'").fetchall():
        if not Path(f"/proc/{name.split('_')[1]}").exists():
            server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


if __name__ == "__main__":
    with server() as running:
        ground_template(running)
