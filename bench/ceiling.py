"""How near the members' map comes to what its server can do: ``python -m bench.ceiling``.

    python -m bench.ceiling --members 1000000 --seconds 5

A service with one web process on a database of its own, filled with invented people and removed in the end. One member
of the largest condition asks for views of 20 tiles of it, over Europe, for the same ones again with the mark of the
last answer, and for two answers of 4 KB that never change: one of this service, with all that it does for each request,
and one of an empty Flask application behind the same server. They take turns; the figures are medians.
"""

import argparse
import os
import secrets
import selectors
import socket
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from sqlalchemy import text

from mapservice import catalogue, create_app, db
from mapservice.config import Config
from mapservice.demo import members as invented
from mapservice.geo.tiles import Tile, tile_at
from mapservice.hosting import embedded
from mapservice.hosting.gateway import Gateway
from mapservice.privacy.visibility import Role
from mapservice.store.accounts import login_sessions
from mapservice.store.across import demo
from mapservice.store.tables import Condition, Member, Membership
from mapservice.web.accounts.access import public
from mapservice.web.site.browser_session import STAMP, token_hash
from mapservice.web.site.rate_limits import unlimited
from mapservice.web.site.server_sessions import COOKIE
from testing import database
from testing.members_map import view_address
from testing.web_process import web_process

CONSTANT = "x" * 4096

#: Connections that ask at the same time, each for one answer after the other.
CONNECTIONS = 4

#: Columns and rows of the tiles of a view, around Frankfurt.
VIEW, CENTRE = (5, 4), (8.68, 50.11)

ZOOMS = (0, 3, 6, 8, 10)

_LARGEST = text("select condition_id from membership group by condition_id order by count(*) desc limit 1")


