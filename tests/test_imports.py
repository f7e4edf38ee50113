"""The check of imports can fail."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mapservice.config import HOME


def contracts(folder):
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([lint, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(HOME / "mapservice", tmp_path / "mapservice", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("room", "line", "contract"),
    [
        ("geo/zones.py", "import flask", "Places, privacy and errors know no framework"),
        ("store/places/zone_counts.py", "from mapservice.web import errors", "Imports go downwards only"),
        ("maps/canvas.py", "import sqlalchemy", "The picture speaks neither HTTP nor SQL"),
        ("store/places/zone_counts.py", "import folium", "Memory knows neither the web nor the picture"),
        ("helpers.py", "", "Imports go downwards only"),
        ("store/places/homes.py", "from mapservice.store.community import memberships", "No circles"),
        ("web/figures/embed.py", "from mapservice.web.places import hiding", "Subjects of the web import"),
        ("cli/emails.py", "from mapservice.web.site import headers", "Commands know no pages"),
    ],
)
def test_a_wrong_import_is_found(copy, room, line, contract):
    with (copy / "mapservice" / room).open("a") as file:
        file.write(f"\n{line}\n")

    done = contracts(copy)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout or contract in done.stdout.split("Broken contracts")[-1]


def test_without_a_wrong_import_all_is_well(copy):
    done = contracts(copy)

    assert done.returncode == 0, done.stdout + done.stderr
