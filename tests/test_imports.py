"""The check of imports can fail: a copy has all the wrong imports at once, and each is found by its own contract."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mapservice.config import HOME

#: A wrong line in a module, the contract that it breaks, and how the check names it there.
WRONG = [
    ("mapservice/geo/zones.py", "import flask", "Places, privacy and errors know no framework",
     "mapservice.geo.zones -> flask"),
    ("mapservice/store/places/zone_counts.py", "from mapservice.web import errors", "Imports go downwards only",
     "mapservice.store.places.zone_counts -> mapservice.web"),
    ("mapservice/maps/canvas.py", "import sqlalchemy", "The picture speaks neither HTTP nor SQL",
     "mapservice.maps.canvas -> sqlalchemy"),
    ("mapservice/store/places/zone_counts.py", "import folium", "Memory knows neither the web nor the picture",
     "mapservice.store.places.zone_counts -> folium"),
    ("mapservice/helpers.py", "", "Imports go downwards only", "not listed as layers: - mapservice.helpers"),
    ("mapservice/store/places/homes.py", "from mapservice.store.community import memberships", "No circles",
     ".places -> .community (1 import)"),
    ("mapservice/web/figures/embed.py", "from mapservice.web.places import hiding",
     "Subjects of the web import what all share and accounts, never each other",
     "mapservice.web.figures.embed -> mapservice.web.places.hiding"),
    ("mapservice/cli/emails.py", "from mapservice.web.site import headers", "Commands know no pages",
     "mapservice.cli.emails -> mapservice.web.site.headers"),
    ("bench/flood.py", "from tests import frontdoor", "Nothing imports the tests", "bench.flood -> tests"),
    ("testing/routes.py", "from tests.statements import statements", "Nothing imports the tests",
     "testing.routes -> tests"),
    ("tools/ground/tree.py", "from tests import statements", "Nothing imports the tests",
     "tools.ground.tree -> tests"),
    ("mapservice/demo.py", "import tests", "Nothing imports the tests", "mapservice.demo -> tests"),
    ("mapservice/demo.py", "from testing import routes", "Measurements and tests share a room above the service",
     "mapservice.demo -> testing.routes"),
    ("testing/routes.py", "from bench import flood", "Measurements and tests share a room above the service",
     "testing.routes -> bench.flood"),
]  # fmt: skip


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([lint, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("imports")
    for package in ("bench", "mapservice", "testing", "tools"):
        shutil.copytree(HOME / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "pyproject.toml", folder)
    return folder


@pytest.fixture(scope="module")
def broken(copy: Path) -> dict[str, str]:
    """What the check says of each contract, once all the wrong lines are there; without them it finds nothing."""
    before = contracts(copy)
    assert before.returncode == 0, before.stdout + before.stderr
    for module, line, _contract, _said in WRONG:
        with (copy / module).open("a") as file:
            file.write(f"\n{line}\n")
    after = contracts(copy)
    assert after.returncode == 1, after.stdout + after.stderr
    _, *parts = re.split(r"^(.+)\n-{5,}\n", after.stdout.split("Broken contracts\n")[1], flags=re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize(("module", "line", "contract", "said"), WRONG)
def test_a_wrong_import_is_found(broken, module, line, contract, said):
    assert f"{said} " in f"{broken[contract]} "
