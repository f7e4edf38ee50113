"""Prints the SHA-256 of the packages that pyproject.toml requires; each lock file begins with it."""

import hashlib
import json
import sys
import tomllib
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def dependency_hash(pyproject: str) -> str:
    """A hash that changes when, and only when, the required packages or the required Python change."""
    settings = tomllib.loads(pyproject)
    project = settings["project"]
    required = [project["requires-python"], sorted(project["dependencies"]), settings["dependency-groups"]]
    return hashlib.sha256(json.dumps(required, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(dependency_hash(PYPROJECT.read_text()) + "\n")
