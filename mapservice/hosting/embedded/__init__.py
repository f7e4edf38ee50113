"""The private PostgreSQL: the packages of the machine, run for this service alone, reached by a socket only.

A state folder holds ``postgres/settings`` (ours, read by the server), ``postgres/server`` (the server's own: ``data``,
``log``, ``socket``) and, where root starts it, ``postgres/pages`` (a socket for the web processes, see ``guest``). Root
hands the server to another account and never writes into the server's folders, where that account could lay a link.
"""

import pwd
from pathlib import Path
from urllib.parse import quote

import psycopg

from mapservice.config import Config
from mapservice.hosting.embedded import guest, online, roles
from mapservice.hosting.embedded.account import is_reachable
from mapservice.hosting.embedded.cluster import TIMEOUT_RECOVERY_S, PrivateServer
from mapservice.hosting.embedded.disk import fault, is_full
from mapservice.hosting.embedded.external import check
from mapservice.hosting.embedded.roles import DATABASE, OWNER, RUNTIME, SUPERUSER, furnish

__all__ = [
    "DATABASE",
    "OWNER",
    "RUNTIME",
    "SUPERUSER",
    "check",
    "drop_database",
    "exchange_database",
    "is_full",
    "is_listening",
    "is_reachable",
    "is_running",
    "let_in",
    "new_database",
    "runtime_url",
    "server_account",
    "start",
    "stop",
    "url",
]


def start(state: Path, **settings: str) -> str:
    """The address of a running database of our own under a state folder, made and started where that is needed.

    ``settings`` are further lines of postgresql.conf; a test turns ``fsync`` off.

    :raise SetupError: if it cannot be made or started; the message says what to do.
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
            furnish(cluster.socket)
            if starts:
                online.clean_up_at(_url(cluster.socket, SUPERUSER, DATABASE))
    except OSError as problem:
        raise fault(problem, state) from problem
    except psycopg.Error as problem:
        cluster.give_up(f"error: {problem}")
    return url(state)


def stop(state: Path) -> None:
    """End the database of a state folder, and wait until all is on the disk; a stopped one stays stopped."""
    cluster = PrivateServer(state.absolute())
    if not cluster.is_made:
        return
    with cluster.locked():
        # Without a server this fails, and that is what was wanted.
        cluster.run("pg_ctl", "stop", "-D", cluster.data, "-m", "fast", "-w", "-t", TIMEOUT_RECOVERY_S, check=False)


def is_running(state: Path) -> bool:
    """Whether the database of a state folder answers."""
    cluster = PrivateServer(state.absolute())
    return cluster.is_made and cluster.answers()


def is_listening(state: Path) -> bool:
    """Whether somebody takes connections for the database of a state folder, be it only to say that it is starting."""
    return PrivateServer(state.absolute()).is_listening()


def runtime_url(config: Config) -> str:
    """The address of the database as the pages use it: the given one, or that of the private one, started or not."""
    if config.database_url:
        return config.database_url
    cluster = PrivateServer(config.state.absolute())
    return _url(cluster.socket if cluster.is_mine else cluster.pages_socket, RUNTIME, DATABASE)


def let_in(state: Path, account: pwd.struct_passwd | None) -> None:
    """Let an account use a running private database as the pages do, and none beside it; None: nobody.

    Nothing happens where the server is not of root's: it has one socket, for its own account.
    """
    cluster = PrivateServer(state.absolute())
    if cluster.account is None:
        return
    with cluster.locked():
        guest.keep(cluster.home, account)
        guest.make_folder(cluster.pages_socket, cluster.account, account)
        cluster.write_people()
        roles.reload(cluster.socket)


def server_account(state: Path) -> pwd.struct_passwd | None:
    """The account that the server runs as; None is ourselves."""
    return PrivateServer(state.absolute()).account


def new_database(state: Path, name: str) -> str:
    """The address of a new, empty database of the owner's beside the one of the service."""
    roles.make_database(PrivateServer(state.absolute()).socket, name)
    return url(state, OWNER, name)


def drop_database(state: Path, name: str) -> None:
    """Drop a database beside the one of the service."""
    roles.drop_database(PrivateServer(state.absolute()).socket, name)


def exchange_database(state: Path, name: str) -> None:
    """Let the database of a name be the one of the service; the one before it is gone."""
    roles.exchange(PrivateServer(state.absolute()).socket, name)


def url(state: Path, role: str = RUNTIME, database: str = DATABASE) -> str:
    """The address of a database under a state folder, for SQLAlchemy."""
    return _url(PrivateServer(state.absolute()).socket, role, database)


def _url(socket: Path, role: str, database: str) -> str:
    return f"postgresql+psycopg://{role}@/{database}?host={quote(str(socket), safe='/')}&port=5432"
