"""The private PostgreSQL: the packages of the machine, run for this service alone, reached by a socket only.

A state folder holds ``postgres/settings`` (ours, read by the server) and ``postgres/server`` (the server's own:
``data``, ``log``, ``socket``). Root hands the server to another account and never writes into the server's folders,
where that account could lay a link.
"""

from pathlib import Path
from urllib.parse import quote

import psycopg

from mapservice.config import Config
from mapservice.embedded import roles
from mapservice.embedded.account import is_reachable
from mapservice.embedded.cluster import RECOVERY, Cluster
from mapservice.embedded.disk import fault, is_full
from mapservice.embedded.given import check
from mapservice.embedded.roles import DATABASE, OWNER, RUNTIME, SUPERUSER, furnish

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
    "new_database",
    "runtime_url",
    "start",
    "stop",
    "url",
]


def start(state: Path, **settings: str) -> str:
    """The address of a running database of our own under a state folder, made and started where that is needed.

    ``settings`` are further lines of postgresql.conf; a test turns ``fsync`` off.

    :raise SetupError: if it cannot be made or started; the message says what to do.
    """
    cluster = Cluster(state.absolute())
    try:
        with cluster.locked():
            if not cluster.is_made:
                cluster.make()
            if not cluster.answers():
                cluster.write_settings(settings)
                cluster.start()
            furnish(cluster.socket)
    except OSError as problem:
        raise fault(problem, state) from problem
    except psycopg.Error as problem:
        cluster.give_up(f"error: {problem}")
    return url(state)


def stop(state: Path) -> None:
    """End the database of a state folder, and wait until all is on the disk; a stopped one stays stopped."""
    cluster = Cluster(state.absolute())
    if not cluster.is_made:
        return
    with cluster.locked():
        # Without a server this fails, and that is what was wanted.
        cluster.run("pg_ctl", "stop", "-D", cluster.data, "-m", "fast", "-w", "-t", RECOVERY, check=False)


def is_running(state: Path) -> bool:
    """Whether the database of a state folder answers."""
    cluster = Cluster(state.absolute())
    return cluster.is_made and cluster.answers()


def is_listening(state: Path) -> bool:
    """Whether somebody takes connections for the database of a state folder, be it only to say that it is starting."""
    return Cluster(state.absolute()).is_listening()


def runtime_url(config: Config) -> str:
    """The address of the database as the pages use it: the given one, or that of the private one, started or not."""
    return config.database_url or url(config.state)


def new_database(state: Path, name: str) -> str:
    """The address of a new, empty database of the owner's beside the one of the service."""
    roles.make_database(Cluster(state.absolute()).socket, name)
    return url(state, OWNER, name)


def drop_database(state: Path, name: str) -> None:
    """Drop a database beside the one of the service."""
    roles.drop_database(Cluster(state.absolute()).socket, name)


def exchange_database(state: Path, name: str) -> None:
    """Let the database of a name be the one of the service; the one before it is gone."""
    roles.exchange(Cluster(state.absolute()).socket, name)


def url(state: Path, role: str = RUNTIME, database: str = DATABASE) -> str:
    """The address of a database under a state folder, for SQLAlchemy."""
    socket = quote(str(Cluster(state.absolute()).socket), safe="/")
    return f"postgresql+psycopg://{role}@/{database}?host={socket}&port=5432"
