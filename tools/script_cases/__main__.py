"""Writes ``tests/scripts/cases/``: what the rules of Python give, for the scripts that repeat them in the page.

Run ``python -m tools.script_cases`` after a change of a rule. ``node --test`` then holds the scripts to it, and
``tests/tools/test_script_cases.py`` says when the files are old.
"""

import json
import sys
from typing import Any

from mapservice.config import HOME
from tools.script_cases import points, rules

FOLDER = HOME / "tests" / "scripts" / "cases"


def texts() -> dict[str, str]:
    """Return the files by name."""
    return {"rules.json": _as_text(rules.groups()), "points.json": _as_text(points.groups())}


def _as_text(groups: dict[str, Any]) -> str:
    """Return groups of cases as JSON with one case a line, so that a change can be read."""
    parts = [
        f"{json.dumps(name)}: [\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]"
        for name, cases in groups.items()
    ]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main() -> None:
    """Write the files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text)
    sys.stdout.write(f"{len(texts())} files in {FOLDER.relative_to(HOME)}\n")


if __name__ == "__main__":
    main()
