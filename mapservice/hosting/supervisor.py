"""The supervisor: restarts the processes of the service, and its private database."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import fields
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import IO

import structlog

from mapservice import logs
from mapservice.config import PREFIX, Config
from mapservice.errors import SetupError
from mapservice.hosting import embedded, process_records
from mapservice.hosting.processes import GRACE_S, print_line
from mapservice.hosting.stopping import Stop, end_on_signals, signals_blocked

log = structlog.get_logger()
logs.declare("process_died", "database_unavailable")

# A process that dies sooner than this is restarted after a growing delay.
_MIN_LIFETIME_S = 5.0
_MAX_PAUSE_S = 10.0

# Between two checks of the private database.
_POLL_INTERVAL_S = 0.5

_FORK = multiprocessing.get_context("fork")

# Held while forking, or while another thread opens files: a child would otherwise inherit the lock of the database and
# the pipes of the programs that start it.
_FORKING = threading.Lock()


class Child:
    """A process of the service, restarted whenever it dies. It is a fork, so that modules are imported only once.

    It survives a killed supervisor, and the next one finds it by its record. ``lock`` belongs to the supervisor only.
    """

    def __init__(self, name: str, run: Callable[[Config], None], config: Config, lock: IO[str] | None = None) -> None:
        self.name = name
        self.run = run
        self.config = config
        self.lock = lock
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
            self.pause = min(_MAX_PAUSE_S, self.pause * 2 + 0.5) if lived < _MIN_LIFETIME_S else 0.0
            self.process = None
        if time.monotonic() < self.started + self.pause or not _FORKING.acquire(blocking=False):
            return
        try:
            self._start()
        finally:
            _FORKING.release()

    def _start(self) -> None:
        self.started = time.monotonic()
        process = _FORK.Process(target=self._run_child, name=self.name)
        try:
            with signals_blocked():
                process.start()
        except OSError as problem:  # no memory, or too many processes: perhaps temporarily
            log.warning("process_died", job=self.name, error=type(problem).__name__)
            self.pause = _MAX_PAUSE_S
        else:
            self.process = process

    @property
    def has_died(self) -> bool:
        """Return whether the process ended by itself."""
        return self.process is not None and not self.process.is_alive()

    def ask_to_stop(self) -> None:
        """Ask the process to stop."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Wait for the process to end, and kill it if it does not."""
        if self.process is not None:
            self.process.join(GRACE_S)
            self._kill_group()
            self.process.join()

    def _run_child(self) -> None:
        # In a session of its own: Ctrl-C only reaches the supervisor, which stops all in order.
        os.setsid()
        end_on_signals()
        if self.lock is not None:
            self.lock.close()
        process_records.record(self.config.state, self.name)
        os.environ.update(environment(self.config))
        self.run(self.config)

    def _kill_group(self) -> None:
        """Kill the process group, which would hold the port."""
        if self.process is not None and self.process.pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def supervise(config: Config, children: list[Child], stop: Stop) -> None:
    """Restart whatever dies, including the private database, until told to stop."""
    with _kept_database(config, stop):
        while not stop.wait(0.2):
            for child in children:
                child.keep_alive()


@contextmanager
def _kept_database(config: Config, stop: Stop) -> Iterator[None]:
    """Keep the private database running, if there is one, in a separate thread, because a start may take long."""
    if config.database_url:
        yield
        return
    keeper = threading.Thread(target=keep_database, args=(config.state, stop), name="database")
    keeper.start()
    try:
        yield
    finally:
        # The caller stops the database next: nothing may start it again.
        stop.set()
        keeper.join()


def keep_database(state: Path, stop: Stop) -> None:
    """Restart the private database whenever it is gone, until told to stop."""
    last_message = ""
    while not stop.wait(_POLL_INTERVAL_S):
        try:
            with _FORKING:
                if not embedded.is_up(state):
                    log.warning("database_unavailable")
                    embedded.start(state)
                    last_message = ""
        except SetupError as problem:
            if str(problem) != last_message:
                last_message = str(problem)
                print_line(last_message, err=True)
        except Exception as problem:
            # Perhaps no file or process can be opened at this moment. Nothing else would ever start the database again.
            log.warning("database_unavailable", error=type(problem).__name__)


def environment(config: Config) -> dict[str, str]:
    """Return the settings as environment variables."""
    values = {config_field.name: getattr(config, config_field.name) for config_field in fields(config)}
    return {
        PREFIX + name.upper(): ("yes" if value else "no") if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }
