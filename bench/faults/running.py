"""A real service with a private database, which may be killed in any way."""

import http.client
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mapservice.config import HOME, PREFIX
from mapservice.hosting import embedded, process_records
from testing import clusters
from testing.web_process import free_port

SECRET_KEY, ANCHOR_KEY = "5e" * 32, "a0" * 32

#: Seconds after which it is said that the service does not come back at all.
GIVEN_UP_AFTER_S = 60.0


@dataclass(slots=True)
class Service:
    """``./serve --empty`` on a state folder; ``process`` is the one that looks after the others.

    ``home`` is the checkout that runs: this one, or that of another version.
    """

    state: Path
    port: int
    process: subprocess.Popen | None = None
    settings: dict[str, str] = field(default_factory=dict)
    cookie: str = ""
    home: Path = HOME

    def start(self) -> None:
        """Start it; it may be another start on the same folder."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        inherited.pop("DATABASE_URL", None)
        settings = {"STATE": str(self.state), "SECRET_KEY": SECRET_KEY, "ANCHOR_KEY": ANCHOR_KEY, **self.settings}
        with (self.state / "stderr").open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mapservice", "serve", "--empty", "--port", str(self.port)],
                env={**inherited, **{PREFIX + name: value for name, value in settings.items()}},
                cwd=self.home,
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def answers(self) -> bool:
        """Whether a page that needs the database is answered.

        Pages for strangers come from a copy while it is away; a member's do not. Who asks too often is told so by the
        database.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {"X-Forwarded-For": stranger(), **({"Cookie": self.cookie} if self.cookie else {})}
            connection.request("GET", "/me" if self.cookie else "/search?q=all", headers=headers)
            return connection.getresponse().status in (200, 429)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def seconds_until_it_answers(self, within: float = GIVEN_UP_AFTER_S) -> float:
        """How long it takes until the next page; ``within`` where there is none until then."""
        began = time.monotonic()
        while not self.answers() and time.monotonic() - began < within:
            time.sleep(0.05)
        return min(within, time.monotonic() - began)

    def postmaster(self) -> int:
        """The first process of the private database."""
        return int((self.state / "postgres" / "server" / "data" / "postmaster.pid").read_text().split()[0])

    def noted(self, name: str) -> int:
        """The process of a name: serve, web or worker; one that was killed may not have been replaced yet."""
        until = time.monotonic() + GIVEN_UP_AFTER_S
        while time.monotonic() < until:
            for process in process_records.running(self.state, name):
                return process.pid
            time.sleep(0.02)
        raise RuntimeError(f"There is no process {name}:\n{self.last_words()}")

    def last_words(self) -> str:
        """What the service wrote last."""
        return self.words()[-2000:]

    def words(self) -> str:
        """All that the service wrote."""
        return (self.state / "stderr").read_text()

    def web_workers(self) -> list[int]:
        """The processes that answer requests."""
        web = self.noted("web")
        return [int(word) for word in Path(f"/proc/{web}/task/{web}/children").read_text().split()]

    def end(self) -> None:
        """End all of it, whatever state it is in."""
        everything = process_records.running(self.state, process_records.SUPERVISOR, *process_records.SURVIVORS)
        for process in everything:
            process.send(signal.SIGCONT)
        process_records.end(everything[:1], within=30, group=False)
        process_records.end(everything[1:], within=10)
        if self.process is not None:
            self.process.wait()
        embedded.stop(self.state)


@contextmanager
def service() -> Iterator[Service]:
    """A service that answers, with the ground of the world and nobody in it."""
    state = clusters.folder_on_disk("faults-")
    made = Service(state, free_port(), settings={"TRUSTED_HOPS": "1", "FRESH_MINUTES": "600"})
    try:
        clusters.copy(clusters.loaded(), state)
        made.start()
        if made.seconds_until_it_answers(120) >= 120:
            raise RuntimeError(made.last_words())
        yield made
    finally:
        made.end()
        shutil.rmtree(state, ignore_errors=True)


def stranger() -> str:
    """An address that nobody else has, for the limits count by address."""
    return f"198.18.{random.randrange(256)}.{random.randrange(256)}"
