"""How many answers a second a route gives, and how much of the processor each of them takes."""

import os
import selectors
import socket
import statistics
import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, text

from bench import report

#: Connections that ask at the same time, each for one answer after the other.
CONNECTIONS = 4

#: Seconds after which a server that does not answer counts as broken.
TIMEOUT_S = 120.0

_BACKENDS = text("""
    select pid from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()
""")

#: Seconds for which each route is asked for at first, until its statements are prepared; not counted.
WARM_S = 0.5


@dataclass
class Route:
    """What is asked for, and what was found: answers a second, milliseconds of the processor of web and database."""

    name: str
    port: int
    request: bytes
    status: int = 200
    size: int = 0
    rates: list[float] = field(default_factory=list)
    web_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Return the median of answers a second."""
        return statistics.median(self.rates)


def request(path: str, **headers: str) -> bytes:
    """Return a request as it is sent."""
    named = {"Host": "localhost", "Accept": "application/json"} | headers
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items()]
    return f"GET {path} HTTP/1.1\r\n{''.join(lines)}\r\n".encode()


def read(connection: socket.socket) -> tuple[int, bytes, bytes]:
    """Return the status, the head and the body of an answer."""
    got = bytearray()
    while (end := got.find(b"\r\n\r\n")) < 0:
        got += _received(connection)
    head, body = bytes(got[:end]), got[end + 4 :]
    length = int(header(head, "content-length") or 0)
    while len(body) < length:
        body += _received(connection)
    return int(head.split()[1]), head, bytes(body)


def header(head: bytes, name: str) -> str:
    """Return a header of an answer, or an empty string."""
    lines = [line for line in head.decode("latin-1").split("\r\n") if line.lower().startswith(f"{name}:")]
    return lines[0].partition(":")[2].strip() if lines else ""


def ask(port: int, sent: bytes) -> tuple[int, bytes, bytes]:
    """Return the answer to one request on a connection of its own."""
    with _connect(port) as connection:
        connection.sendall(sent)
        return read(connection)


def compare(compared: Sequence[Route], engine: Engine, *, rounds: int, seconds: float) -> None:
    """Ask for each route in turn, for some rounds, so that what else the machine does meets all of them."""
    for route in compared:
        load(route, WARM_S)
    for _ in range(rounds):
        for route in compared:
            measure(route, seconds, engine)


def measure(route: Route, seconds: float, engine: Engine) -> None:
    """Add one round to the figures of a route."""
    with engine.connect() as connection:
        pids = connection.scalars(_BACKENDS).all()
    web = web_processes()
    before = processor_seconds(web), processor_seconds(pids)
    began = time.monotonic()
    answers = load(route, seconds)
    took = time.monotonic() - began
    after = processor_seconds(web), processor_seconds(pids)
    route.rates.append(answers / took)
    for times, first, last in zip((route.web_ms, route.database_ms), before, after, strict=True):
        times.append(sum(last[pid] - first[pid] for pid in first.keys() & last.keys()) * 1000 / answers)


def load(route: Route, seconds: float) -> int:
    """Ask for a route on several connections at once; return how many answers came."""
    answers = 0
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(_connect(route.port))
            connection.sendall(route.request)
            ready.register(connection, selectors.EVENT_READ)
        until = time.monotonic() + seconds
        while ready.get_map():
            keys = ready.select(TIMEOUT_S)
            if not keys:
                raise TimeoutError(f"{route.name}: no answer in {TIMEOUT_S:.0f} seconds")
            for key, _ in keys:
                connection = key.fileobj  # type: ignore[assignment]
                status, _, body = read(connection)
                assert status == route.status, (route.name, status, body[:200])
                route.size = len(body)
                answers += 1
                if time.monotonic() < until:
                    connection.sendall(route.request)
                else:
                    ready.unregister(connection)
    return answers


def table(compared: Iterable[Route], *against: Route) -> list[str]:
    """Return the lines of a table with medians, and with the ratios to some of the routes."""
    ratios = [f"of {other.name}" for other in against]
    return report.table(
        ["route", "bytes", "answers/s", *ratios, "web, ms", "PostgreSQL, ms"],
        (
            [
                route.name,
                f"{route.size:,}",
                f"{route.rate:,.0f}",
                *(f"{route.rate / other.rate:.2f}" for other in against),
                f"{statistics.median(route.web_ms):.2f}",
                f"{statistics.median(route.database_ms):.2f}",
            ]
            for route in compared
        ),
    )


def processor_seconds(pids: Iterable[int]) -> dict[int, float]:
    """Return the seconds that each process has used a processor, without those that have ended."""
    seconds = {}
    for pid in pids:
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            seconds[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return seconds


def web_processes() -> list[int]:
    """Return the processes below this one, but for itself."""
    descendants, parents = [], [os.getpid()]
    while parents:
        path = Path(f"/proc/{parents.pop()}/task")
        children = [int(pid) for task in path.glob("*/children") for pid in task.read_text().split()]
        descendants += children
        parents += children
    return descendants


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)


def _received(connection: socket.socket) -> bytes:
    if block := connection.recv(262_144):
        return block
    raise ConnectionError("the server ended the connection")
