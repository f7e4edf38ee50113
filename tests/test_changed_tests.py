"""``./check --quick``: which tests are about what changed, and what it says of the others."""

import os
import subprocess
import sys

import pytest

from mapservice.config import HOME
from scripts import changed_tests

TESTS = {
    "tests/web/test_hiding.py": "from mapservice.store import places\nimport pytest\n",
    "tests/store/test_places.py": "import mapservice.store.places as stored\n",
    "tests/test_worker.py": "def test_something():\n    from mapservice import worker\n",
    "tests/browser/test_levels.py": "SCRIPT = 'levels.js'\n",
    "tests/test_migrations.py": "",
    "tests/test_vendor.py": 'FILES = HOME / "static"\n',
}


@pytest.fixture
def home(tmp_path):
    for name, text in TESTS.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "tests"),
    [
        ("tests/test_worker.py", ["tests/test_worker.py"]),
        ("mapservice/store/places.py", ["tests/store/test_places.py", "tests/web/test_hiding.py"]),
        ("mapservice/worker.py", ["tests/test_worker.py"]),
        ("mapservice/web/hiding.py", ["tests/web/test_hiding.py"]),
        ("mapservice/store/__init__.py", ["tests/web/test_hiding.py"]),
        ("static/js/levels.js", ["tests/browser/test_levels.py", "tests/test_vendor.py"]),
        ("templates/hiding/undo.html", ["tests/web/test_hiding.py"]),
        ("migrations/versions/0001_tables.py", ["tests/test_migrations.py"]),
        ("tests/web/conftest.py", ["tests/web/test_hiding.py"]),
        ("LICENSE", []),
    ],
)
def test_a_change_names_the_tests_that_are_about_it(home, changed, tests):
    assert changed_tests.about([changed], home) == tests


def test_the_examples_of_a_module_that_changed_are_tests_of_it(home):
    for name, text in (("zones", '"""\n>>> 1\n1\n"""'), ("tiles", '"""No example."""')):
        (home / "mapservice").mkdir(exist_ok=True)
        (home / f"mapservice/{name}.py").write_text(text)

    files = ["mapservice/zones.py", "mapservice/tiles.py", "mapservice/gone.py", "LICENSE"]

    assert changed_tests.with_examples(files, home) == ["mapservice/zones.py"]


def test_what_changed_itself_comes_first(home):
    changed = ["mapservice/store/places.py", "tests/test_worker.py"]

    assert changed_tests.about(changed, home)[0] == "tests/test_worker.py"


def test_files_differ_from_main_whether_they_are_committed_or_not_or_new(tmp_path):
    def git(*words):
        name = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        subprocess.run(["git", *name, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--initial-branch=main")
    for name in ("same", "committed", "edited"):
        (tmp_path / name).write_text("1")
    git("add", ".")
    git("commit", "-m", "First")
    git("switch", "--create", "work")
    (tmp_path / "committed").write_text("2")
    git("commit", "--all", "-m", "Second")
    (tmp_path / "edited").write_text("2")
    (tmp_path / "new").write_text("")

    assert changed_tests.changed(tmp_path) == ["committed", "edited", "new"]


def test_where_there_is_no_main_it_says_what_to_do(tmp_path):
    subprocess.run(["git", "init", "--initial-branch=trunk"], cwd=tmp_path, check=True, capture_output=True)

    with pytest.raises(SystemExit, match=r"run \./check"):
        changed_tests.changed(tmp_path)


@pytest.mark.parametrize(("seconds", "left"), [(600, 0), (-1, 3)])
def test_no_test_is_begun_after_the_time_and_the_others_are_counted(tmp_path, seconds, left):
    (tmp_path / "test_three.py").write_text(
        "import pytest\n@pytest.mark.parametrize('n', [1, 2, 3])\ndef test(n): ...\n"
    )
    program = (
        "import pytest, sys; from scripts.changed_tests import Budget; budget = Budget(float(sys.argv[1]));"
        "result = pytest.main(['-q', '-c', '/dev/null', '--rootdir', sys.argv[2], sys.argv[2]], plugins=[budget]);"
        "print('left', int(result), sum(budget.left.values()))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(seconds), str(tmp_path)],
        cwd=HOME,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines()[-1] == f"left 0 {left}", done.stdout + done.stderr
