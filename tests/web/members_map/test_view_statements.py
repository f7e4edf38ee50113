"""How often a view of the members' map waits for the database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import pq
from sqlalchemy import Engine, event, text

from mapservice import db
from mapservice.geo.tiles import Tile
from testing.members_map import view_address
from tests.statements import statements
from tests.web.site.committed import ALL, as_eve, eve, own_engine, real_app

__all__ = ["as_eve", "eve", "own_engine", "real_app"]

#: After so many times, each statement is prepared, and the zones of the world are in memory.
UNTIL_WARM = 7


@contextmanager
def round_trips(engine: Engine) -> Iterator[list[str]]:
    """The messages after which the service waits for an answer of the database, as libpq notes them."""
    waits: list[str] = []
    with tempfile.TemporaryFile("w+") as notes:

        def begin(connection, *_pooled):
            connection.pgconn.trace(notes.fileno())
            connection.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)

        def end(connection, _record):
            connection.pgconn.untrace()

        event.listen(engine, "checkout", begin)
        event.listen(engine, "checkin", end)
        try:
            yield waits
        finally:
            event.remove(engine, "checkout", begin)
            event.remove(engine, "checkin", end)
        notes.seek(0)
        # A message goes on over several lines where its statement does.
        sent = [line.split("\t")[2].strip() for line in notes if line.startswith("F\t")]
        waits += [kind for kind in sent if kind in {"Query", "Sync"}]


@pytest.mark.parametrize(("zoom", "times"), [(0, 3), (6, 3), (9, 3), (10, 4), (11, 4)])
def test_a_view_waits_for_the_database_three_times_and_once_more_for_pins(as_eve, own_engine, zoom, times):
    """Once for the login and its member, once for the condition and what its viewer may see, once for all counts."""
    address = view_address(ALL, *(Tile(zoom, x, 0) for x in range(min(2**zoom, 20))))
    for _ in range(UNTIL_WARM):
        as_eve.get(address)

    with round_trips(own_engine) as waits:
        answer = as_eve.get(address)

    assert answer.status_code == 200
    assert len(waits) == times, waits


def test_a_view_that_has_not_changed_is_known_without_its_counts(as_eve, own_engine):
    address = view_address(ALL, Tile(3, 4, 2))
    for _ in range(UNTIL_WARM):
        mark = as_eve.get(address).headers["ETag"]

    with round_trips(own_engine) as waits:
        answer = as_eve.get(address, headers={"If-None-Match": mark})

    assert answer.status_code == 304
    assert len(waits) == 2, waits


def test_never_writes_where_each_statement_is_committed_at_once(as_eve, own_engine):
    with statements(own_engine) as seen:
        as_eve.get(view_address(ALL, Tile(10, 534, 356)))

    assert len(seen) >= 4
    assert all(statement.split()[0].lower() == "select" for statement in seen), seen


def test_what_begins_and_ends_a_transaction_is_counted_too(own_engine):
    with db.transaction(own_engine) as session:
        session.execute(text("select 1"))

    with round_trips(own_engine) as waits, db.transaction(own_engine) as session:
        session.execute(text("select 1"))

    assert len(waits) == 3
