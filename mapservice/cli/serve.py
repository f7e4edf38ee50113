"""Commands that run the service: the supervisor, and the two kinds of processes it keeps alive."""

import ctypes
import errno
import fcntl
import http.client
import multiprocessing
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import click
import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from mapservice import db, embedded, logs
from mapservice import worker as background
from mapservice.cli import data, demo
from mapservice.cli.database import Addresses, addresses
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.store.staff import DEMO_LOGINS

log = structlog.get_logger()

# A process that dies sooner than this, in seconds, is started again a little later each time.
_SHORT_LIFE = 5.0
_LONGEST_PAUSE = 10.0

# How long the processes may take to finish what they do, in seconds.
_GRACE = 10.0

# Seconds between two looks at the private database.
_LOOK = 2.0

_PR_SET_PDEATHSIG = 1  # prctl(2)

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_FORK = multiprocessing.get_context("fork")


@click.command()
@click.option("--empty", is_flag=True, help="Start without the demo community.")
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port to listen on.  [default: 8000]")
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1]")
def serve(empty: bool, port: int | None, host: str | None) -> None:
    """Run the service: database, web processes and worker, until Ctrl-C.

    Makes and loads what is missing first. Whatever dies is started again.
    """
    given: dict[str, Any] = {name: value for name, value in {"port": port, "host": host}.items() if value is not None}
    config = settings(empty, Config.from_environment(**given))
    logs.configure()
    stop = _stop_on_signals()
    try_port(config)
    with only_one(config.state), database(config) as where:
        prepare(config, where, empty)
        running = replace(config, database_url=where.runtime)
        children = [Child("web", web, running), Child("worker", work, running)]
        try:
            for child in children:
                child.keep_alive()
            if wait_until_it_answers(config, children, stop):
                greet(config)
            supervise(config, children, stop)
        finally:
            click.echo("Stopping …")
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.stop()


def web(config: Config, target: str = "mapservice.wsgi:gateway") -> None:
    """Answer requests until told to stop; ``target`` makes what the web server runs in each of its processes."""
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
        # Whoever is slow holds a connection and no thread; the gateway sheds what is too much.
        backlog=4096,
        backpressure=8192,
        http1_settings=HTTP1Settings(header_read_timeout=5_000),
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=int(_GRACE) - 2,
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


@click.command()
def worker() -> None:
    """Do what no page should wait for, such as sending letters; serve starts one."""
    config = Config.from_environment()
    logs.configure()
    work(replace(config, database_url=addresses(config).runtime))


def work(config: Config) -> None:
    """Do the jobs of the background until told to stop."""
    engine = db.new_engine(config.database_url, pool_size=1, timeouts=False)
    background.run(config, engine, _stop_on_signals())


def settings(empty: bool, config: Config) -> Config:
    """The settings as a demo, unless the service is to be empty, is for production, or has a given database.

    :raise SetupError: if strangers could reach a demo.
    """
    is_demo = not empty and not config.production and (config.demo or not config.database_url)
    if is_demo and not config.is_loopback:
        raise SetupError(
            f"A demo has logins that everybody knows: start it with --empty to listen on {config.host}, "
            "or without --host to keep it to this machine."
        )
    return replace(config, demo=is_demo)


def prepare(config: Config, where: Addresses, empty: bool) -> None:
    """Make the tables, load the ground and make the demo community, where that is needed."""
    engine = db.new_engine(where.owner, timeouts=False)
    try:
        with data.bars() as bars:
            data.migrate(engine)
            data.load(engine, bars)
            if config.demo:
                demo.ensure(engine, config, bars)
            else:
                demo.leave_out(engine, config, remove=empty)
    finally:
        engine.dispose()


