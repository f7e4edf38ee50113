"""The service that tests of the gateway ask, and the visitors who ask it: slow ones, broken ones, many at once."""

import http.client
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from mapservice.config import HOME
from tests.rendered import match_in

# A service small enough to be looked through, behind the real web server with the settings of the real service.
SERVICE = """
import shutil, sys, tempfile, time
from pathlib import Path
from flask import Flask, request, send_file
from mapservice.hosting import gateway
from mapservice.hosting.processes import web
from mapservice.config import Config

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 256 * 1024

@app.route("/echo/<path:path>", methods=["GET", "POST"])
def echo(path):
    return {"path": path, "args": request.args, "form": request.form, "cookies": request.cookies,
            "headers": dict(request.headers), "address": request.remote_addr}

@app.get("/slow")
def slow():
    time.sleep(0.1)
    return "done"

@app.get("/file/<int:size>")
def file(size):
    path = Path(tempfile.mkdtemp()) / "file"
    with path.open("wb") as content:
        for _ in range(size):
            content.write(bytes(range(256)) * 4096)
    opened = path.open("rb")
    shutil.rmtree(path.parent)
    return send_file(opened, mimetype="application/octet-stream")

@app.get("/small")
def small():
    path = Path(tempfile.mkdtemp()) / "file"
    path.write_bytes(b"small")
    return send_file(path.open("rb"), mimetype="text/plain")

WAITING = Path(sys.argv[0]).parent / "waiting"

@app.route("/wait", methods=["GET", "POST"])
def wait():
    while WAITING.exists():
        time.sleep(0.02)
    return "done"

ACTED = []

@app.post("/act")
def act():
    ACTED.append(request.form.to_dict())
    return "done"

@app.get("/acted")
def acted():
    return ACTED

@app.get("/static/x")
@app.get("/page")
def quick():
    return "quick"

@app.get("/broken")
def broken():
    raise ValueError("alice")

app.config["PROPAGATE_EXCEPTIONS"] = True
gateway.TIMEOUT_S = 2.0

def make():
    return gateway.Gateway(app.wsgi_app)

if __name__ == "__main__":
    web(Config(port=int(sys.argv[1]), workers=1), target="service:make")
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("gateway")


@pytest.fixture(scope="module")
def process(folder):
    (folder / "service.py").write_text(SERVICE)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{HOME}"}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, str(folder / "service.py"), str(port)], env=environment, cwd=folder, stderr=log
        )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


@pytest.fixture(scope="module")
def port(process):
    return process[0]


@pytest.fixture
def memory(process):
    """How much memory the service holds, in megabytes."""

    def held() -> int:
        _port, pid = process
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        lines = [Path(f"/proc/{process_id}/status").read_text() for process_id in (str(pid), *children)]
        return sum(int(match_in(status, r"VmRSS:\s+(\d+)")) for status in lines) // 1024

    return held


def ask(port, path="/echo/x", method="GET", body=None, headers=None, timeout=30):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def echoed(*arguments, **options):
    status, body = ask(*arguments, **options)
    assert status == 200
    return json.loads(body)


def raw(port, text):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text)
        return connection.recv(65536)


def broken_off(port, text, *, abruptly=False):
    """What is answered to a visitor who sends this and no more, all of it."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text)
        if abruptly:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return b""
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@contextmanager
def half_open(port, count, start):
    """So many visitors who began a request and do not go on."""
    with ExitStack() as stack:
        visitors = [stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(count)]
        for visitor in visitors:
            visitor.sendall(start)
        yield visitors


@pytest.fixture
def many(port, folder):
    """Forty visitors at once whose forms, or pages, take long; what becomes of each is in the list."""

    @contextmanager
    def sending(body, method="POST"):
        waiting = folder / "waiting"
        waiting.touch()
        with ThreadPoolExecutor(40) as threads:
            try:
                answers = [threads.submit(ask, port, "/wait", method, body) for _ in range(40)]
                yield answers
            finally:
                waiting.unlink()

    return sending
