"""The coarse shapes of countries and regions."""

import pytest
import shapely

from mapservice.geo import zone_data
from mapservice.geo.shapes import shapes


@pytest.mark.parametrize("level", ["country", "region"])
def test_every_zone_of_a_level_has_a_sound_shape(level):
    by_code = shapes(level)

    if level == "country":
        assert set(by_code) == set(zone_data.codes())
    assert len(by_code) > 190
    assert all(shape.is_valid and not shape.is_empty for shape in by_code.values())


def test_rings_run_as_rfc_7946_wants_and_stay_on_one_side_of_the_antimeridian():
    for shape in shapes("country").values():
        for part in shapely.get_parts(shape):
            assert part.exterior.is_ccw
            assert not any(hole.is_ccw for hole in part.interiors)
            west, _south, east, _north = part.bounds
            assert -180 <= west <= east <= 180
            # Antarctica has no zone; the widest part is Russia's main land.
            assert east - west < 170
