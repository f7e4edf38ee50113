"""How many members show themselves and hide in a second, with the counts of the map and without them; who waits.

    python -m bench.write                          # 8 and 32 writers, all into one condition
    python -m bench.write --writers 8 --seconds 10 --members 1000000

Writers are processes. Each takes one member after the other, in one transaction of the real store each, while another
process adds up the changes as the worker does. The same writes without the counts come before and after, so that what
else the machine does meets both. Then two web processes of the service answer: the view of the world, without writes
and with half as many as the first number of writers made; a page of a visitor, without and with 200 members who press
the button to hide, one after the other and 32 at a time; and the view of the world after an hour of changes that no
worker added up. Writers and readers run on the machine of the service: where the writers want all of its cores, a ratio
of the readers also says how the cores are shared, not only who waits for whom.

Uses a private database of its own with invented people, which is removed in the end. Exits with 1 if the counts differ
from the memberships there, or a request failed.
"""

import itertools
import random
import shutil
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, select, text

from bench import invented_service, report, write_reads
from bench.write_reads import FORK
from mapservice import db
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.places import count_rollup, homes, zone_counts
from mapservice.store.tables import Member, Membership, ZoneRow
from testing import clusters

#: Members of each writer, who live all over Germany; they show themselves and hide again and again.
MEMBERS = 50


def fill(engine: Engine, condition_id: int, writers: int, seed: int) -> list[list[uuid.UUID]]:
    """Add members who are hidden in one condition; return their ids, a list for each writer."""
    with db.transaction(engine) as session:
        places = select(ZoneRow.id).where(ZoneRow.level == Level.AREA, ZoneRow.country == "DE").order_by(ZoneRow.id)
        areas = session.scalars(places).all()
        homes_of_members = itertools.cycle(random.Random(seed).sample(areas, len(areas)))
        members = [Member(email=f"{uuid.uuid4()}@example.org", pseudonym="-") for _ in range(writers * MEMBERS)]
        session.add_all(members)
        session.flush()
        session.add_all(
            Membership(condition_id=condition_id, member_id=member.id, role=next(iter(Role)), shown_zone=area)
            for member, area in zip(members, homes_of_members, strict=False)
        )
        ids = [member.id for member in members]
    return [ids[at::writers] for at in range(writers)]


def rate(
    url: str, condition_id: int, ids: Sequence[Sequence[uuid.UUID]], seconds: float, *, is_counted: bool
) -> dict[str, float]:
    """Return how many a second showed themselves ("join") and hid ("hide")."""
    stop = FORK.Event()
    begin, answers = FORK.Barrier(len(ids)), FORK.SimpleQueue()
    writers = [
        FORK.Process(
            target=_write, args=(url, condition_id, own, seconds, is_counted, begin.wait, answers.put), daemon=True
        )
        for own in ids
    ]
    worker = FORK.Process(target=write_reads.roll_up, args=(url, stop), daemon=True)
    for process in (worker, *writers):
        process.start()
    times: dict[str, list[float]] = {"join": [], "hide": []}
    for _ in writers:
        for kind, longest in answers.get().items():
            times[kind] += longest
    stop.set()
    for process in (worker, *writers):
        process.join()
    return {kind: len(ids) * len(durations) / sum(durations) for kind, durations in times.items()}


def _write(
    url: str,
    condition_id: int,
    ids: Sequence[uuid.UUID],
    seconds: float,
    is_counted: bool,
    begin: Callable[[], object],
    answer: Callable[[dict[str, list[float]]], object],
) -> None:
    if not is_counted:
        zone_counts.apply = lambda _session, _before, _after: None  # type: ignore[assignment]
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    times: dict[str, list[float]] = {"join": [], "hide": []}
    begin()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for kind, audience in (("join", Audience.CONDITION), ("hide", Audience.NOBODY)):
            for member in ids:
                began = time.monotonic()
                with db.transaction(engine) as session:
                    homes.show_to(session, session.get_one(Membership, (condition_id, member)), audience)
                times[kind].append(time.monotonic() - began)
    answer(times)


