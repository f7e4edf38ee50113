"""Runs the tests of what changed since main, for ``./check --quick``, and says in words which it did not run.

A test file is about what changed if it changed itself, if it imports a module that changed, if it has the name of a
file that changed (``hiding.py`` and ``test_hiding.py``), or if it names one that is no module (``levels.js``), or the
folder of it ("static"). So are the examples in the docstrings of a module that changed. What reaches a test by other
ways, such as a page that calls a function that calls another, is found by ``./check`` alone.
"""

import ast
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[1]

#: Folders of tests that need a browser, or minutes.
LEFT_TO_CHECK = ("tests/browser/", "tests/attacks/", "tests/faults/")

#: Seconds after which no other test is begun, so that all of ``./check --quick`` takes less than two minutes.
SECONDS = 70

_BASES = ("main", "origin/main")


class Budget:
    """A plugin of pytest that begins no test after its time, and knows how many it left out of each file."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds
        self.left: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note how many tests each file has."""
        self.left.update(_file(item.nodeid) for item in session.items)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that a test was run."""
        self.left[_file(nodeid)] -= 1

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run one test after the other as pytest does, until the time is over."""
        for at, item in enumerate(session.items):
            if time.monotonic() > self.until or session.shouldfail or session.shouldstop:
                break
            following = session.items[at + 1] if at + 1 < len(session.items) else None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return True


def changed(home: Path = HOME) -> list[str]:
    """Return the files that differ from those of main, also if they are not committed or new."""
    base = next((ref for ref in _BASES if _git(home, "rev-parse", "--verify", "--quiet", ref)), None)
    if base is None:
        sys.exit("Error: there is no branch main to compare with: run ./check, which needs none.")
    [since] = _git(home, "merge-base", base, "HEAD")
    files = _git(home, "diff", "--name-only", since) + _git(home, "ls-files", "--others", "--exclude-standard")
    return sorted(set(files))


def about(files: Iterable[str], home: Path = HOME) -> list[str]:
    """Return the test files about some files: those that changed themselves, then those of a name, then the others."""
    files = set(files)
    modules = {name for file in files if file.endswith(".py") for name in _modules(Path(file), home)}
    known = {str(path.relative_to(home)): path for path in sorted((home / "tests").rglob("test_*.py"))}
    own = [test for test in known if test in files]
    named = [test for test, path in known.items() if any(_has_name(path, file) for file in files)]
    users = [test for test, path in known.items() if modules & _imports(path) or _mentions(path, files)]
    return list(dict.fromkeys([*own, *named, *users]))


def with_examples(files: Iterable[str], home: Path = HOME) -> list[str]:
    """Return the modules of the service among some files whose docstrings have examples, which are tests too."""
    modules = [file for file in files if file.startswith("mapservice/") and file.endswith(".py")]
    return [module for module in modules if (home / module).is_file() and ">>> " in (home / module).read_text()]


def _has_name(test: Path, file: str) -> bool:
    """Whether a test is named after a file, or after a folder of it that holds no modules."""
    path, subject = Path(file), test.stem.removeprefix("test_")
    return path.stem == subject or (
        not file.startswith(("mapservice/", "testing/", "tests/")) and subject in path.parts
    )


def _mentions(test: Path, files: set[str]) -> bool:
    """Whether a test stands below a conftest that changed, or names a file that is no module, or its first folder."""
    others = [Path(file) for file in files if not file.endswith(".py")]
    texts = {path.name for path in others} | {f'"{path.parts[0]}"' for path in others if len(path.parts) > 1}
    folders = {file.removesuffix("conftest.py") for file in files if Path(file).name == "conftest.py"}
    return any(folder in test.as_posix() for folder in folders) or any(text in test.read_text() for text in texts)


def _modules(path: Path, home: Path) -> set[str]:
    """Return the name by which a file is imported, and that of its package where it hands the file's things on."""
    parts = path.with_suffix("").parts
    package = ".".join(parts[:-1])
    if parts[-1] == "__init__":
        return {package}
    name, head = ".".join(parts), home / path.parent / "__init__.py"
    return {name, package} if head.exists() and name in _imports(head) else {name}


@cache
def _imports(path: Path) -> frozenset[str]:
    """Return the names of all modules that a file may import: of ``from a import b`` both a and a.b."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(modules)


def _git(home: Path, *words: str) -> list[str]:
    done = subprocess.run(["git", *words], cwd=home, capture_output=True, text=True)
    return done.stdout.splitlines()


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def main(words: Sequence[str]) -> int:
    """Run the tests of what changed; ``words`` are further arguments for pytest."""
    files = changed()
    tests = [*with_examples(files), *about(files)]
    chosen = [test for test in tests if not test.startswith(LEFT_TO_CHECK)]
    budget = Budget(SECONDS)
    result = pytest.main(["-q", "--no-header", *words, *chosen], plugins=[budget]) if chosen else pytest.ExitCode.OK
    lines = [f"Files that differ from main: {len(files)}; test files about them: {len(tests)}."]
    lines += [f"Not run, of {test}: {count} tests, for the time was over." for test, count in (+budget.left).items()]
    lines += [f"Not run, for it takes a browser or minutes: {test}" for test in tests if test not in chosen]
    lines += ["Not run: all other test files. ./check runs them all."]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(result)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
