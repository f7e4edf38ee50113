"""Processes of a killed server are ended, and no others."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from mapservice.hosting.embedded import orphans

SLEEP = "import time; time.sleep(60)"


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    """A process of which this one is the parent."""
    process = subprocess.Popen([sys.executable, "-c", SLEEP])
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def listed(monkeypatch, tmp_path):
    """Take processes, by id and command line, for those of a server, and end those it has left behind."""

    def end(processes: dict[int, bytes]) -> int:
        monkeypatch.setattr(orphans, "_processes", lambda _data: processes)
        return orphans.end(tmp_path)

    return end


def test_a_process_without_its_server_is_ended(process, listed):
    assert listed({process.pid: b"postgres: checkpointer"}) == 1
    assert process.wait(30) < 0


def test_a_process_of_a_running_server_is_left_alone(process, listed):
    assert listed({process.pid: b"postgres: checkpointer", os.getpid(): b"/bin/postgres -D data"}) == 0
    assert process.poll() is None


def test_a_process_that_ended_while_they_were_listed_is_no_orphan(process, listed):
    process.kill()
    process.wait()

    assert listed({process.pid: b"postgres: autovacuum worker"}) == 0