@contextmanager
def private_database() -> Iterator[Path]:
    """The state folder of a database as a service has one: a commit waits for the disk."""
    state = clusters.folder_on_disk("write-")
    try:
        clusters.copy(clusters.loaded(), state)
        embedded.start(state)
        yield state
    finally:
        embedded.stop(state)
        shutil.rmtree(state, ignore_errors=True)


def _differences(url: str, condition_id: int, engine: Engine, ids: Sequence[Sequence[uuid.UUID]]) -> int:
    """How many counts differ from the memberships after a second of writes that are counted, onto counts that hold."""
    with db.transaction(engine) as session:
        session.execute(text("delete from zone_count_change"))
        session.execute(text("delete from zone_count"))
        count_rollup.repair(session)
    last = rate(url, condition_id, ids, 1.0, is_counted=True)
    assert last
    with db.transaction(engine) as session:
        return count_rollup.differences(session)


def main() -> None:
    """Write a line for each number of writers, and for each kind of reader."""
    parser = report.command(__doc__)
    parser.add_argument("--writers", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows: list[list[str]] = []
    with private_database() as state:
        url = embedded.url(state, embedded.RUNTIME)
        owner = db.new_engine(embedded.url(state, embedded.OWNER), timeouts=False)
        (slug, condition_id), cookie = invented_service.fill(owner, options.members, options.seed)
        owner.dispose()
        engine = db.new_engine(url, timeouts=False)
        wrong, rates, ids = 0, [], []
        for writers in options.writers:
            ids.append(fill(engine, condition_id, writers, options.seed))
            rates.append(runs(url, condition_id, ids[-1], options.seconds))
            rows += compared(writers, rates[-1])
            wrong += _differences(url, condition_id, engine, ids[-1])
        with write_reads.served(state, slug, condition_id, cookie) as stage:
            per_second = min(counted_rates(rates[0]).values()) / 2
            waits = write_reads.measure(stage, engine, ids[0], per_second=per_second, seconds=options.seconds)
        with db.transaction(engine) as session:
            wrong += count_rollup.differences(session)
        versions = report.database_versions(engine)
        engine.dispose()
    report.publish("bench.write", options, lines(rows, waits, wrong), versions)
    sys.exit(1 if wrong or any(row[3] != "0" for row in waits) else 0)


def lines(rows: list[list[str]], waits: list[list[str]], wrong: int) -> list[str]:
    """Return the part of the page."""
    return [
        *report.table(["writers", "", "without counts", "with counts", "ratio"], rows),
        "",
        *report.table(["", "meanwhile", "number", "failed", "median, ms", "99 % within, ms", "ratio"], waits),
        "",
        f"Counts that differ from the memberships afterwards: {wrong}.",
    ]


#: Rates by kind of write, of runs with the counts and of runs without them.
Runs = list[tuple[bool, dict[str, float]]]


def runs(url: str, condition_id: int, ids: Sequence[Sequence[uuid.UUID]], seconds: float) -> Runs:
    """Return the rates with the counts and without them, in turns."""
    order = (False, True, True, False) * 2
    return [(is_counted, rate(url, condition_id, ids, seconds, is_counted=is_counted)) for is_counted in order]


def counted_rates(measured: Runs, *, is_counted: bool = True) -> dict[str, float]:
    """Return the median rate of each kind of write, with the counts or without them."""
    rates = [rates for which, rates in measured if which == is_counted]
    return {kind: statistics.median(of_run[kind] for of_run in rates) for kind in rates[0]}


def compared(writers: int, measured: Runs) -> Iterator[list[str]]:
    """Yield a row of the table for each kind of write."""
    plain, counted = counted_rates(measured, is_counted=False), counted_rates(measured)
    for kind, words in (("join", "show"), ("hide", "hide")):
        ratio = f"{counted[kind] / plain[kind]:.2f}"
        yield [str(writers), words, f"{plain[kind]:,.0f}/s", f"{counted[kind]:,.0f}/s", ratio]


if __name__ == "__main__":
    main()
