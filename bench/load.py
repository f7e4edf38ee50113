"""Load many people, and see what a service with them takes: ``python -m bench.load``.

    python -m bench.load --members 10000000

Two services with one web process each on databases of their own, removed in the end: one with 100,000 invented people,
one with as many as asked for, 10,000,000 at most. How long loading takes, with all indexes, keys and counts, beside a
plain COPY of the same rows into tables without any; then views of the members' map at each zoom, which take turns; then
the memory of each web process. Says on standard error how far it is, and refuses to begin without room on the disk.
"""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from bench import http_rates, raw_copy, report
from bench.http_rates import Route, request
from bench.invented_service import Service, service, view
from testing import database
from testing.members_map import view_address

MAX_MEMBERS = 10_000_000

#: Members of the service to compare with.
FEW = 100_000

#: Bytes on the disk for each member: their rows and indexes, the log of changes, the file for COPY.
BYTES_EACH = 4_000

ZOOMS = (0, 3, 6, 8, 10)

#: Seconds between two reports of progress.
REPORT_S = 10.0


def progress(members: int) -> Callable[[int, int], None]:
    """Return a function that says on standard error how many people are loaded, every few seconds."""
    began = last = time.monotonic()

    def say(done: int, of: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= REPORT_S or done == of:
            last = now
            print(f"{done:,} of {members:,} people after {now - began:.0f} s", file=sys.stderr, flush=True)

    return say


def missing_bytes(members: int) -> int:
    """Return how many bytes the disk of the databases lacks for so many members, 0 if none."""
    folder = database.home()
    while not folder.exists():
        folder = folder.parent
    return max(0, members * BYTES_EACH - shutil.disk_usage(folder).free)


def loading(running: Service, members: int) -> list[str]:
    """Return a row of the table about loading."""
    rows, plain_s = raw_copy.seconds(running.owner)
    own, plain = rows / running.loading_s, rows / plain_s
    figures = f"{running.loading_s:.1f}", f"{own:,.0f}", f"{plain_s:.1f}", f"{plain:,.0f}", f"{own / plain:.2f}"
    return [f"{members:,}", f"{rows:,}", *figures]


def views(services: Sequence[Service], *, rounds: int, seconds: float) -> list[list[str]]:
    """Return the rows of the table about views: milliseconds for an answer at each zoom, in turns, and their ratio."""
    routes = {
        (zoom, running.port): Route(
            f"view z{zoom}",
            running.port,
            request(view_address(running.page, *view(zoom)), Cookie=running.cookie),
        )
        for zoom in ZOOMS
        for running in services
    }
    engines = {running.port: running.engine for running in services}
    for route in routes.values():
        http_rates.load(route, http_rates.WARM_S)
    for _ in range(rounds):
        for route in routes.values():
            http_rates.measure(route, seconds, engines[route.port])
    rows = []
    for zoom in ZOOMS:
        few, many = (routes[zoom, running.port] for running in services)
        times = [
            f"{1000 / route.rate:.2f}, {statistics.median(route.database_ms):.2f}, {route.size:,}"
            for route in (few, many)
        ]
        rows.append([f"z{zoom}", *times, f"{few.rate / many.rate:.2f}"])
    return rows


def worker_megabytes(port: int) -> float:
    """Return the memory of the web process that answers at a port; granian gives its processes names with it."""
    sizes = [0]
    for pid in http_rates.web_processes():
        with suppress(OSError):
            name = Path(f"/proc/{pid}/cmdline").read_text()
            if f":{port} " in name and "worker" in name:
                sizes.append(int(Path(f"/proc/{pid}/statm").read_text().split()[1]))
    return max(sizes) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main() -> None:
    """Write the three tables."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--few", type=int, default=FEW, help="members of the service to compare with")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long each view is asked for in a round")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    numbers = options.few, options.members
    if not all(1 <= number <= MAX_MEMBERS for number in numbers):
        parser.error(f"from 1 to {MAX_MEMBERS:,} members")
    if missing := missing_bytes(sum(numbers)):
        parser.error(f"the disk lacks {missing / 1e9:.1f} GB for {options.members:,} members")
    with (
        service(options.few, seed=options.seed, progress=progress(options.few)) as few,
        service(options.members, seed=options.seed, progress=progress(options.members)) as many,
    ):
        loads = [loading(running, number) for running, number in zip((few, many), numbers, strict=True)]
        rows = views((few, many), rounds=options.rounds, seconds=options.seconds)
        sizes = [worker_megabytes(running.port) for running in (few, many)]
        versions = report.database_versions(many.engine), report.version("granian")
    report.publish("bench.load", options, lines(numbers, loads, rows, sizes), *versions)


def lines(numbers: Sequence[int], loads: list[list[str]], rows: list[list[str]], sizes: Sequence[float]) -> list[str]:
    """Return the part of the page."""
    few, many = (f"{number:,} members" for number in numbers)
    head = ["members", "rows", "load, s", "rows/s", "plain COPY, s", "rows/s", "ratio"]
    what = "ms, of which PostgreSQL, bytes"
    memory = [f"{size:.0f}" for size in sizes]
    return [
        *report.table(head, loads),
        "",
        "A view of the members' map:",
        "",
        *report.table(["zoom", f"{few}: {what}", f"{many}: {what}", "ratio"], rows),
        "",
        f"Memory of a web process after that: {memory[0]} MB with {few}, {memory[1]} MB with {many}, "
        f"ratio {sizes[1] / sizes[0]:.2f}.",
    ]


if __name__ == "__main__":
    main()
