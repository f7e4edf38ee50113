"""Private databases for tests that stop, kill or search one: copies of clusters that were made once, and stopped."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from sqlalchemy import Engine

from mapservice import db
from mapservice.cli import provisioning
from mapservice.hosting import embedded
from mapservice.hosting.embedded import online
from mapservice.store.tables import Base
from testing import database

#: What an empty cluster is made from.
_OF_EMPTY = (
    *("migrations/versions/*.py", "mapservice/hosting/embedded/*.py"),
    *("mapservice/store/across/rights.py", "mapservice/store/across/privileges.py", "mapservice/store/*/subject.py"),
    *("mapservice/store/across/policies.py", "mapservice/store/*/policies.py"),
)


@contextmanager
def empty(**settings: str) -> Iterator[Path]:
    """A state folder whose database runs, with all tables and rights and nothing in them; gone in the end."""
    state = Path(tempfile.mkdtemp(prefix="mapservice-test-"))
    state.chmod(0o711)
    try:
        copy(_empty(), state)
        embedded.start(state, **({"fsync": "off"} | settings))
        yield state
    finally:
        embedded.stop(state)
        shutil.rmtree(state)


def folder_on_disk(prefix: str) -> Path:
    """A new state folder where a service keeps its own, and not in memory; the caller deletes it."""
    parent = Path("/var/lib/mapservice") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    state = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    state.chmod(0o711)
    return state


def loaded() -> Path:
    """A stopped one with the zones of the world, the base map and the conditions, to be copied."""

    def load(state: Path) -> None:
        copy(_empty(), state)
        with _running(state) as engine:
            with database.server() as tests, database.clone(tests, database.ground_template(tests)) as ground:
                _fill(embedded.url(state, embedded.OWNER), embedded.url(tests, embedded.SUPERUSER, ground))
            provisioning.load(engine)

    return _made("loaded", database.INGREDIENTS, load)


def copy(template: Path, state: Path) -> None:
    """Give a state folder the database of another, which is stopped."""
    subprocess.run(["cp", "-a", "--reflink=auto", str(template / "postgres"), str(state)], check=True)


def _fill(url: str, loaded: str) -> None:
    """Copy the rows of a database that is loaded already, in a few seconds less than loading takes."""
    with online.connect(loaded) as source, online.connect(url) as target, target.transaction():
        for table in Base.metadata.sorted_tables:
            rows = sql.SQL("copy {} {} (format binary)")
            name = sql.Identifier(table.name)
            with (
                source.cursor().copy(rows.format(name, sql.SQL("to stdout"))) as read,
                target.cursor().copy(rows.format(name, sql.SQL("from stdin"))) as written,
            ):
                for block in read:
                    written.write(block)
        for sequence, last in source.execute("select sequencename, last_value from pg_sequences").fetchall():
            target.execute("select setval(%s, %s)", [sequence, last])


def _empty() -> Path:
    def make(state: Path) -> None:
        with _running(state) as engine:
            provisioning.migrate(engine)
            with db.transaction(engine) as session:
                provisioning.set_rights(session, embedded.RUNTIME)

    return _made("empty", _OF_EMPTY, make)


@contextmanager
def _running(state: Path) -> Iterator[Engine]:
    embedded.start(state, fsync="off")
    engine = db.new_engine(embedded.url(state, embedded.OWNER), timeouts=False)
    try:
        yield engine
    finally:
        engine.dispose()
        embedded.stop(state)


def _made(name: str, ingredients: tuple[str, ...], make: Callable[[Path], None]) -> Path:
    """A state folder that is made once for each state of its ingredients; those of before go."""
    home = database.home().parent
    home.mkdir(mode=0o711, parents=True, exist_ok=True)
    made = home / f"{name}-{database.digest(ingredients)}"
    with (home / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for old in home.glob(f"{name}-*"):
                shutil.rmtree(old, ignore_errors=True)
            draft = home / f"{name}-draft-{os.getpid()}"
            draft.mkdir(mode=0o711)
            make(draft)
            draft.rename(made)
    return made
