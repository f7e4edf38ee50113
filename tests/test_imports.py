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
    for package in ("bench", "mapservice", "testing", "tools"):
        shutil.copytree(HOME / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("mapservice/geo/zones.py", "import flask", "Places, privacy and errors know no framework"),
        ("mapservice/store/places/zone_counts.py", "from mapservice.web import errors", "Imports go downwards only"),
        ("mapservice/maps/canvas.py", "import sqlalchemy", "The picture speaks neither HTTP nor SQL"),
        ("mapservice/store/places/zone_counts.py", "import folium", "Memory knows neither the web nor the picture"),
        ("mapservice/helpers.py", "", "Imports go downwards only"),
        ("mapservice/store/places/homes.py", "from mapservice.store.community import memberships", "No circles"),
        ("mapservice/web/figures/embed.py", "from mapservice.web.places import hiding", "Subjects of the web import"),
        ("mapservice/cli/emails.py", "from mapservice.web.site import headers", "Commands know no pages"),
        ("bench/flood.py", "from tests import frontdoor", "Nothing imports the tests"),
        ("testing/routes.py", "from tests.statements import statements", "Nothing imports the tests"),
        ("tools/ground/tree.py", "from tests import statements", "Nothing imports the tests"),
        ("mapservice/demo.py", "import tests", "Nothing imports the tests"),
        ("mapservice/demo.py", "from testing import routes", "Measurements and tests share a room above the service"),
        ("testing/routes.py", "from bench import flood", "Measurements and tests share a room above the service"),
    ],
)
def test_a_wrong_import_is_found(copy, module, line, contract):
    with (copy / module).open("a") as file:
        file.write(f"\n{line}\n")

    done = contracts(copy)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract} BROKEN" in done.stdout or contract in done.stdout.split("Broken contracts")[-1]


def test_without_a_wrong_import_all_is_well(copy):
    done = contracts(copy)

    assert done.returncode == 0, done.stdout + done.stderr
