"""How many members show themselves and hide in a second, with the counts of the map and without them.

    python -m bench.write                          # 8 and 32 writers, all into one condition
    python -m bench.write --writers 8 --seconds 10

Writers are processes. Each takes one member after the other, in one transaction of the real store each, while another
process adds up the changes as the worker does. The same writes without the counts come before and after, so that what
else the machine does meets both. Uses a private database of its own, which is removed in the end. Exits with 1 if the
counts differ from the memberships there.
"""

import itertools
import multiprocessing
import random
import shutil
import statistics
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, select, text

from bench import report
from mapservice import db
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.catalogue import conditions
from mapservice.store.places import count_rollup, homes, zone_counts
from mapservice.store.tables import Member, Membership, ZoneRow
from testing import clusters

SLUG = "crohns-disease"

#: Members of each writer, who live all over Germany; they show themselves and hide again and again.
MEMBERS = 50

_FORK = multiprocessing.get_context("fork")

#: Seconds between two times that the changes are added up, as the worker does.
_ROLL_UP_S = 0.25


def fill(engine: Engine, writers: int, seed: int) -> list[list[uuid.UUID]]:
    """Add members who are hidden in one condition; return their ids, a list for each writer."""
    with db.transaction(engine) as session:
        condition = conditions.get(session, SLUG)
        places = select(ZoneRow.id).where(ZoneRow.level == Level.AREA, ZoneRow.country == "DE").order_by(ZoneRow.id)
        areas = session.scalars(places).all()
        homes_of_members = itertools.cycle(random.Random(seed).sample(areas, len(areas)))
        members = [Member(email=f"{uuid.uuid4()}@example.org", pseudonym="-") for _ in range(writers * MEMBERS)]
        session.add_all(members)
        session.flush()
        session.add_all(
            Membership(condition_id=condition.id, member_id=member.id, role=next(iter(Role)), shown_zone=area)
            for member, area in zip(members, homes_of_members, strict=False)
        )
        ids = [member.id for member in members]
    return [ids[at::writers] for at in range(writers)]


def rate(url: str, ids: Sequence[Sequence[uuid.UUID]], seconds: float, *, is_counted: bool) -> dict[str, float]:
    """Return how many a second showed themselves ("join") and hid ("hide")."""
    stop = _FORK.Event()
    begin, answers = _FORK.Barrier(len(ids)), _FORK.SimpleQueue()
    writers = [
        _FORK.Process(target=_write, args=(url, theirs, seconds, is_counted, begin.wait, answers.put), daemon=True)
        for theirs in ids
    ]
    worker = _FORK.Process(target=_roll_up, args=(url, stop), daemon=True)
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
    with db.open_session(engine) as session:
        condition = conditions.get(session, SLUG).id
    begin()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for kind, audience in (("join", Audience.CONDITION), ("hide", Audience.NOBODY)):
            for member in ids:
                began = time.monotonic()
                with db.transaction(engine) as session:
                    homes.show_to(session, session.get_one(Membership, (condition, member)), audience)
                times[kind].append(time.monotonic() - began)
    answer(times)


def _roll_up(url: str, stop: object) -> None:
    engine = db.new_engine(url, pool_size=1, timeouts=False)
    while not stop.wait(_ROLL_UP_S):  # type: ignore[attr-defined]
        with db.transaction(engine) as session:
            count_rollup.roll_up(session)


@contextmanager
def private_database() -> Iterator[str]:
    """The address of a database as a service has one: a commit waits for the disk."""
    state = clusters.folder_on_disk("write-")
    try:
        clusters.copy(clusters.loaded(), state)
        embedded.start(state)
        yield embedded.url(state, embedded.RUNTIME)
    finally:
        embedded.stop(state)
        shutil.rmtree(state, ignore_errors=True)


def _differences(url: str, engine: Engine, ids: Sequence[Sequence[uuid.UUID]]) -> int:
    """How many counts differ from the memberships after a second of writes that are counted, onto counts that hold."""
    with db.transaction(engine) as session:
        session.execute(text("delete from zone_count_change"))
        session.execute(text("delete from zone_count"))
        count_rollup.repair(session)
    last = rate(url, ids, 1.0, is_counted=True)
    assert last
    with db.transaction(engine) as session:
        return count_rollup.differences(session)


def main() -> None:
    """Write a line for each number of writers: writes a second without and with the counts, and their ratio."""
    parser = report.command(__doc__)
    parser.add_argument("--writers", type=int, nargs="+", default=[8, 32])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rows: list[list[str]] = []
    with private_database() as url:
        engine = db.new_engine(url, timeouts=False)
        wrong = 0
        for writers in options.writers:
            ids = fill(engine, writers, options.seed)
            rows += compared(url, ids, options.seconds)
            wrong += _differences(url, engine, ids)
        versions = report.database_versions(engine)
        engine.dispose()
    table = report.table(["writers", "", "without counts", "with counts", "ratio"], rows)
    report.publish(
        "bench.write", options, [*table, "", f"Counts that differ from the memberships afterwards: {wrong}."], versions
    )
    sys.exit(1 if wrong else 0)


def compared(url: str, ids: Sequence[Sequence[uuid.UUID]], seconds: float) -> Iterator[list[str]]:
    """Yield a row of the table for each kind of write."""
    order = (False, True, True, False) * 2
    runs = [(is_counted, rate(url, ids, seconds, is_counted=is_counted)) for is_counted in order]
    for kind, words in (("join", "show"), ("hide", "hide")):
        plain, counted = (
            statistics.median(rates[kind] for is_counted, rates in runs if is_counted == which)
            for which in (False, True)
        )
        yield [str(len(ids)), words, f"{plain:,.0f}/s", f"{counted:,.0f}/s", f"{counted / plain:.2f}"]


if __name__ == "__main__":
    main()