def gateway() -> Gateway:
    """Return the service with two answers more, which never change."""
    app, empty = create_app(), Flask("empty")
    app.add_url_rule("/constant", "constant", unlimited(public(lambda: CONSTANT)))
    empty.add_url_rule("/empty", "empty", lambda: CONSTANT)
    service = app.wsgi_app

    def either(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return (empty if environ["PATH_INFO"] == "/empty" else service)(environ, start_response)

    return Gateway(either)


def run() -> None:
    """Be the web server."""
    from mapservice.hosting.processes import web

    web(Config.from_environment(), target="bench.ceiling:gateway")


def fill(engine: Any, members: int) -> tuple[str, str]:
    """Add invented people, and one who is signed in; return the address of the largest map and the cookie."""
    with db.transaction(engine) as session:
        places, communities = demo.load_areas(session), demo.communities(session, catalogue.read_demo())
        people = invented(places, communities, members, seed=1, today=datetime.now(UTC).date(), key=b"k" * 32)
        demo.load(session, people, members, lambda _done, _of: None)
        reader = Member(email="reads@example.org", pseudonym="Reader")
        session.add(reader)
        session.flush()
        condition = session.get_one(Condition, session.scalar(_LARGEST))
        session.add(Membership(condition_id=condition.id, member_id=reader.id, role=Role.PERSON))
        token = secrets.token_urlsafe(32)
        login_sessions.begin(session, token_hash(token), reader.id, {STAMP: reader.security_stamp})
        return f"/conditions/{condition.slug}", f"{COOKIE}={token}"


def view(zoom: int) -> list[Tile]:
    """Return the tiles of a view at a zoom, or all of them if there are fewer."""
    centre, most = tile_at(*CENTRE, zoom), 2**zoom
    columns = range(max(0, centre.x - VIEW[0] // 2), min(most, centre.x + VIEW[0] // 2 + 1))
    rows = range(max(0, centre.y - VIEW[1] // 2), min(most, centre.y + VIEW[1] // 2))
    return [Tile(zoom, x, y) for x in columns for y in rows]


@dataclass
class Route:
    """What is asked for, and what was found: answers a second, milliseconds of the processor of web and database."""

    name: str
    request: bytes
    status: int = 200
    size: int = 0
    rates: list[float] = field(default_factory=list)
    web_ms: list[float] = field(default_factory=list)
    database_ms: list[float] = field(default_factory=list)


def request(path: str, **headers: str) -> bytes:
    """Return a request as it is sent."""
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items()]
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n{''.join(lines)}\r\n".encode()


def read(connection: socket.socket) -> tuple[int, bytes, bytes]:
    """Return the status, the head and the body of an answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(262_144)
    head, _, body = got.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < length:
        body += connection.recv(262_144)
    return int(head.split()[1]), head, body


def ask(port: int, sent: bytes) -> tuple[int, bytes, bytes]:
    """Return the answer to one request on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(sent)
        return read(connection)


def load(port: int, route: Route, seconds: float) -> int:
    """Ask for a route on several connections at once; return how many answers came."""
    answers = 0
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(CONNECTIONS):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=60))
            connection.sendall(route.request)
            ready.register(connection, selectors.EVENT_READ)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for key, _ in ready.select():
                connection = key.fileobj  # type: ignore[assignment]
                status, _, body = read(connection)
                assert status == route.status, (route.name, status, body[:200])
                route.size = len(body)
                answers += 1
                connection.sendall(route.request)
        for key in list(ready.get_map().values()):
            read(key.fileobj)  # type: ignore[arg-type]
    return answers


def processor_seconds(pids: Iterable[int]) -> float:
    """Return the seconds that processes have used a processor."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def web_processes() -> list[int]:
    """Return the processes below this one, but for itself."""
    descendants, parents = [], [os.getpid()]
    while parents:
        path = Path(f"/proc/{parents.pop()}/task")
        children = [int(pid) for task in path.glob("*/children") for pid in task.read_text().split()]
        descendants += children
        parents += children
    return descendants


@contextmanager
def service(members: int) -> Iterator[tuple[int, str, str, Any]]:
    """Run the service; its port, the address of the map, the cookie, and an engine of its database."""
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        owner = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        page, cookie = fill(owner, members)
        owner.dispose()
        with TemporaryDirectory() as folder:
            url = embedded.url(state, embedded.RUNTIME, name)
            engine = db.new_engine(url, timeouts=False)
            settings = {"DATABASE_URL": url, "STATE": folder}
            with web_process(settings, program="from bench.ceiling import run; run()") as port:
                yield port, page, cookie, engine
            engine.dispose()


def routes(port: int, page: str, cookie: str) -> list[Route]:
    """Return the routes to compare; the two constants first."""
    compared = [Route("empty", request("/empty")), Route("constant", request("/constant", Cookie=cookie))]
    for zoom in ZOOMS:
        path = view_address(page, *view(zoom))
        compared.append(Route(f"view z{zoom}", request(path, Cookie=cookie)))
        _, head, _ = ask(port, compared[-1].request)
        marks = [line.partition(b":")[2].strip() for line in head.split(b"\r\n") if line.lower().startswith(b"etag:")]
        for mark in marks:
            again = request(path, Cookie=cookie, If_None_Match=mark.decode())
            compared.append(Route(f"same z{zoom}", again, status=304))
    return compared


def main() -> None:
    """Print a line for each route."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each route is asked for in a round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with service(options.members) as (port, page, cookie, engine):
        compared = routes(port, page, cookie)
        for route in compared:
            load(port, route, 0.5)  # until the statements are prepared
        for _ in range(options.rounds):
            for route in compared:
                measure(port, route, options.seconds, engine)
    print(f"{options.members:,} members; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print("route        bytes   answers/s   of empty   of constant   web ms   database ms")
    empty, constant = (statistics.median(route.rates) for route in compared[:2])
    for route in compared:
        rate = statistics.median(route.rates)
        cpu = (statistics.median(route.web_ms), statistics.median(route.database_ms))
        shares = f"{rate / empty:10.2f} {rate / constant:13.2f}"
        print(f"{route.name:<10} {route.size:>7} {rate:>11.0f} {shares} {cpu[0]:8.2f} {cpu[1]:13.2f}")


def measure(port: int, route: Route, seconds: float, engine: Any) -> None:
    """Add one round to the figures of a route."""
    with engine.connect() as connection:
        backends = connection.execute(text("select pid from pg_stat_activity where datname = current_database()"))
        pids = [pid for (pid,) in backends if pid != connection.scalar(text("select pg_backend_pid()"))]
    web = web_processes()
    before = processor_seconds(web), processor_seconds(pids)
    began = time.monotonic()
    answers = load(port, route, seconds)
    took = time.monotonic() - began
    after = processor_seconds(web), processor_seconds(pids)
    route.rates.append(answers / took)
    for times, first, last in zip((route.web_ms, route.database_ms), before, after, strict=True):
        times.append((last - first) * 1000 / answers)


if __name__ == "__main__":
    main()
