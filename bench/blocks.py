"""How much longer a view of the members' map takes for a member with blocks and contacts: ``python -m bench.blocks``.

    python -m bench.blocks --members 200000 --blocks 50 --contacts 200

A database of its own, filled with invented people and removed in the end. Views of some zooms, and the table of the
map, are asked by turns for a viewer without and with blocks of people of the largest condition, and with contacts in it
who are shown to their contacts only; nothing is cached. The figures are medians of the time of a call, and of the
ratios of two calls that follow each other.
"""

import argparse
import statistics
import time
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bench.invented_service import VIEWER, fill, view
from mapservice import db
from mapservice.db import read_rows
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience, Viewer
from mapservice.store.places import clusters, count_rollup, member_lists
from mapservice.store.tables import Condition, Membership
from mapservice.store.zones import drawn_zones
from testing import database

ZOOMS = (2, 6, 10)

#: The rounds of calls of each kind; the first ones prepare the statements, and are left out.
ROUNDS, WARM = 200, 10


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--blocks", type=int, default=50)
    parser.add_argument("--contacts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        engine = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        (slug, condition_id), _cookie = fill(engine, options.members, options.seed)
        with db.open_session(engine) as session:
            condition = session.get_one(Condition, condition_id)
            people = _people(session, condition_id, options.blocks + options.contacts)
            apart, contacts = frozenset(people[: options.blocks]), frozenset(people[options.blocks :])
            _show_to_contacts(session, condition_id, contacts)
            viewers = [replace(VIEWER, apart=apart), replace(VIEWER, apart=apart, contacts=contacts)]
            read = partial(read_rows, session.connection())
            zones = drawn_zones.load(read, drawn_zones.digest(read))

            def map_view(zoom: int, viewer: Viewer) -> object:
                return clusters.in_tiles(read, condition_id, view(zoom), viewer, None, zones)

            def table(viewer: Viewer) -> object:
                member_lists.total(session, condition, None, viewer, None)
                return member_lists.rows_below(session, condition, None, viewer, None)

            print(f"{slug}, {options.members:,} members in all, {len(apart)} blocks, {len(contacts)} contacts\n")
            print(
                "| what | without, ms | with blocks, ms | ratio | with contacts too, ms | ratio |\n" + "|---" * 6 + "|"
            )
            for zoom in ZOOMS:
                _print(f"a view at zoom {zoom}", partial(map_view, zoom), viewers)
            _print("the table of the world", table, viewers)
        engine.dispose()


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
    session.execute(text("analyze membership"))
    session.commit()


def _print(what: str, call: Callable[[Viewer], object], viewers: Sequence[Viewer]) -> None:
    rounds = [[_time(call, viewer) for viewer in (VIEWER, *viewers)] for _ in range(WARM + ROUNDS)][WARM:]
    plain, *others = (statistics.median(times) * 1000 for times in zip(*rounds, strict=True))
    cells = [f"{plain:.2f}"]
    for at, taken in enumerate(others, 1):
        cells += [f"{taken:.2f}", f"{statistics.median(one[at] / one[0] for one in rounds):.2f}"]
    print(f"| {what} | {' | '.join(cells)} |")


def _time(call: Callable[[Viewer], object], viewer: Viewer) -> float:
    began = time.perf_counter()
    call(viewer)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
