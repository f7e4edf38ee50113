"""The two kinds of processes of the service: web processes and the worker."""

import gc
import resource
from contextlib import suppress

import click

from mapservice import db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.hosting import worker as background
from mapservice.hosting.stopping import stop_on_signals
from mapservice.loading import load_module

# How long the processes may take to finish their work, in seconds.
GRACE_S = 10.0

#: The application factory of the web processes.
APPLICATION = "mapservice.hosting.wsgi:gateway"


def load_pages() -> None:
    """Load the modules of the pages once, for all web processes, which are forks of this one.

    Looking for garbage among them would copy the memory that the forks share.
    """
    load_module(APPLICATION.partition(":")[0])
    gc.freeze()


def web(config: Config, target: str = APPLICATION) -> None:
    """Serve requests until told to stop; ``target`` is the application factory for each process of the web server."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    Granian(
        target,
        factory=True,
        address=config.host,
        port=config.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=config.workers,
        # A slow client uses a connection but no thread; the gateway rejects requests under overload.
        backlog=4096,
        backpressure=8192,
        http1_settings=HTTP1Settings(header_read_timeout=5_000),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=int(GRACE_S) - 2,
        # Paths name conditions: no access log.
        log_access=False,
        log_level=LogLevels.warning,
        log_dictconfig={
            "version": 1,
            "disable_existing_loggers": False,
            "handlers": {"console": {"class": "mapservice.logs.LibraryHandler"}},
            "loggers": {"_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
        },
    ).serve()


def work(config: Config) -> None:
    """Run background jobs until told to stop."""
    engine = db.new_engine(embedded.runtime_url(config), pool_size=1, timeouts=False)
    background.run(config, engine, stop_on_signals())


def print_line(words: str = "", *, err: bool = False) -> None:
    """Print a line to the terminal, which may already be closed: the service continues."""
    with suppress(OSError, ValueError):
        click.echo(words, err=err)
