"""How often a view of the members' map waits for the database."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from psycopg import pq
from sqlalchemy import Engine, event, text

from mapservice import db
from mapservice.db import reading
from mapservice.geo.tiles import Tile
from mapservice.web.members_map import tile_cache
from testing.members_map import view_address
from tests.statements import statements
from tests.web.site.committed import ALL, as_eve, eve, own_engine, real_app

__all__ = ["as_eve", "eve", "own_engine", "real_app"]

#: What the script of the map sends.
SCRIPT = {"Accept": "application/json"}

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


def tiles_at(zoom: int) -> list[Tile]:
    return [Tile(zoom, x, 0) for x in range(min(2**zoom, 20))]


@pytest.mark.parametrize(("zoom", "times"), [(0, 2), (6, 2), (9, 2), (10, 3), (11, 3)])
def test_a_view_waits_for_the_database_twice_and_once_more_for_pins(real_app, as_eve, own_engine, zoom, times):
    """Once for the login, the condition and what its viewer may see, once for all counts."""
    address = view_address(ALL, *tiles_at(zoom))
    for _ in range(UNTIL_WARM):
        tile_cache.init_app(real_app)
        as_eve.get(address, headers=SCRIPT)
    tile_cache.init_app(real_app)

    with round_trips(own_engine) as waits:
        answer = as_eve.get(address, headers=SCRIPT)

    assert answer.status_code == 200
    assert len(waits) == times, waits


@pytest.mark.parametrize("zoom", [0, 6, 11])
def test_a_view_that_was_made_before_waits_for_the_database_once(as_eve, own_engine, zoom):
    address = view_address(ALL, *tiles_at(zoom))
    for _ in range(UNTIL_WARM):
        as_eve.get(address, headers=SCRIPT)

    with round_trips(own_engine) as waits:
        answer = as_eve.get(address, headers=SCRIPT)

    assert answer.status_code == 200
    assert len(waits) == 1, waits


def test_a_view_that_has_not_changed_is_known_without_its_counts(as_eve, own_engine):
    address = view_address(ALL, Tile(3, 4, 2))
    for _ in range(UNTIL_WARM):
        mark = as_eve.get(address, headers=SCRIPT).headers["ETag"]

    with round_trips(own_engine) as waits:
        answer = as_eve.get(address, headers=SCRIPT | {"If-None-Match": mark})

    assert answer.status_code == 304
    assert len(waits) == 1, waits


def test_never_writes_where_each_statement_is_committed_at_once(as_eve, own_engine, monkeypatch):
    rows = reading.rows
    with statements(own_engine) as seen:
        monkeypatch.setattr(reading, "rows", lambda *said: seen.append(said[1]) or rows(*said))
        as_eve.get(view_address(ALL, Tile(10, 534, 356)), headers=SCRIPT)

    assert len(seen) == 3
    assert all(statement.split()[0].lower() == "select" for statement in seen), seen


def test_what_begins_and_ends_a_transaction_is_counted_too(own_engine):
    with db.transaction(own_engine) as session:
        session.execute(text("select 1"))

    with round_trips(own_engine) as waits, db.transaction(own_engine) as session:
        session.execute(text("select 1"))

    assert len(waits) == 3
