"""The lock files are those of pyproject.toml."""

import json
import re

import pytest

from mapservice.config import HOME
from scripts.dependency_hash import PYPROJECT, dependency_hash

LOCKS = sorted((HOME / "scripts" / "locks").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_is_current(lock):
    assert lock.read_text().splitlines()[0] == f"# {dependency_hash(PYPROJECT.read_text())}", "Run scripts/lock.sh."


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_every_locked_package_has_a_hash_and_no_address(lock):
    text = lock.read_text()
    packages = re.split(r"\n(?=\S)", text.split("\n", 2)[2])

    assert packages
    assert not re.search(r"https?://|file:|/root/|--(extra-)?index-url|--find-links", text)
    assert [package for package in packages if "--hash=sha256:" not in package] == []


def test_the_lock_of_the_script_checks_is_current_and_names_no_host():
    versions = json.loads((HOME / "package.json").read_text())["devDependencies"]
    text = (HOME / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    assert packages.pop("")["devDependencies"] == versions, "Run scripts/lock.sh."
    assert {name: packages[f"node_modules/{name}"]["version"] for name in versions} == versions
    assert not re.search(r"https?:|file:|/root/|\"resolved\"", text)
    assert [name for name, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert all(package["dev"] for package in packages.values()), "The service needs no Node."


def test_a_new_package_makes_the_locks_old():
    text = PYPROJECT.read_text()

    assert dependency_hash(text) != dependency_hash(text.replace('"flask>=3.1', '"flask>=3.2'))
    assert dependency_hash(text) == dependency_hash(text + "\n# words only\n")
