"""No check is left out in silence."""

import os
import subprocess
import sys

import pytest

from mapservice.config import HOME

BEGINNING = "import os, pytest\nos.geteuid = lambda: {uid}\n"

SKIPS = {
    "by a call": "def test_it():\n    pytest.skip('there is no such program')\n",
    "by a mark": "@pytest.mark.skipif(True, reason='there is no such program')\ndef test_it(): pass\n",
    "by a fixture": "@pytest.fixture\ndef it(): pytest.skip('there is no such program')\ndef test_it(it): pass\n",
    "as a file": "pytest.skip('there is no such program', allow_module_level=True)\n",
    "by an import": "pytest.importorskip('no_such_module', reason='there is no such program')\n",
}
OF_ROOT = "@pytest.mark.root\ndef test_it(): pass\n"


def outcome(folder, text, *, uid=0, ci=""):
    """The exit code and the words of a run of one file."""
    (folder / "test_planted.py").write_text(BEGINNING.format(uid=uid) + text)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    # Others than ours have no part in this, and take longer to load than all of it.
    environment |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "tests.skips", "-p", "no:cacheprovider", "-rs", str(folder)]
    done = subprocess.run(
        command, env={**environment, "CI": ci, "PYTHONPATH": str(HOME)}, cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("ci", ["", "true"])
@pytest.mark.parametrize("way", SKIPS)
def test_never_leaves_a_check_out_in_silence(tmp_path, way, ci):
    code, words = outcome(tmp_path, SKIPS[way], ci=ci)

    assert code == (2 if way in {"as a file", "by an import"} else 1), words
    assert "A check that cannot run is red. This one was skipped: there is no such program" in words


@pytest.mark.parametrize(
    ("uid", "ci", "code", "words"),
    [
        (0, "", 0, "1 passed"),
        (0, "true", 0, "1 passed"),
        (1000, "", 0, "1 skipped"),
        (1000, "true", 1, "A check that cannot run is red"),
    ],
)
def test_what_only_root_can_try_is_left_out_by_others_on_their_own_machine_alone(tmp_path, uid, ci, code, words):
    result = outcome(tmp_path, OF_ROOT, uid=uid, ci=ci)

    assert result[0] == code, result[1]
    assert words in result[1]
    assert uid == 0 or "sudo ./check test_planted.py" in result[1]


def test_a_test_that_is_expected_to_fail_stays_one(tmp_path):
    assert outcome(tmp_path, "@pytest.mark.xfail\ndef test_it(): assert False\n")[0] == 0
