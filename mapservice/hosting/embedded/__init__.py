"""The private PostgreSQL: installed packages, run for this service only, reachable by a Unix socket only.

A state folder holds ``postgres/settings`` (ours, read by the server), ``postgres/server`` (the server's own: ``data``,
``log``, ``socket``) and, if root starts it, ``postgres/pages`` (a socket for the web processes, see ``guest``). Root
runs the server under another account and never writes into its folders, where that account could place a link.
"""

import pwd
from pathlib import Path
from urllib.parse import quote

import psycopg

from mapservice.config import Config
from mapservice.hosting.embedded import guest, online, roles
from mapservice.hosting.embedded.account import is_reachable
from mapservice.hosting.embedded.cluster import PrivateServer
from mapservice.hosting.embedded.disk import fault, is_full
from mapservice.hosting.embedded.external import check
from mapservice.hosting.embedded.roles import DATABASE, OWNER, RUNTIME, SUPERUSER, create_database

__all__ = [
    "DATABASE",
    "OWNER",
    "RUNTIME",
    "SUPERUSER",
    "allow_account",
    "check",
    "drop_database",
    "is_full",
    "is_reachable",
    "is_running",
    "is_up",
    "new_database",
    "replace_service_database",
    "runtime_url",
    "server_account",
    "start",
    "stop",
    "url",
]


def start(state: Path, **settings: str) -> str:
    """Create and start the private database of a state folder if needed; return its URL.

    ``settings`` are further lines of postgresql.conf; a test turns ``fsync`` off.

    :raise SetupError: if it cannot be created or started; the message says what to do.
    """
    cluster = PrivateServer(state.absolute())
    try:
        with cluster.locked():
            if not cluster.is_made:
                cluster.make()
            starts = not cluster.answers()
            if starts:
                cluster.write_settings(settings)
                cluster.start()
            create_database(cluster.socket)
            if starts:
                online.clean_up_at(_url(cluster.socket, SUPERUSER, DATABASE))
    except OSError as problem:
        raise fault(problem, state) from problem
    except psycopg.Error as problem:
        cluster.fail(f"error: {problem}")
    return url(state)


def stop(state: Path) -> None:
    """Stop the database of a state folder, and wait until everything is on disk."""
    cluster = PrivateServer(state.absolute())
    if not cluster.is_made:
        return
    with cluster.locked():
        cluster.stop()


def is_running(state: Path) -> bool:
    """Return whether the database of a state folder accepts queries."""
    cluster = PrivateServer(state.absolute())
    return cluster.is_made and cluster.answers()


def is_up(state: Path) -> bool:
    """Return whether a server listens for the database of a state folder, even if it is still starting.

    One that was told to stop still listens while pages are connected, but it is as good as gone.
    """
    cluster = PrivateServer(state.absolute())
    return cluster.is_listening() and not cluster.is_stopping()


def runtime_url(config: Config) -> str:
    """Return the database URL of the pages: the given one, or that of the private database, running or not."""
    if config.database_url:
        return config.database_url
    cluster = PrivateServer(config.state.absolute())
    return _url(cluster.socket if cluster.is_controllable else cluster.pages_socket, RUNTIME, DATABASE)


def allow_account(state: Path, account: pwd.struct_passwd | None) -> None:
    """Allow an account to use a running private database as the pages do, and no other; None: nobody.

    Does nothing if the server does not belong to root: it then has one socket, for its own account.
    """
    cluster = PrivateServer(state.absolute())
    if cluster.account is None:
        return
    with cluster.locked():
        guest.store_account(cluster.home, account)
        guest.make_folder(cluster.pages_socket, cluster.account, account)
        cluster.write_ident()
        roles.reload(cluster.socket)


def server_account(state: Path) -> pwd.struct_passwd | None:
    """Return the account that the server runs as; None: the account of this process."""
    return PrivateServer(state.absolute()).account


def new_database(state: Path, name: str) -> str:
    """Create an empty database of the owner beside that of the service; return its URL."""
    roles.make_database(PrivateServer(state.absolute()).socket, name)
    return url(state, OWNER, name)


def drop_database(state: Path, name: str) -> None:
    """Drop a database beside that of the service."""
    roles.drop_database(PrivateServer(state.absolute()).socket, name)


def replace_service_database(state: Path, name: str) -> None:
    """Replace the database of the service by the one with this name."""
    roles.replace_service_database(PrivateServer(state.absolute()).socket, name)


def url(state: Path, role: str = RUNTIME, database: str = DATABASE) -> str:
    """Return the URL of a database in a state folder, for SQLAlchemy."""
    return _url(PrivateServer(state.absolute()).socket, role, database)


def _url(socket: Path, role: str, database: str) -> str:
    return f"postgresql+psycopg://{role}@/{database}?host={quote(str(socket), safe='/')}&port=5432"
