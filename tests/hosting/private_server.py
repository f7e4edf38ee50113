"""A private PostgreSQL in a folder of the tests' own, which is started once for a file: what its tests share."""

import shutil
import tempfile
from pathlib import Path

import psycopg
import pytest

from mapservice.hosting import embedded

QUICK = {"fsync": "off"}


@pytest.fixture(scope="module")
def state():
    """A folder that the server's account can enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="mapservice-test-"))
    folder.chmod(0o711)
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture
def running(state):
    return embedded.start(state, **QUICK)


def ask(url, *questions):
    """Run statements; the first column of what the last of them returns."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as db:
        for question in questions:
            answer = db.execute(question)
        return [row[0] for row in answer] if answer.description else []


def postmaster_of(state):
    """The number of the first process of the server."""
    return int((state / "postgres" / "server" / "data" / "postmaster.pid").read_text().split()[0])
