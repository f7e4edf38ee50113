"""Where the private PostgreSQL cannot start, or a given one does not answer, one sentence says what to do."""

import os
import shutil
from pathlib import Path

import pytest

from mapservice.errors import SetupError
from mapservice.hosting import embedded
from mapservice.hosting.embedded import binaries
from mapservice.hosting.embedded.cluster import PrivateServer
from mapservice.hosting.embedded.layout import SOCKET_PATH_BYTES
from tests.hosting.private_server import state

__all__ = ["state"]


def test_a_long_path_gets_a_short_socket(tmp_path):
    state = tmp_path / ("x" * 100)

    socket = PrivateServer(state).socket

    assert len(os.fsencode(socket / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES
    assert socket != PrivateServer(tmp_path / ("y" * 100)).socket


def test_a_folder_that_is_a_file_says_what_to_do(tmp_path):
    (tmp_path / "state").write_text("")

    with pytest.raises(SetupError, match="set MAPSERVICE_STATE"):
        embedded.start(tmp_path / "state")


def test_a_name_that_is_too_long_says_what_to_do(tmp_path):
    with pytest.raises(SetupError, match="shorter"):
        embedded.start(tmp_path / ("x" * 300))


@pytest.mark.root
def test_a_folder_that_the_account_cannot_enter_says_what_to_do(tmp_path):
    tmp_path.chmod(0o700)

    with pytest.raises(SetupError, match="set MAPSERVICE_STATE to a folder that it can enter"):
        embedded.start(tmp_path / "state")


def test_a_machine_without_postgis_says_what_to_do(monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda *_: iter(()))
    monkeypatch.setattr(shutil, "which", lambda *_: None)

    with pytest.raises(SetupError, match=r"run \./serve, which installs it"):
        binaries.folder()
    with pytest.raises(SetupError, match="postgresql-16-postgis-3"):
        binaries.folder("16")


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("could not write: No space left on device", "is full: free some space"),
        ("could not access directory: Permission denied", "set MAPSERVICE_STATE"),
        ("FATAL: something odd", "something odd"),
        ("", "no reason given"),
    ],
)
def test_a_server_that_does_not_start_gives_one_sentence(state, words, advice):
    with pytest.raises(SetupError, match=advice) as raised:
        PrivateServer(state).fail(words)

    assert "\n" not in str(raised.value)


def test_a_given_database_that_is_away_says_so(tmp_path):
    with pytest.raises(SetupError, match="does not answer") as raised:
        embedded.check(f"postgres://me:secret@/db?host={tmp_path}")

    assert "secret" not in str(raised.value)
