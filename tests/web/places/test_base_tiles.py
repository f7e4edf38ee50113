"""The tiles of the base map: drawn once in each process, and again at once when the base map is loaded again."""

import gzip
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from mapservice import create_app
from mapservice.geo.tiles import Tile
from mapservice.store.tables.zones import BaseTile, Loaded
from mapservice.store.zones import basemap
from testing.accounts import CHEAP
from testing.releasing import as_owner
from tests.statements import statements

#: A tile that is drawn when it is asked for, and one that is stored when the base map is loaded.
DRAWN, STORED = Tile(6, 33, 21), Tile(2, 2, 1)

LONGER = BaseTile.data.op("||")(b"\x00")


@pytest.fixture
def visitor(app):
    return app.test_client()


def get(client, at, **headers):
    return client.get(f"/tiles/base/{at.z}/{at.x}/{at.y}.mvt", headers=headers)


def load_again(session, digest):
    """What loading the base map does last: other tiles, then another digest."""
    with as_owner(session):
        session.execute(update(BaseTile).values(data=LONGER))
        session.execute(update(Loaded).filter_by(subject="basemap").values(digest=digest))


@pytest.mark.parametrize("at", [DRAWN, STORED])
def test_a_tile_from_memory_is_the_same_to_the_byte(visitor, session, connection, at):
    packed = gzip.compress(basemap.tile(session, at), 5, mtime=0)
    assert gzip.decompress(packed)

    first = get(visitor, at, **{"Accept-Encoding": "gzip"})
    with statements(connection) as asked:
        second = get(visitor, at, **{"Accept-Encoding": "gzip"})

    assert first.data == second.data == packed
    assert first.headers["Content-Encoding"] == second.headers["Content-Encoding"] == "gzip"
    assert first.headers["ETag"] == second.headers["ETag"]
    assert [" from loaded " in statement for statement in asked if "SAVEPOINT" not in statement] == [True]
    assert get(visitor, at).data == gzip.decompress(packed)
    assert get(visitor, at, **{"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]}).status_code == 304


def test_a_base_map_that_was_loaded_again_shows_at_once(visitor, session):
    before = get(visitor, STORED).data
    assert get(visitor, STORED).data == before

    load_again(session, "another file")

    assert get(visitor, STORED).data == basemap.tile(session, STORED) == before + b"\x00"


def test_each_time_the_base_map_is_loaded_has_another_version(session):
    before = basemap.version(session)

    load_again(session, "another file")
    other = basemap.version(session)
    with as_owner(session):
        session.execute(delete(Loaded))

    assert before
    assert other
    assert before != other
    assert basemap.version(session) is None


def test_never_keeps_a_tile_while_no_base_map_counts_as_loaded(visitor, session):
    before = get(visitor, STORED).data
    with as_owner(session):
        session.execute(delete(Loaded))
        session.execute(update(BaseTile).values(data=LONGER))

    assert get(visitor, STORED).data == before + b"\x00"

    with as_owner(session):
        session.execute(update(BaseTile).values(data=LONGER))

    assert get(visitor, STORED).data == before + b"\x00\x00"


def test_never_keeps_a_tile_of_another_service(app, config, connection, session):
    get(app.test_client(), STORED)
    with as_owner(session):
        session.execute(update(BaseTile).values(data=b"another"))
    other = create_app(config, engine=connection, TESTING=True, **CHEAP)

    assert get(other.test_client(), STORED).data == b"another"


def test_a_tile_is_counted_when_it_is_drawn_and_not_when_it_comes_from_memory(config, connection):
    app = create_app(replace(config, limit_pages="2 per minute"), engine=connection, TESTING=True, **CHEAP)
    visitor = app.test_client()

    statuses = [get(visitor, at).status_code for at in (DRAWN, DRAWN, STORED, STORED, Tile(0, 0, 0), DRAWN, STORED)]

    assert statuses == [200, 200, 200, 200, 429, 200, 200]


def test_a_tile_that_does_not_exist_is_not_found(visitor):
    assert get(visitor, Tile(9, 0, 0)).status_code == 404
    assert visitor.get("/tiles/base/2/4/0.mvt").status_code == 404
