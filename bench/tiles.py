"""How long one tile of a condition's map takes: ``python -m bench.tiles --database-url URL``.

Asks for the largest condition, as a member of it, at every zoom: over the whole world, and over Europe only.
Times are milliseconds of execution inside PostgreSQL (explain analyze) and of the whole call from Python.
"""

import argparse
import random
import re
import statistics
import time
import uuid
from typing import cast

from sqlalchemy import Engine, TextClause, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.tiles import Tile, tile_at
from mapservice.privacy.visibility import Viewer
from mapservice.store.places import clusters
from mapservice.store.zones import drawn_zones

#: West, south, east, north in degrees.
PLACES = {"world": (-180, -60, 180, 75), "Europe": (-11, 36, 30, 62)}

#: Tiles of one request: one alone, and a view of a desktop screen.
TOGETHER = (1, 20)

_LARGEST = text("select condition_id from membership group by condition_id order by count(*) desc limit 1")
_EXECUTION = re.compile(r"Execution Time: ([0-9.]+) ms")


def main() -> None:
    """Print a table: place, zoom, tiles; median and 95th percentile inside PostgreSQL and of the call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database-url", required=True)
    parser.add_argument("--tiles", type=int, default=40, help="tiles a zoom at the most")
    options = parser.parse_args()
    engine = db.new_engine(options.database_url)
    with Session(engine) as session:
        condition = session.scalar(_LARGEST)
        people = session.scalar(text("select count(*) from membership where condition_id = :c"), {"c": condition})
    print(f"condition {condition}: {people:,} people\n")
    print("place   zoom  tiles  rows  pg median  pg p95  call median  call p95  (ms)")
    for place, bounds in PLACES.items():
        for zoom in range(clusters.MAX_ZOOM + 1):
            tiles = sample(bounds, zoom, options.tiles)
            for together in TOGETHER:
                print(f"{place:<7} {zoom:>4} {together:>6} {row(engine, condition, tiles, together)}")


def sample(bounds: tuple[float, float, float, float], zoom: int, most: int) -> list[Tile]:
    """Tiles of a zoom between two corners, always the same ones."""
    west, south, east, north = bounds
    first, last = tile_at(west, north, zoom), tile_at(east - 1e-9, south, zoom)
    every = [Tile(zoom, x, y) for x in range(first.x, last.x + 1) for y in range(first.y, last.y + 1)]
    return random.Random(1).sample(every, most) if len(every) > most else every


class Explaining:
    """Stands in for a session: lets PostgreSQL explain each statement, and keeps how long it took."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.times: list[float] = []

    def execute(self, statement: TextClause, values: dict) -> list:
        """Note the milliseconds of execution; answer with no rows."""
        plan = self.session.execute(text(f"explain (analyze, timing off) {statement.text}"), values).scalars()
        [taken] = _EXECUTION.findall("\n".join(plan))
        self.times.append(float(taken))
        return []


def row(engine: Engine, condition: int, tiles: list[Tile], together: int) -> str:
    """Return the figures of views of so many tiles."""
    viewer, calls, rows, times = Viewer(uuid.UUID(int=0), has_joined=True), [], 0, []
    views = [tiles[at : at + together] for at in range(0, len(tiles), together)]
    with Session(engine) as session:
        zones = drawn_zones.load(session, drawn_zones.digest(session))
        for view in [*views[:8], *views]:  # the first ones warm the connection and are not counted
            started = time.perf_counter()
            contents = clusters.in_tiles(session, condition, view, viewer, None, zones)
            calls.append((time.perf_counter() - started) * 1000)
            rows = max(
                rows,
                sum(len(content.clusters) + len(content.badges) + len(content.pins) for content in contents.values()),
            )
        for view in views:
            explaining = Explaining(session)
            clusters.in_tiles(cast(Session, explaining), condition, view, viewer, None, zones)
            times.append(sum(explaining.times))
    return f"{rows:>5} {figures(times)} {figures(calls[len(views[:8]) :], 12)}"


def figures(times: list[float], width: int = 10) -> str:
    """Median and 95th percentile."""
    ordered = sorted(times)
    return f"{statistics.median(ordered):>{width}.2f} {ordered[int(len(ordered) * 0.95)]:>8.2f}"


if __name__ == "__main__":
    main()
