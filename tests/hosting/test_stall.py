"""A database that sends nothing any more: nobody waits for it longer than a few seconds, and some need not wait."""

import http.client
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from mapservice import db
from mapservice.config import HOME
from mapservice.db import stall
from mapservice.hosting import embedded, gateway
from testing import database

CONDITION = "/conditions/acute-lymphoblastic-leukaemia"

#: Shorter waits than those of the service.
HASTY = {"BUDGET_S": 2.0, "CONNECT_S": 1.5, "_SUSPICIOUS_S": 1.75}

#: The service with these, and a mark for each wait in vain.
SERVICE = """
from mapservice.config import Config
from mapservice.db import stall
from mapservice.hosting import gateway as gateways
from mapservice.hosting.processes import web
from mapservice.hosting.wsgi import gateway

def noted(seconds, lose=stall._lose):
    with open({waits!r}, "a") as waits:
        waits.write(".")
    lose(seconds)

stall._lose = noted
vars(stall).update({hasty!r})
gateways.TIMEOUT_STALLED = 2.25

if __name__ == "__main__":
    web(Config.from_environment(), "hasty:gateway")
"""


class Relay:
    """Stands between the service and its database, and can freeze: then it takes what comes, and passes nothing on."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder, self.target, self.frozen = folder, target, threading.Event()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(folder / ".s.PGSQL.5432"))
        self.listener.listen(64)
        self.pairs: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.target))
            self.pairs += [client, server]
            threading.Thread(target=self._pass_on, args=(client, server), daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        with selectors.DefaultSelector() as ready:
            ready.register(client, selectors.EVENT_READ, server)
            ready.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _ in ready.select():
                    while self.frozen.is_set():
                        time.sleep(0.05)
                    assert isinstance(key.fileobj, socket.socket)
                    try:
                        data = key.fileobj.recv(65536)
                        key.data.sendall(data)
                    except OSError:
                        data = b""
                    if not data:
                        client.close()
                        server.close()
                        return

    def close(self) -> None:
        self.frozen.clear()
        for connection in (self.listener, *self.pairs):
            connection.close()


@pytest.fixture
def relay(tmp_path, server) -> Iterator[Relay]:
    relay = Relay(tmp_path, next(Path(server).rglob(".s.PGSQL.*[0-9]")))
    yield relay
    relay.close()


@pytest.fixture(scope="module")
def own_database(server) -> Iterator[str]:
    """A database whose sessions nobody misses: the service commits what it writes."""
    with database.clone(server, database.ground_template(server)) as name:
        yield name


@pytest.fixture
def url(relay, own_database) -> str:
    return f"postgresql://{embedded.RUNTIME}@/{own_database}?host={relay.folder}"


@pytest.fixture
def hasty(monkeypatch):
    """The same waits, each shorter."""
    for name, seconds in HASTY.items():
        monkeypatch.setattr(stall, name, seconds)


def test_never_waits_longer_than_a_few_seconds_for_an_answer(relay, url, hasty, monkeypatch):
    engine, connect = db.new_engine(url), stall.Connection.connect
    with engine.connect() as connection:
        connection.execute(text("select 1"))
        relay.frozen.set()
        with pytest.raises(OperationalError):
            connection.execute(text("select 1"))
        assert stall.is_stalled()
        # Whatever the same request asks for next fails at once, also on another connection.
        monkeypatch.setattr(stall.Connection, "connect", lambda *_, **__: pytest.fail("it waits for a connection"))
        with pytest.raises(OperationalError):
            engine.connect()
    relay.frozen.clear()
    monkeypatch.setattr(stall.Connection, "connect", connect)

    stall.reset()
    with engine.connect() as connection:
        assert connection.scalar(text("select 1")) == 1
    assert not stall.is_stalled()
    engine.dispose()


def test_the_check_of_waiting_can_fail(relay, url, hasty):
    engine = db.new_engine(url, timeouts=False)
    with engine.connect() as connection, ThreadPoolExecutor(1) as thread:
        connection.execute(text("select 1"))
        relay.frozen.set()
        answer = thread.submit(connection.scalar, text("select 1"))
        with pytest.raises(TimeoutError):
            answer.result(timeout=stall.BUDGET_S + 1)
        relay.frozen.clear()
        assert answer.result(timeout=60) == 1
    engine.dispose()


@pytest.fixture
def waits(tmp_path) -> Path:
    """Where the service makes a mark for each wait that was in vain."""
    return tmp_path / "waits"


@pytest.fixture
def port(tmp_path, url, waits) -> Iterator[int]:
    """Where the whole service listens, with the relay as its database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"DATABASE_URL": url, "STATE": str(tmp_path / "state"), "PORT": str(port), "WORKERS": "1"}
    environment = {**os.environ, **{f"MAPSERVICE_{name}": value for name, value in settings.items()}}
    environment["PYTHONPATH"] = f"{tmp_path}:{HOME}"
    waits.touch()
    (tmp_path / "hasty.py").write_text(SERVICE.format(waits=str(waits), hasty=HASTY))
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, str(tmp_path / "hasty.py")], env=environment, cwd=HOME, stderr=log)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


def ask(port: int, path: str, cookie: str = "") -> tuple[int, str | None]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.getheader("Retry-After")
    finally:
        connection.close()


def test_with_a_frozen_database_static_and_cached_pages_are_answered_and_the_others_refused(relay, port, waits):
    cached = ["/", CONDITION, "/conditions/", "/privacy", "/api/v1/conditions"]
    assert [ask(port, path)[0] for path in cached] == [200] * len(cached)
    signed_in = f"__Host-mapservice={'x' * 43}"
    assert ask(port, "/sign-in", signed_in)[0] == 200

    relay.frozen.set()
    with ThreadPoolExecutor(40) as threads:
        started = time.monotonic()
        refused = [threads.submit(ask, port, "/account", signed_in) for _ in range(40)]
        files = ["/static/icon.svg", "/ground/1/countries.json", "/ground/1/regions.json", "/ground/1/zones/MO.json"]
        static = [ask(port, path, signed_in) for path in files * 5]
        # In this time none of the others can have been given up: static files waited for none of them.
        assert time.monotonic() - started > HASTY["BUDGET_S"] or not any(answer.done() for answer in refused)
        assert static == [(200, None)] * 20
        assert {answer.result() for answer in refused} == {(503, "5")}
    assert [ask(port, path)[0] for path in cached] == [200] * len(cached)
    assert ask(port, "/conditions/?page=2")[0] in {200, 503}
    relay.frozen.clear()

    # The first to wait have waited for all forty: each thread takes one request more before that is known.
    assert 0 < len(waits.read_text()) <= 2 * gateway.THREADS
    for _ in range(100):
        if ask(port, "/sign-in", signed_in)[0] == 200:
            break
        time.sleep(0.2)
    assert ask(port, "/sign-in", signed_in)[0] == 200
