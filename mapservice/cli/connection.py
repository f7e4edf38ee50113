"""The database of the commands and the service, and its roles."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.store.across import rights


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """The database URLs of the owner (migrations, loaders) and of the pages; the same if only one was given."""

    owner: str
    runtime: str


def database_urls(config: Config) -> DatabaseUrls:
    """Return the URLs of the database in the settings, or of a private one, which is started if needed.

    :raise SetupError: if no database is available; the message says what to do.
    """
    if config.database_url:
        embedded.check(config.database_url)
        return DatabaseUrls(config.database_url, config.database_url)
    runtime = embedded.start(config.state)
    return DatabaseUrls(embedded.url(config.state, embedded.OWNER), runtime)


@contextmanager
def owner_engine(config: Config) -> Iterator[Engine]:
    """Open an engine that can change tables."""
    engine = db.new_engine(database_urls(config).owner, timeouts=False)
    try:
        yield engine
    finally:
        engine.dispose()


def pages_role(config: Config) -> str:
    """Return the role of the pages in the database of the settings."""
    return config.pages_role if config.database_url else embedded.RUNTIME


def check_owner(config: Config, engine: Engine) -> None:
    """Check that there are two roles: the owner of the tables, who runs this, and that of the pages.

    :raise SetupError: in production, if there is only one; elsewhere a warning is printed.
    """
    role = pages_role(config)
    with db.transaction(engine) as session:
        if not rights.has_role(session, role):
            _one_role_only(
                config,
                f"The database has no role {role}: create it as described in docs/operators.md, section 2, or set "
                f"{PREFIX}PAGES_ROLE to your role.",
            )
        elif rights.owns_tables(session) and session.scalar(text("select current_user")) == role:
            _one_role_only(config, _OWNED.format(role=role))


def check_pages(config: Config, runtime: str, *, is_newer: bool = False) -> None:
    """Check that the role of the pages, with the URL ``runtime``, has exactly the rights that pages need.

    ``is_newer``: a newer version of the service has updated the database, and knows which rights these are; then only
    check that it does not own the tables.
    A warning is printed if the database admits fewer connections than the pages may open.

    :raise SetupError: if not; if it owns the tables, this is only an error in production, and otherwise a warning.
    """
    engine = db.new_engine(runtime, pool_size=1, timeouts=False)
    try:
        with db.transaction(engine) as session:
            _warn_of_connections(config, session)
            role = session.scalars(text("select current_user")).one()
            if rights.owns_tables(session):
                _one_role_only(config, _OWNED.format(role=role))
            elif not is_newer:
                rights.check(session, role)
    finally:
        engine.dispose()


_OWNED = (
    "The pages use the role {role}, which can do everything that the owner of the tables can: a fault in a page could "
    "then change statistics and create admins. Give the pages their own role, see docs/operators.md, section 2."
)


def _warn_of_connections(config: Config, session: Session) -> None:
    admitted = int(session.scalars(text("show max_connections")).one())
    needed = db.max_connections(config.workers)
    if needed > admitted and "pgbouncer" not in config.database_url:
        click.echo(
            f"Warning: the database admits {admitted} connections, and {config.workers} web processes may open "
            f"{needed}: raise its max_connections, or set {PREFIX}WORKERS to {db.max_workers(admitted)}.",
            err=True,
        )


def _one_role_only(config: Config, words: str) -> None:
    if config.production:
        raise SetupError(words)
    click.echo(f"Warning: {words}", err=True)
