"""How quick a tile of the members' map is beside other ways to draw the same rows: ``python -m bench.map``.

    python -m bench.map --members 1000000 --seconds 3

A service with one web process on a database of its own, filled with invented people and removed in the end. One member
of the largest condition asks for the tile with the most people at zoom 10 and for those above it, and for a view of 20
tiles over Europe. Beside it, on a table with the same pins and an index of them: tipg, which sends the points of a
tile, 10,000 of them at most (its own limit, and then a wrong picture) or all; PostGIS, which groups the points of a
tile by a grid in each query; and supercluster, which keeps an index of all points in the memory of Node. All take
turns; the figures are medians. Nothing changes meanwhile, so that the service has the tiles in its cache; the calls
from Python, in the second table, count them each time.

tipg and supercluster are installed into ``build/peers`` at the first run, and left out if they cannot be.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench import http_rates, peers, report
from bench.http_rates import Route, request
from bench.invented_service import VIEWER, Service, service, view
from mapservice.db import read_rows
from mapservice.geo.tiles import Tile, tile_at
from mapservice.privacy.visibility import audiences_seen
from mapservice.store.places import clusters
from mapservice.store.zones import drawn_zones
from testing.members_map import view_address

ZOOMS = (0, 3, 6, 10)

#: Points that tipg draws on a tile at most, if nobody asks for another number.
TIPG_POINTS = 10_000

#: Cells of the grid along the side of a tile.
CELLS = 8

_NOT_INSTALLED = "not installed"

_POINTS = (
    "create schema peer",
    "create table peer.point (id bigserial primary key, role text, geom geometry(Point, 4326))",
    """
    insert into peer.point (role, geom)
    select role, pin from membership where condition_id = :condition and pin is not null and audience = any(:audiences)
    """,
    "create index on peer.point using gist (geom)",
)

_GROUPED = text("""
    select st_x(cell), st_y(cell), n
    from (
        select st_snaptogrid(st_transform(geom, 3857), :side) as cell, count(*) as n from peer.point
        where geom && st_transform(st_tileenvelope(:z, :x, :y), 4326)
        group by 1
    ) as grouped
