"""Commands in processes of their own, and the pages that one of them serves: what tests of both share."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from mapservice.config import HOME
from mapservice.hosting import embedded
from testing import database


@pytest.fixture
def given_database(server):
    """The address of a loaded database of the test's own, which the commands may change for good."""
    with database.clone(server, database.ground_template(server)) as name:
        yield embedded.url(server, embedded.OWNER, name)


@pytest.fixture
def pages_database(given_database):
    """The address of the same database as the pages see it."""
    return given_database.replace(f"//{embedded.OWNER}@", f"//{embedded.RUNTIME}@")


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def settings(tmp_path, given_database):
    """The environment of a command."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAPSERVICE_")}
    own = {"DATABASE_URL": given_database, "MAPSERVICE_STATE": str(tmp_path / "state"), "MAPSERVICE_WORKERS": "2"}
    return {**inherited, **own}


def run(*words, settings):
    command = [sys.executable, "-m", "mapservice", *words]
    return subprocess.run(command, env=settings, cwd=HOME, capture_output=True, text=True, timeout=120, check=False)


def refused(done):
    """What a command said that failed as it should: with one sentence, and nothing else."""
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.strip().splitlines()
    return line


def children_of(pid):
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def page(port, path="/"):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.read().decode()


def wait_for_page(port, seconds=30):
    until = time.monotonic() + seconds
    while True:
        try:
            return page(port)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def wait_for_children(pid, count, seconds=30):
    until = time.monotonic() + seconds
    while len(children_of(pid)) != count:
        assert time.monotonic() < until, children_of(pid)
        time.sleep(0.05)
