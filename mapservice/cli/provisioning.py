"""Prepares a database for the service: migrations and loading of data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import HOME
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.store.across import rights
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import article_loader
from mapservice.store.knowledge import loader as facts_loader
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock
from mapservice.store.zones import basemap, loader

VERSIONS = HOME / "migrations" / "versions"

#: What is loaded, in this order, with the loading functions.
LOADERS = {
    "zones": loader.load,
    "base map": basemap.load,
    "conditions": conditions.load,
    "facts": facts_loader.load,
    "articles": article_loader.load,
}

#: An empty table that exists while a backup is being restored into a given database.
UNFINISHED = "restore_unfinished"

# The line of a migration after which the version of the service before it cannot use the tables.
_NEEDS_THIS_VERSION = "NEEDS_THIS_VERSION = True"

_NEWER = "A newer version of the service has updated the database ({revision})."


def newest_revision(versions: Path = VERSIONS) -> str:
    """Return the newest revision in the code: a migration's file is named after it, in order."""
    return max(path.stem for path in versions.glob("[0-9]*.py"))


def oldest_revision(versions: Path = VERSIONS) -> str:
    """Return the oldest revision whose version of the service can use the tables of the newest one."""
    return max(
        path.stem
        for path in versions.glob("[0-9]*.py")
        if _NEEDS_THIS_VERSION in path.read_text(encoding="utf-8").splitlines()
    )


def is_newest(engine: Engine) -> bool:
    """Return whether the database is at the newest revision."""
    with engine.connect() as connection:
        return _revision(connection) == newest_revision()


def migrate(engine: Engine) -> bool:
    """Upgrade the database to the newest revision; return True if something changed.

    :raise SetupError: if a newer version of the service has updated it.
    """
    with _provisioning_lock(engine) as connection:
        revision = _revision(connection)
        if revision == newest_revision():
            return False
        if revision is not None and revision > newest_revision():
            raise SetupError(f"{_NEWER.format(revision=revision)} Install that version here, and run this again.")
        # Imported here, because it takes a third of a second and most starts change nothing.
        from alembic import command
        from alembic.config import Config

        config = Config(toml_file=HOME / "pyproject.toml")
        config.attributes["connection"] = connection
        # Wait for a table that is being rewritten, while no page waits for us.
        advisory_locks.lock_transaction(connection, AdvisoryLock.FILES)
        command.upgrade(config, "head")
        connection.execute(text(f"comment on table alembic_version is '{oldest_revision()}'"))
        connection.commit()
        return True


def check_newer(engine: Engine) -> str | None:
    """Return a warning if a newer version of the service has updated the database, and this version can use it.

    :raise SetupError: if this version cannot use it.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
        if revision is None or revision <= newest_revision():
            return None
        oldest = connection.scalar(text("select obj_description('alembic_version'::regclass, 'pg_class')"))
    newer = _NEWER.format(revision=revision)
    if oldest is None or oldest > newest_revision():
        raise SetupError(
            f"{newer} This version cannot use it: install the newer version here, or restore the backup from before "
            "the update."
        )
    return (
        f"{newer} This version can still use it, but does not change its tables, its rights or what is loaded. "
        "Install the newer version here as well."
    )


def load(engine: Engine, progress: Progress | None = None, *, role: str = embedded.RUNTIME) -> list[str]:
    """Load zones, base map, conditions, facts and articles if their data changed; return the names of what was loaded.

    Run as the owner of the tables, it also sets the rights of the ``role`` of the pages, and checks them.

    :raise SetupError: if the role has other rights afterwards.
    """
    progress = progress or Progress(disable=True)
    loaded = []
    with _provisioning_lock(engine) as connection:
        if inspect(connection).has_table(UNFINISHED):
            raise SetupError(
                "A restore into this database was interrupted: drop the database, create a new one and run "
                "`mapservice restore` again."
            )
        for name, load_data in LOADERS.items():
            task = progress.add_task(f"Loading {name}", total=None, visible=False)

            def show(done: int, total: int, task: TaskID = task) -> None:
                progress.update(task, completed=done, total=total, visible=True)

            with db.transaction(engine) as session:
                if load_data(session, show):
                    loaded.append(name)
        with db.transaction(engine) as session:
            if set_rights(session, role):
                loaded.append("rights of the pages")
    return loaded


def set_rights(session: Session, role: str) -> bool:
    """Set the rights of the role of the pages if this is the owner of the tables; return True if something changed.

    :raise SetupError: if the role has other rights afterwards, or owns the tables (``connection.check_owner``).
    """
    me = session.scalar(text("select current_user"))
    if me == role or not rights.owns_tables(session) or not rights.has_role(session, role):
        return False
    changed = rights.apply(session, role)
    if changed:
        rights.check(session, role)
    return changed


def progress_bars() -> Progress:
    """Return a progress callback that draws bars on the terminal."""
    return Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("select version_num from alembic_version"))
    return revision


@contextmanager
def _provisioning_lock(engine: Engine) -> Iterator[Connection]:
    """Yield a connection that holds the lock on tables and loaded data."""
    with engine.connect() as connection:
        advisory_locks.lock(connection, AdvisoryLock.TABLES)
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            advisory_locks.unlock(connection, AdvisoryLock.TABLES)
            connection.commit()
