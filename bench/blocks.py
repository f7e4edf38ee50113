"""How much longer a view of the members' map takes for a member with blocks: ``python -m bench.blocks``.

    python -m bench.blocks --members 200000 --blocks 50

A database of its own, filled with invented people and removed in the end. Views of some zooms, and the table of the
map, are asked by turns for a viewer without and with blocks of people of the largest condition; nothing is cached. The
figures are medians of the time of a call, and of the ratios of two calls that follow each other.
"""

import argparse
import statistics
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from sqlalchemy import select

from bench.invented_service import VIEWER, fill, view
from mapservice import db
from mapservice.db import read_rows
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Viewer
from mapservice.store.places import clusters, member_lists
from mapservice.store.tables import Condition, Membership
from mapservice.store.zones import drawn_zones
from testing import database

ZOOMS = (2, 6, 10)

#: The pairs of calls of each kind; the first ones prepare the statements, and are left out.
PAIRS, WARM = 200, 10


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--members", type=int, default=200_000)
    parser.add_argument("--blocks", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with database.server() as state, database.clone(state, database.ground_template(state)) as name:
        engine = db.new_engine(embedded.url(state, embedded.OWNER, name), timeouts=False)
        (slug, condition_id), _cookie = fill(engine, options.members, options.seed)
        with db.open_session(engine) as session:
            condition = session.get_one(Condition, condition_id)
            shown = select(Membership.member_id).where(
                Membership.condition_id == condition_id, Membership.audience != "nobody"
            )
            people = session.scalars(shown.order_by(Membership.public_id).limit(options.blocks)).all()
            blocked = replace(VIEWER, apart=frozenset[uuid.UUID](people))
            read = partial(read_rows, session.connection())
            zones = drawn_zones.load(read, drawn_zones.digest(read))

            def map_view(zoom: int, viewer: Viewer) -> object:
                return clusters.in_tiles(read, condition_id, view(zoom), viewer, None, zones)

            def table(viewer: Viewer) -> object:
                member_lists.total(session, condition, None, viewer, None)
                return member_lists.rows_below(session, condition, None, viewer, None)

            print(f"{slug}, {options.members:,} members in all, {len(people)} blocks\n")
            print("| what | without, ms | with blocks, ms | median ratio |\n|---|---|---|---|")
            for zoom in ZOOMS:
                _print(f"a view at zoom {zoom}", partial(map_view, zoom), blocked)
            _print("the table of the world", table, blocked)
        engine.dispose()


def _print(what: str, call: Callable[[Viewer], object], blocked: Viewer) -> None:
    pairs = [(_time(call, VIEWER), _time(call, blocked)) for _ in range(WARM + PAIRS)][WARM:]
    plain, with_blocks = (statistics.median(times) * 1000 for times in zip(*pairs, strict=True))
    ratio = statistics.median(slow / quick for quick, slow in pairs)
    print(f"| {what} | {plain:.2f} | {with_blocks:.2f} | {ratio:.2f} |")


def _time(call: Callable[[Viewer], object], viewer: Viewer) -> float:
    began = time.perf_counter()
    call(viewer)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