def try_port(config: Config) -> None:
    """Make sure that the service can listen where it should.

    :raise SetupError: if not; the message says what to do.
    """
    try:
        found = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, address = found[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise SetupError(
            f"There is no address {config.host}: use --host 127.0.0.1 or an address of this machine."
        ) from None
    except OSError as problem:
        words = {
            errno.EADDRINUSE: f"Port {config.port} is in use: choose another, for example --port {config.port + 1}.",
            errno.EACCES: f"Port {config.port} is only for root: choose one from 1024 on, for example --port 8000.",
            errno.EADDRNOTAVAIL: f"{config.host} is no address of this machine: use --host 127.0.0.1.",
        }
        sentence = f"Cannot listen on {config.host}, port {config.port} ({problem.strerror}): choose others."
        raise SetupError(words.get(problem.errno or 0, sentence)) from None


@contextmanager
def only_one(state: Path) -> Iterator[None]:
    """Make sure that one service at a time works with a state folder.

    :raise SetupError: if there is one already.
    """
    try:
        state.mkdir(mode=0o711, parents=True, exist_ok=True)
        with (state / "serve.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError:
        raise SetupError(
            f"A service already runs on {state}: stop it, or set MAPSERVICE_STATE to another folder."
        ) from None
    except PermissionError:
        raise SetupError(f"This account may not write {state}: set MAPSERVICE_STATE to a folder of yours.") from None


@contextmanager
def database(config: Config) -> Iterator[Addresses]:
    """The database of the service; a private one ends with the service."""
    try:
        yield addresses(config)
    except (DBAPIError, psycopg.Error):
        if not config.database_url and embedded.is_full(config.state):
            raise SetupError(f"The disk of {config.state} is full: free some space there and start again.") from None
        raise
    finally:
        if not config.database_url:
            embedded.stop(config.state)


class Child:
    """A process of the service, started again whenever it dies. A fork: what is imported is imported once."""

    def __init__(self, name: str, run: Callable[[Config], None], config: Config) -> None:
        self.name = name
        self.run = run
        self.config = config
        self.process: ForkProcess | None = None
        self.started = 0.0
        self.pause = 0.0

    def keep_alive(self) -> None:
        """Start the process if it does not run, unless it died a moment ago."""
        if self.process is not None:
            if self.process.is_alive():
                return
            self._kill_group()
            log.warning("process_died", job=self.name, status=self.process.exitcode)
            lived = time.monotonic() - self.started
            self.pause = min(_LONGEST_PAUSE, self.pause * 2 + 0.5) if lived < _SHORT_LIFE else 0.0
            self.process = None
        if time.monotonic() < self.started + self.pause:
            return
        self.started = time.monotonic()
        self.process = _FORK.Process(target=self._be, name=self.name)
        self.process.start()

    @property
    def has_died(self) -> bool:
        """Whether the process came to an end by itself."""
        return self.process is not None and not self.process.is_alive()

    def ask_to_stop(self) -> None:
        """Ask the process to finish what it does."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait for the process to end, and end it where it does not."""
        if self.process is not None:
            self.process.join(_GRACE)
            self._kill_group()
            self.process.join()

    def _be(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor only, which ends all in order.
        os.setsid()
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        die_with_parent()
        os.environ.update(environment(self.config))
        self.run(self.config)

    def _kill_group(self) -> None:
        """End what the process left behind, which would hold the port."""
        if self.process is not None and self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def environment(config: Config) -> dict[str, str]:
    """The settings as a process reads them."""
    values = {each.name: getattr(config, each.name) for each in fields(config)}
    return {
        PREFIX + name.upper(): ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def supervise(config: Config, children: list[Child], stop: threading.Event) -> None:
    """Start again whatever dies, the private database included, until told to stop."""
    looked = time.monotonic()
    while not stop.wait(0.2):
        for child in children:
            child.keep_alive()
        if not config.database_url and time.monotonic() > looked + _LOOK:
            looked = time.monotonic()
            if not embedded.is_running(config.state):
                log.warning("database_unavailable")
                try:
                    embedded.start(config.state)
                except SetupError as problem:
                    click.echo(str(problem), err=True)


def wait_until_it_answers(config: Config, children: list[Child], stop: threading.Event) -> bool:
    """Wait for the first page; False if told to stop before.

    :raise SetupError: if the web processes end at once.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    until = time.monotonic() + 60
    while not stop.is_set():
        connection = http.client.HTTPConnection(host, config.port, timeout=10)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return True
        except (OSError, http.client.HTTPException):
            if time.monotonic() > until or children[0].has_died:
                raise SetupError("The web processes do not start: read the lines above.") from None
            stop.wait(0.03)
        finally:
            connection.close()
    return False


def greet(config: Config) -> None:
    """Say where the service is, and who can sign in."""
    click.echo(f"\n{config.site_name} is at {config.address}/ (Ctrl-C stops it)\n")
    if config.demo:
        click.echo("It is a demo, for this machine only. Sign in as:")
        for login in DEMO_LOGINS:
            click.echo(f"  {login.role or 'member':<10} {login.email:<28} {login.password}")
        click.echo()


def die_with_parent() -> None:
    """End this process when the one that started it ends, however that ends. Linux only; elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in _SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    return stop
