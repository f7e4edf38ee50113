"""Tile arithmetic: every place has one tile, and every tile its place."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mapservice.geo.tiles import EDGE_LAT, EDGE_M, MAX_ZOOM, NoSuchTileError, Tile, tile_at

LNG = st.floats(-180, 180)
LAT = st.floats(-90, 90)


@st.composite
def tiles(draw, last_zoom=MAX_ZOOM):
    z = draw(st.integers(0, last_zoom))
    column = st.integers(0, 2**z - 1)
    return Tile(z, draw(column), draw(column))


@given(LNG, LAT, st.integers(0, MAX_ZOOM))
@example(180.0, 0.0, 5)
@example(-180.0, 0.0, 5)
@example(179.99999999999997, 85.06, MAX_ZOOM)
@example(0.0, 90.0, 3)
@example(0.0, -90.0, 3)
def test_a_place_lies_in_its_tile(lng, lat, zoom):
    west, south, east, north = tile_at(lng, lat, zoom).bounds_lnglat

    across = -180 if lng == 180 else lng
    down = max(-EDGE_LAT, min(EDGE_LAT, lat))
    assert west - 1e-9 <= across <= east + 1e-9
    assert south - 1e-9 <= down <= north + 1e-9


@given(tiles())
def test_the_middle_of_a_tile_leads_back_to_it(tile):
    west, south, east, north = tile.bounds_lnglat

    assert tile_at((west + east) / 2, (south + north) / 2, tile.z) == tile


@given(tiles(last_zoom=MAX_ZOOM - 1))
def test_children_share_their_parent_and_cover_it(tile):
    assert {child.parent for child in tile.children} == {tile}
    west, south, east, north = tile.bounds_mercator
    boxes = [child.bounds_mercator for child in tile.children]
    assert min(box[0] for box in boxes) == pytest.approx(west, abs=1e-6)
    assert min(box[1] for box in boxes) == pytest.approx(south, abs=1e-6)
    assert max(box[2] for box in boxes) == pytest.approx(east, abs=1e-6)
    assert max(box[3] for box in boxes) == pytest.approx(north, abs=1e-6)


@given(tiles(last_zoom=18))
def test_degrees_and_metres_name_the_same_square(tile):
    for lng, x in zip(tile.bounds_lnglat[::2], tile.bounds_mercator[::2], strict=True):
        assert lng / 180 * EDGE_M == pytest.approx(x, abs=1e-3)
    for lat, y in zip(tile.bounds_lnglat[1::2], tile.bounds_mercator[1::2], strict=True):
        assert math.asinh(math.tan(math.radians(lat))) / math.pi * EDGE_M == pytest.approx(y, abs=1e-3)


def test_both_sides_of_the_antimeridian_are_the_same_place():
    assert tile_at(180, 10, 8) == tile_at(-180, 10, 8) == tile_at(540, 10, 8)
    assert tile_at(-179.9, 10, 4).x == 0
    assert tile_at(179.9, 10, 4).x == 15


def test_the_poles_lie_in_the_edge_rows():
    assert tile_at(0, 90, 4).y == 0
    assert tile_at(0, -90, 4).y == 15


@pytest.mark.parametrize(("lng", "lat"), [(math.nan, 0), (0, math.nan), (math.inf, 0), (0, math.inf), (0, 90.001)])
def test_what_is_no_place_has_no_tile(lng, lat):
    with pytest.raises(NoSuchTileError):
        tile_at(lng, lat, 3)


@pytest.mark.parametrize(
    ("z", "x", "y"), [(-1, 0, 0), (MAX_ZOOM + 1, 0, 0), (0, 1, 0), (3, 8, 0), (3, 0, 8), (3, -1, 0), (3, 0, -1)]
)
def test_what_is_outside_the_pyramid_is_no_tile(z, x, y):
    with pytest.raises(NoSuchTileError):
        Tile(z, x, y)


def test_the_world_has_no_parent():
    assert Tile(0, 0, 0).parent is None
