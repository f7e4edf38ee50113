"""How much longer a view of the members' map takes for a member with blocks and contacts: ``python -m bench.blocks``.

    python -m bench.blocks --members 200000 --blocks 50 --contacts 200

A database of its own, filled with invented people and removed in the end. Views of some zooms, and the table of the
map, are asked by turns for a viewer without and with blocks of people of the largest condition, and with contacts in it
who are shown to their contacts only; nothing is cached. The figures are milliseconds of processor time of a call, in
Python and in PostgreSQL, and the ratios to those of the viewer without either: medians of rounds of calls, so that what
else the machine does changes little. The exit status is 1 if a view takes more than 1.3 times as much.
"""

import statistics
import sys
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from bench import report
from bench.invented_service import VIEWER, fill, view
from bench.processor import ProcessorClock
from mapservice import db
from mapservice.db import read_rows
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience, Viewer
from mapservice.store.places import clusters, count_rollup, member_lists
from mapservice.store.tables import Condition, Membership
from mapservice.store.zones import drawn_zones
from testing import database

ZOOMS = (2, 6, 10)

#: Rounds, and calls of each kind in a round; the first rounds prepare the statements, and are left out.
ROUNDS, CALLS, WARM = 40, 10, 2

#: How much more a view may take.
BAR = 1.3

#: The milliseconds of each viewer, and the ratios of all but the first to the first.
Medians = tuple[Sequence[float], Sequence[float]]


def main() -> None:
    """Measure, and write a table."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--blocks", type=int, default=50)
    parser.add_argument("--contacts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        owner = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        (_slug, condition_id), _cookie = fill(owner, options.members, options.seed)
        with db.open_session(owner) as session:
            people = _people(session, condition_id, options.blocks + options.contacts)
            apart, contacts = frozenset(people[: options.blocks]), frozenset(people[options.blocks :])
            _show_to_contacts(session, condition_id, contacts)
        _vacuum(owner)
        versions = report.database_versions(owner)
        owner.dispose()
        viewers = [VIEWER, replace(VIEWER, apart=apart), replace(VIEWER, apart=apart, contacts=contacts)]
        # As the pages read it: with their role and their settings.
        engine = db.new_engine(embedded.url(state, embedded.RUNTIME, name))
        figures = _measure(engine, condition_id, viewers)
        engine.dispose()
    head = ("", "without, ms", "with blocks, ms", "ratio", "with contacts too, ms", "ratio")
    rows = [(what, *_cells(*medians)) for what, medians in figures.items()]
    report.publish("bench.blocks", options, report.table(head, rows), versions)
    sys.exit(0 if max(max(ratios) for _times, ratios in figures.values()) <= BAR else 1)


def _measure(engine: Engine, condition_id: int, viewers: Sequence[Viewer]) -> dict[str, Medians]:
    """Return the times of each view for each viewer, and how many times as much it takes as for the first one."""
    with db.open_session(engine) as session:
        condition, clock = session.get_one(Condition, condition_id), ProcessorClock(session.connection())
        read = partial(read_rows, session.connection())
        zones = drawn_zones.load(read, drawn_zones.digest(read))

        def map_view(zoom: int, viewer: Viewer) -> object:
            return clusters.in_tiles(read, condition_id, view(zoom), viewer, None, zones)

        def table(viewer: Viewer) -> object:
            member_lists.total(session, condition, None, viewer, None)
            return member_lists.rows_below(session, condition, None, viewer, None)

        what: dict[str, Callable[[Viewer], object]] = {
            **{f"a view at zoom {zoom}": partial(map_view, zoom) for zoom in ZOOMS},
            "the table of the world": table,
        }
        return {name: _medians(call, viewers, clock) for name, call in what.items()}


def _people(session: Session, condition_id: int, number: int) -> list[uuid.UUID]:
    """Return people of a condition who are on its map, in a random order that is the same each time."""
    shown = select(Membership.member_id).where(
        Membership.condition_id == condition_id, Membership.audience != Audience.NOBODY
    )
    return list(session.scalars(shown.order_by(Membership.public_id).limit(number)))


def _show_to_contacts(session: Session, condition_id: int, people: Collection[uuid.UUID]) -> None:
    """Show people to their contacts only, and take them out of the counts."""
    those = Membership.condition_id == condition_id, Membership.member_id.in_(people)
    session.execute(update(Membership).where(*those).values(audience=Audience.CONTACTS))
    count_rollup.repair(session)
    session.commit()


def _vacuum(engine: Engine) -> None:
    """Do what autovacuum does in a service that runs."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum (analyze) membership, zone_count, zone_count_change"))


def _medians(call: Callable[[Viewer], object], viewers: Sequence[Viewer], clock: ProcessorClock) -> Medians:
    rounds = [[_milliseconds(call, viewer, clock) for viewer in viewers] for _ in range(WARM + ROUNDS)][WARM:]
    times = [statistics.median(taken) for taken in zip(*rounds, strict=True)]
    return times, [statistics.median(one[at] / one[0] for one in rounds) for at in range(1, len(viewers))]


def _cells(times: Sequence[float], ratios: Sequence[float]) -> list[str]:
    pairs = zip(times[1:], ratios, strict=True)
    return [f"{times[0]:.2f}", *(cell for taken, ratio in pairs for cell in (f"{taken:.2f}", f"{ratio:.2f}"))]


def _milliseconds(call: Callable[[Viewer], object], viewer: Viewer, clock: ProcessorClock) -> float:
    began = clock.python() + clock.postgres()
    for _ in range(CALLS):
        call(viewer)
    return (clock.python() + clock.postgres() - began) / CALLS


if __name__ == "__main__":
    main()
