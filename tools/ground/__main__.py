"""Builds the ground: ``python -m tools.ground --sources build/ground`` from the top of the repository."""

import argparse
import multiprocessing
import time
from pathlib import Path

from tools.ground import country, report
from tools.ground.world import World

_world: World
_out: Path


def main() -> None:
    """Read the sources, build every country in a pool of processes, write the report."""
    options = _options()
    started = time.monotonic()
    facts = build(
        World.read(options.sources / "build.json", options.lakes), options.out, options.only, options.processes
    )
    print(report.summary(facts))
    print(f"built in {time.monotonic() - started:.0f} s")


def _options() -> argparse.Namespace:
    """The options of the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=Path, default=Path("build/ground"), help="folder with build.json")
    parser.add_argument("--lakes", type=Path, default=Path("data/basemap/features.jsonl.xz"), help="the base map")
    parser.add_argument("--out", type=Path, default=Path("data/ground"), help="folder to write into")
    parser.add_argument("--only", type=lambda text: text.split(","), default=[], help="codes, such as DE,XA")
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


def build(world: World, out: Path, only: list[str], processes: int) -> list[dict]:
    """Build the countries and groups asked for (all, when none is named); the facts of each, by code."""
    global _world, _out
    _world, _out = world, out
    world.parts  # noqa: B018 - computed once, before the fork
    codes = sorted(only or world.files, key=lambda code: -len(world.places(code)))
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        facts = []
        for row in pool.imap_unordered(_build, codes):
            print(f"{row['code']} {row['areas']} areas, {row['zone_bytes']:,} bytes", flush=True)
            facts.append(row)
    facts.sort(key=lambda row: row["code"])
    if not only:
        report.write_world(world, facts, out)
    return facts


def _build(code: str) -> dict:
    """Build one country in a process of the pool."""
    return country.build(code, _world, _out)


if __name__ == "__main__":
    main()
