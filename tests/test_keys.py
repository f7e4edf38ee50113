"""Keys: made once, readable by the service alone, never by accident in production."""

import stat
import subprocess
import sys

import pytest

from mapservice.config import Config
from mapservice.errors import SetupError
from mapservice.keys import KEY_BYTES, NAMES, load_key


@pytest.fixture
def bare(tmp_path):
    return Config(state=tmp_path / "state")


def test_a_key_is_made_once_and_kept(bare):
    first = load_key(bare, "anchor_key")

    assert len(first) == KEY_BYTES
    assert load_key(bare, "anchor_key") == first
    assert len({first, load_key(bare, "secret_key"), load_key(bare, "count_key")}) == 3


def test_only_the_service_reads_its_keys(bare):
    load_key(bare, "secret_key")

    folder = bare.state / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()] == [0o600]


def test_a_given_key_wins_and_leaves_no_file(tmp_path):
    config = Config(state=tmp_path, secret_key="ab" * KEY_BYTES)

    assert load_key(config, "secret_key") == b"\xab" * KEY_BYTES
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["ab", "zz" * KEY_BYTES, "ab" * (KEY_BYTES + 1)])
def test_a_key_that_is_none_is_refused_with_advice(tmp_path, text):
    with pytest.raises(SetupError, match="openssl rand -hex 32") as raised:
        load_key(Config(state=tmp_path, secret_key=text), "secret_key")

    assert text not in str(raised.value).replace("openssl rand -hex 32", "")


@pytest.mark.parametrize("name", list(NAMES))
def test_never_starts_in_production_with_a_key_made_by_the_way(tmp_path, name):
    config = Config(state=tmp_path, production=True)

    with pytest.raises(SetupError, match=f"MAPSERVICE_{name.upper()}"):
        load_key(config, name)
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    code = (
        "from pathlib import Path; from mapservice.config import Config; from mapservice.keys import load_key; "
        f"print(load_key(Config(state=Path({str(tmp_path)!r})), 'anchor_key').hex())"
    )
    both = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert len({process.communicate()[0] for process in both}) == 1
