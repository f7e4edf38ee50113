"""Other people's programs for the same task, each in an environment of its own that is installed at its first use.

They are in ``build/peers`` (git-ignored), by name and version, until that folder is deleted. What cannot be installed,
as without a network, is left out of a comparison.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine

from mapservice.config import HOME
from mapservice.geo.tiles import Tile
from testing.web_process import free_port, listening

FOLDER = HOME / "build" / "peers"

TIPG, UVICORN, SUPERCLUSTER = "1.6.1", "0.54.0", "9.1.0"

#: Those that folium's pages name.
LEAFLET, MARKERCLUSTER = "1.9.3", "1.1.0"

#: tipg refuses to draw more points than this on a tile; a request can ask for fewer.
MAX_POINTS = 100_000_000

_INSTALL_S = 300

# Builds an index of points, asks it for tiles again and again, and prints how long each took.
_SUPERCLUSTER = """
    import Supercluster from 'supercluster';
    import { readFileSync } from 'node:fs';

    const { points, tiles, seconds } = JSON.parse(readFileSync(0));
    const features = points.map((coordinates) => (
        { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates } }
    ));
    const before = process.memoryUsage().rss;
    const began = performance.now();
    const index = new Supercluster({ maxZoom: 11 }).load(features);
    const built = performance.now() - began;
    const megabytes = (process.memoryUsage().rss - before) / 1e6;
    const median = (z, x, y) => {
        const times = [];
        const until = performance.now() + seconds * 1000;
        while (performance.now() < until) {
            const asked = performance.now();
            index.getTile(z, x, y);
            times.push(performance.now() - asked);
        }
        return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
    };
    const ms = tiles.map((tile) => median(...tile));
    console.log(JSON.stringify({ built_s: built / 1000, megabytes, ms, node: process.version }));
"""


@contextmanager
def tipg(engine: Engine, schema: str) -> Iterator[int | None]:
    """Run tipg on the tables of a schema; its port, or None if it cannot be installed."""
    folder = _environment(f"tipg-{TIPG}", _install_tipg)
    if folder is None:
        yield None
        return
    port, url = free_port(), engine.url
    socket = quote(str(url.query["host"]), safe="")
    environment = {
        "DATABASE_URL": f"postgresql://{url.username}@{socket}:{url.query['port']}/{url.database}",
        "TIPG_DB_SCHEMAS": json.dumps([schema]),
        "TIPG_MAX_FEATURES_PER_TILE": str(MAX_POINTS),
    }
    server = ["-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    with listening([str(folder / "bin" / "python"), *server], port, environment):
        yield port


def supercluster(points: Sequence[Sequence[float]], tiles: Sequence[Tile], seconds: float) -> dict[str, Any] | None:
    """Return how long supercluster takes in Node, or None if it cannot be installed.

    ``built_s`` and ``megabytes`` of its index, and ``ms`` for each tile, the median of those asked for in some seconds.
    """
    folder = _environment(f"supercluster-{SUPERCLUSTER}", partial(_install_npm, [f"supercluster@{SUPERCLUSTER}"]))
    if folder is None:
        return None
    asked = {"points": points, "tiles": [[tile.z, tile.x, tile.y] for tile in tiles], "seconds": seconds}
    node = ["node", "--input-type=module", "--eval", _SUPERCLUSTER]
    done = subprocess.run(node, cwd=folder, input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def leaflet_packages() -> Path | None:
    """Return the folder of Leaflet and its plug-in that clusters, or None if they cannot be installed."""
    packages = [f"leaflet@{LEAFLET}", f"leaflet.markercluster@{MARKERCLUSTER}"]
    folder = _environment(f"markercluster-{MARKERCLUSTER}", partial(_install_npm, packages))
    return folder / "node_modules" if folder else None


def lighthouse(version: str) -> Path | None:
    """Return the folder in which Lighthouse is, or None if it cannot be installed."""
    return _environment(f"lighthouse-{version}", partial(_install_npm, [f"lighthouse@{version}"]))


def _environment(name: str, install: Callable[[Path], None]) -> Path | None:
    """Return the folder of a program, which is installed if it is not there; None if that fails."""
    folder = FOLDER / name
    if folder.exists():
        return folder
    FOLDER.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=FOLDER, prefix="draft-") as draft:
        try:
            install(Path(draft, name))
        except (OSError, subprocess.SubprocessError) as problem:
            print(f"{name} cannot be installed: {problem}", file=sys.stderr)
            return None
        Path(draft, name).rename(folder)
    return folder


def _install_tipg(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", str(folder))
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    _run(*pip, "--retries", "1", "--timeout", "15", f"tipg=={TIPG}", f"uvicorn=={UVICORN}")


def _install_npm(packages: Sequence[str], folder: Path) -> None:
    folder.mkdir()
    npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--ignore-scripts"]
    _run(*npm, "--fetch-retries", "1", "--loglevel", "error", *packages)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=_INSTALL_S, stdout=subprocess.DEVNULL)
