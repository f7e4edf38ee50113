"""Prints the SHA-256 of what pyproject.toml wants installed; each lock file begins with it."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def wanted(pyproject: str) -> str:
    """A hash that changes when, and only when, the wanted packages or the wanted Python change."""
    settings = tomllib.loads(pyproject)
    project = settings["project"]
    what = [project["requires-python"], sorted(project["dependencies"]), settings["dependency-groups"]]
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(wanted(PYPROJECT.read_text()) + "\n")
