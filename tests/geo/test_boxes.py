"""Which countries and regions a box meets, also over the antimeridian."""

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from mapservice.geo.bbox import Bbox
from mapservice.geo.shapes import intersecting, shapes

LNGS, LATS = st.floats(-180, 180), st.floats(-90, 90)


def test_a_box_over_the_antimeridian_meets_both_sides():
    codes = intersecting("country", Bbox(177, -20, -178, -15))

    assert "FJ" in codes
    assert {"DE", "US"} & set(codes) == set()


@pytest.mark.parametrize("level", ["country", "region"])
def test_the_box_of_the_world_meets_every_shape_in_order(level):
    assert intersecting(level, Bbox(-180, -90, 180, 90)) == sorted(shapes(level))


@given(LNGS, LATS, LNGS, LATS)
@example(180, -90, -180, 90)
@example(0, 0, 0, 0)
def test_a_box_meets_what_geometry_says(west, south, east, north):
    south, north = sorted((south, north))
    parts = [(west, east)] if west <= east else [(west, 180), (-180, east)]
    boxes = [shapely.box(left, south, right, north) for left, right in parts]
    expected = {name for name, shape in shapes("country").items() if any(shape.intersects(box) for box in boxes)}

    assert set(intersecting("country", Bbox(west, south, east, north))) == expected
