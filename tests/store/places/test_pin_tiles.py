"""Pins are found by the tile that they are on, as the database reckons it."""

import random

from sqlalchemy import text

from mapservice.geo.tiles import EDGE_LAT, Tile, tile_at
from mapservice.geo.zones import ZoneId
from mapservice.privacy.nearness import Nearness, Sought, surroundings
from mapservice.privacy.visibility import Viewer
from mapservice.store.near import people
from mapservice.store.places import clusters, member_lists
from mapservice.store.tables.community import PIN_ACROSS, PIN_DOWN, PIN_TILE
from tests.statements import statements

_NUMBERS = text(f"""
    select {PIN_TILE} as tile, floor({PIN_ACROSS} * 16384) as x, floor({PIN_DOWN} * 16384) as y from (
        select at, st_setsrid(st_makepoint(lng, lat), 4326) as pin
        from unnest(cast(:lngs as float8[]), cast(:lats as float8[])) with ordinality as point (lng, lat, at)
    ) as pins order by at
""")


def test_the_database_and_the_map_agree_on_the_tile_of_a_pin(session):
    chance = random.Random(11)
    points = [(chance.uniform(-180, 180), chance.uniform(-EDGE_LAT, EDGE_LAT)) for _ in range(2_000)]
    points += [(-180.0, 0.0), (179.999_999, 85.0), (0.0, 0.0), (-0.000_001, -85.0), (178.4, -18.1), (-176.5, -43.9)]
    lngs, lats = zip(*points, strict=True)

    rows = session.execute(_NUMBERS, {"lngs": list(lngs), "lats": list(lats)}).all()

    tiles = [tile_at(lng, lat, clusters.MAX_ZOOM) for lng, lat in points]
    assert [row.tile for row in rows] == [tile.x * 2**clusters.MAX_ZOOM + tile.y for tile in tiles]
    assert [Tile(14, int(row.x), int(row.y)) for row in rows] == [tile_at(lng, lat, 14) for lng, lat in points]


def test_pins_are_found_by_their_condition_and_tile(session, bob):
    session.execute(text("set local enable_seqscan = off"))
    looked_for = f"select from membership where condition_id = 1 and pin is not null and {PIN_TILE} = 1"

    plan = "\n".join(session.scalars(text(f"explain {looked_for}")))

    assert "ix_membership_condition_id_pin_tile" in plan
    assert "Filter" not in plan
    assert PIN_TILE in str(clusters._PINS)


def test_the_people_of_a_cell_are_looked_for_on_its_tile(session, connection, bob, condition):
    with statements(connection) as seen:
        member_lists.stacked_in(session, condition, Tile(13, 4274, 2847), Viewer(bob.id), None, limit=20, offset=0)

    asked = [statement for statement in seen if statement.startswith("SELECT")]
    assert len(asked) == 2
    assert all(PIN_TILE in statement and "pin IS NOT NULL" in statement for statement in asked)


def test_the_people_of_a_country_are_found_in_the_order_of_their_list(session, connection, bob, condition):
    """Without an index for it all of them would be read and sorted."""
    group = surroundings(ZoneId("DE.1.1.1"))[Nearness.COUNTRY]
    session.execute(text("set local enable_seqscan = off"))
    # A handful of rows is quickly sorted; without the index they are sorted all the same.
    session.execute(text("set local enable_sort = off"))
    in_country = "condition_id = 1 and shown_zone is not null and left(shown_zone, 2) = 'DE'"

    plan = "\n".join(
        session.scalars(text(f"explain select from membership where {in_country} order by public_id limit 9"))
    )

    assert "ix_membership_country" in plan
    assert "Sort" not in plan
    with statements(connection) as seen:
        people.find(session, condition, group, Viewer(bob.id, has_joined=True), Sought(), start="")
    assert any("left(membership.shown_zone, 2) = " in statement for statement in seen)
