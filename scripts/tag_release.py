"""Tags the present commit as a version, if everything says that it is one:  python3 scripts/tag_release.py [--check]

The version is that of pyproject.toml and of mapservice/config.py, and the newest of CHANGELOG.md, with a date and
nothing left under Unreleased. The work tree is clean, the commit is in main, and the version is newer than every tag.
With --check it only says what is missing.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_HEADING = re.compile(r"^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$", re.MULTILINE)


def version(home: Path = HOME) -> str:
    """Return the version of a checkout."""
    found: str = tomllib.loads((home / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return found


def problems(home: Path = HOME) -> list[str]:
    """Return what has to be done before the present commit can be tagged; empty if nothing."""
    number = version(home)
    if not _VERSION.fullmatch(number):
        return [f"The version {number} in pyproject.toml is not of the form 1.2.3."]
    return [*_of_files(home, number), *_of_history(home, number)]


def _of_files(home: Path, number: str) -> list[str]:
    found = []
    if f'VERSION = "{number}"' not in (home / "mapservice" / "config.py").read_text(encoding="utf-8").splitlines():
        found.append(f"mapservice/config.py has another version than pyproject.toml, {number}.")
    changes = (home / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = [(match[1], match[2], match.end()) for match in _HEADING.finditer(changes)]
    released = [(name, day) for name, day, _end in headings if name != "Unreleased"]
    if not released or released[0][0] != number or released[0][1] is None:
        found.append(f"The newest version in CHANGELOG.md must be: ## [{number}] - and its date.")
    if headings and headings[0][0] == "Unreleased" and "\n- " in changes[headings[0][2] :].partition("\n## ")[0]:
        found.append("CHANGELOG.md has lines under Unreleased: move them to the version.")
    return found


def _of_history(home: Path, number: str) -> list[str]:
    found = []
    if _git(home, "status", "--porcelain"):
        found.append("The work tree has changes: commit them.")
    if not any(_is_in(home, branch) for branch in ("main", "origin/main")):
        found.append("This commit is not in main.")
    tags = [tag for tag in _git(home, "tag", "--list").split() if _VERSION.fullmatch(tag.removeprefix("v"))]
    newest = max(tags, key=_order, default="")
    if newest and _order(newest) >= _order(number):
        found.append(f"There is a tag {newest}: the version must be newer.")
    return found


def tag(home: Path = HOME) -> str:
    """Tag the present commit with its version; return the name of the tag."""
    name = f"v{version(home)}"
    subprocess.run(["git", "tag", "--annotate", "--message", f"Version {version(home)}", name], cwd=home, check=True)
    return name


def _order(name: str) -> tuple[int, ...]:
    return tuple(map(int, name.removeprefix("v").split(".")))


def _is_in(home: Path, branch: str) -> bool:
    done = subprocess.run(["git", "merge-base", "--is-ancestor", "HEAD", branch], cwd=home, capture_output=True)
    return done.returncode == 0


def _git(home: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=home, capture_output=True, text=True, check=True).stdout.strip()


def main(words: list[str], home: Path = HOME) -> int:
    """Tag the version, or say what is missing."""
    if words not in ([], ["--check"]):
        sys.stderr.write(__doc__ or "")
        return 2
    missing = problems(home)
    if missing:
        sys.stderr.write("\n".join(missing) + "\n")
        return 1
    if words:
        sys.stdout.write(f"v{version(home)} can be tagged.\n")
        return 0
    name = tag(home)
    sys.stdout.write(f"Tagged {name}. Publish it: git push origin {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
