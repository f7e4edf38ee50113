"""Pins are found by the tile that they are on, as the database reckons it."""

import random

from sqlalchemy import text

from mapservice.geo.tiles import EDGE_LAT, tile_at
from mapservice.store.places import clusters
from mapservice.store.tables.community import PIN_TILE

_NUMBERS = text(f"""
    select {PIN_TILE} from (
        select at, st_setsrid(st_makepoint(lng, lat), 4326) as pin
        from unnest(cast(:lngs as float8[]), cast(:lats as float8[])) with ordinality as point (lng, lat, at)
    ) as pins order by at
""")


def test_the_database_and_the_map_agree_on_the_tile_of_a_pin(session):
    chance = random.Random(11)
    points = [(chance.uniform(-180, 180), chance.uniform(-EDGE_LAT, EDGE_LAT)) for _ in range(2_000)]
    points += [(-180.0, 0.0), (179.999_999, 85.0), (0.0, 0.0), (-0.000_001, -85.0), (178.4, -18.1), (-176.5, -43.9)]
    lngs, lats = zip(*points, strict=True)

    numbers = session.scalars(_NUMBERS, {"lngs": list(lngs), "lats": list(lats)}).all()

    tiles = [tile_at(lng, lat, clusters.MAX_ZOOM) for lng, lat in points]
    assert numbers == [tile.x * 2**clusters.MAX_ZOOM + tile.y for tile in tiles]


def test_pins_are_found_by_their_condition_and_tile(session, bob):
    session.execute(text("set local enable_seqscan = off"))
    looked_for = f"select from membership where condition_id = 1 and pin is not null and {PIN_TILE} = 1"

    plan = "\n".join(session.scalars(text(f"explain {looked_for}")))

    assert "ix_membership_condition_id_pin_tile" in plan
    assert "Filter" not in plan
    assert PIN_TILE in str(clusters._PINS)