""")


@dataclass(frozen=True)
class ZoomRoutes:
    """What is asked for at a zoom; tipg with its own limit and without, or None twice."""

    tile: Route
    view: Route
    tipg: tuple[Route, Route] | None

    def all(self) -> list[Route]:
        """Return the routes that there are."""
        return [self.tile, self.view, *(self.tipg or ())]


def copy_points(running: Service) -> list[list[float]]:
    """Make a table with the pins that a member of the condition sees; return them."""
    values = {"condition": running.condition_id, "audiences": list(audiences_seen(VIEWER))}
    with running.owner.begin() as connection:
        for statement in _POINTS:
            connection.execute(text(statement), values if ":condition" in statement else {})
        connection.execute(text("analyze peer.point"))
        rows = connection.execute(text("select st_x(geom), st_y(geom) from peer.point order by id"))
        return [list(row) for row in rows]


def crowded_tiles(points: Sequence[Sequence[float]]) -> list[Tile]:
    """Return the tile with the most pins at the last of the zooms, and those that hold it at the others."""
    last = ZOOMS[-1]
    [(tile, _pins)] = Counter(tile_at(lng, lat, last) for lng, lat in points).most_common(1)
    return [Tile(zoom, tile.x >> last - zoom, tile.y >> last - zoom) for zoom in ZOOMS]


def routes(running: Service, tipg_port: int | None, tile: Tile) -> ZoomRoutes:
    """Return what is asked for at the zoom of a tile."""
    zoom = tile.z

    def ours(name: str, tiles: Sequence[Tile]) -> Route:
        path = view_address(running.page, *tiles)
        return Route(f"{name} z{zoom}", running.port, request(path, Cookie=running.cookie))

    def theirs(port: int, points: int) -> Route:
        path = f"/collections/peer.point/tiles/WebMercatorQuad/{zoom}/{tile.x}/{tile.y}?limit={points}"
        return Route(f"tipg z{zoom}, {points:,} points", port, request(path, Accept="*/*"))

    tipg = (theirs(tipg_port, TIPG_POINTS), theirs(tipg_port, peers.MAX_POINTS)) if tipg_port else None
    return ZoomRoutes(ours("tile", [tile]), ours("view", view(zoom)), tipg)


def served(zoom: int, asked: ZoomRoutes) -> list[str]:
    """Return a row of the table of answers over HTTP."""
    own = asked.tile.rate
    cells = [f"z{zoom}", f"{own:,.0f}, {asked.tile.size:,}", f"{asked.view.rate:,.0f}, {asked.view.size:,}"]
    for peer in asked.tipg or ():
        cells += [f"{peer.rate:,.1f}, {peer.size:,}", f"{own / peer.rate:,.1f}"]
    return cells + ([] if asked.tipg else [_NOT_INSTALLED, "", _NOT_INSTALLED, ""])


def queried(running: Service, tiles: Sequence[Tile], *, rounds: int, seconds: float) -> list[list[str]]:
    """Return the rows of the table of calls from Python: stored counts, grouping when asked, and their ratio."""
    with Session(running.owner) as session:
        read = partial(read_rows, running.owner)
        zones = drawn_zones.load(read, drawn_zones.digest(read))

        def stored(tile: Tile) -> object:
            return clusters.in_tiles(read, running.condition_id, [tile], VIEWER, None, zones)

        def grouped(tile: Tile) -> object:
            side = tile_width(tile) / CELLS
            return session.execute(_GROUPED, {"side": side, "z": tile.z, "x": tile.x, "y": tile.y}).all()

        times: dict[tuple[Tile, Callable], list[float]] = {(t, way): [] for t in tiles for way in (stored, grouped)}
        for _ in range(rounds):
            for (tile, way), taken in times.items():
                taken += milliseconds(way, tile, seconds)
    rows = []
    for tile in tiles:
        own, other = (statistics.median(times[tile, way]) for way in (stored, grouped))
        rows.append([f"z{tile.z}", f"{own:.2f}", f"{other:.2f}", f"{other / own:,.1f}"])
    return rows


def tile_width(tile: Tile) -> float:
    """Return the width of a tile in metres of the Mercator plane."""
    bounds = tile.bounds_mercator
    return bounds.east - bounds.west


def milliseconds(way: Callable[[Tile], object], tile: Tile, seconds: float) -> list[float]:
    """Return how long each call took, one after the other, without the first five, which prepare the statement."""
    times: list[float] = []
    until = time.monotonic() + seconds
    while len(times) <= 5 or time.monotonic() < until:
        began = time.perf_counter()
        way(tile)
        times.append((time.perf_counter() - began) * 1000)
    return times[5:]


def in_node(points: list[list[float]], tiles: Sequence[Tile], seconds: float) -> str:
    """Return a sentence about supercluster."""
    found = peers.supercluster(points, tiles, seconds)
    if found is None:
        return f"supercluster: {_NOT_INSTALLED}."
    times = ", ".join(f"z{tile.z} {ms:.3f}" for tile, ms in zip(tiles, found["ms"], strict=True))
    return (
        f"supercluster {peers.SUPERCLUSTER} in Node {found['node']}, without a server: its index of all points took "
        f"{found['built_s']:.2f} s and {found['megabytes']:.0f} MB; ms for the same tile: {times}."
    )


def main() -> None:
    """Write a line for each zoom."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each way is asked in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with ExitStack() as stack:
        running = stack.enter_context(service(options.members, seed=options.seed))
        points = copy_points(running)
        tiles = crowded_tiles(points)
        tipg_port = stack.enter_context(peers.tipg(running.owner, "peer"))
        asked = {tile.z: routes(running, tipg_port, tile) for tile in tiles}
        every = [route for of_zoom in asked.values() for route in of_zoom.all()]
        http_rates.compare(every, running.engine, rounds=options.rounds, seconds=options.seconds)
        rows = queried(running, tiles, rounds=options.rounds, seconds=options.seconds)
        versions = [report.database_versions(running.engine), report.version("granian")]
        versions += [f"tipg {peers.TIPG}", f"uvicorn {peers.UVICORN}"] if tipg_port else []
    report.publish(
        "bench.map", options, lines(len(points), asked, rows, in_node(points, tiles, options.seconds)), *versions
    )


def lines(points: int, asked: dict[int, ZoomRoutes], rows: list[list[str]], node: str) -> list[str]:
    """Return the part of the page."""
    head = ["", "tile: answers/s, bytes", "view: answers/s, bytes"]
    for limit in (f"tipg, {TIPG_POINTS:,} points at most", "tipg, all points"):
        head += [f"{limit}: answers/s, bytes", "ratio"]
    return [
        f"{points:,} people with a pin. Over HTTP, the tile with the most of them at z10 and those above it:",
        "",
        *report.table(head, (served(zoom, of_zoom) for zoom, of_zoom in asked.items())),
        "",
        "From Python without HTTP, ms for the same tile:",
        "",
        *report.table(["", "stored counts", "PostGIS, grouping when asked", "ratio"], rows),
        "",
        node,
    ]


if __name__ == "__main__":
    main()
