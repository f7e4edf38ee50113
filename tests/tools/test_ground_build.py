"""The tool that builds the ground, run on a country that does not exist."""

from pathlib import Path

import numpy as np
import pytest
import shapely

from mapservice.geo import anchors, topology
from tools.ground import country, gazetteer, people, pins
from tools.ground.grouping import Member, group
from tools.ground.sources import Settlement, Unit
from tools.ground.world import World


def settlement(number: int, lng: float, lat: float, population: int, admin1: str = "01") -> Settlement:
    return Settlement(number, "NL", f"Place {number}", lng, lat, population, admin1, (f"Plaats {number}",))


@pytest.fixture(scope="module")
def world() -> World:
    """Three units in a row, with a town every tenth of a degree, a lake in the middle one."""
    units = [
        Unit(f"X-{number}", "NL", f"NL-{name}", name, "", shapely.box(4 + number, 50, 5 + number, 51))
        for number, name in enumerate(("AA", "BB", "CC"))
    ]
    towns = [
        settlement(10 * x + y, 4.05 + x / 10, 50.05 + y / 10, 20_000 + 1000 * ((x * 7 + y * 3) % 10))
        for x in range(20)
        for y in range(10)
    ]
    lake = shapely.STRtree([shapely.box(5.2, 50.2, 5.4, 50.4)])
    return World(units, {"NL": towns}, {"NL": ("Nowhere", 9_000_000)}, lake, {"NL": ("NL",)})


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.*z"))}


def test_building_twice_gives_the_same_bytes(world, tmp_path):
    country.build("NL", world, tmp_path / "one")
    country.build("NL", world, tmp_path / "two")

    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert len(files(tmp_path / "one")) == 3


def test_an_empty_unit_joins_its_neighbour_and_every_floor_holds(world, tmp_path):
    facts = country.build("NL", world, tmp_path)

    assert facts["regions"] == 2
    assert facts["below_floor"] == 0
    assert facts["least_area"] >= 50_000
    assert facts["anchors_min"] > 64


def test_other_names_are_names_in_their_best_spelling():
    names = ("MUC", "Munchen", "München", "mwnykh", "Мюнхен", "Munich, Bavaria", "Minga")
    munich = Settlement(1, "NL", "Munich", 4.5, 50.5, 1_000_000, "01", names)

    assert gazetteer.other_names(munich) == ["München", "Мюнхен", "Minga"]


def test_a_borough_is_counted_once():
    places = [settlement(1, 4.5, 50.5, 1_000_000), settlement(2, 4.52, 50.5, 300_000), settlement(3, 4.5, 50.9, 5_000)]

    assert people.corrected(places, 2_000_000) == [700_000, 300_000, 5_000]


def test_parts_that_claim_more_than_the_whole_are_shrunk_to_it():
    places = [settlement(1, 4.5, 50.5, 1_000_000), *(settlement(i, 4.51, 50.5, 600_000) for i in (2, 3))]

    assert sum(people.corrected(places, 5_000_000)) <= 1_000_000


@pytest.mark.parametrize(("true_people", "counted"), [(500_000, 500_000), (10_000_000, 900_000)])
def test_a_country_is_scaled_down_and_never_up(true_people, counted):
    places = [settlement(i, 4.5 + i, 50.5, 300_000) for i in range(3)]

    assert sum(people.corrected(places, true_people)) == pytest.approx(counted, abs=3)


def test_the_smallest_joins_first_and_rather_one_that_needs_people_too():
    members = [Member(n, (float(i), 0.0)) for i, n in enumerate((60, 10, 95, 200))]

    assert group(members, {0: [1], 1: [0, 2], 2: [1, 3], 3: [2]}, 100) == [[0, 1, 2], [3]]


def test_anchors_keep_out_of_the_lake():
    lake = shapely.box(5.2, 50.2, 5.4, 50.4)
    shape = shapely.box(5.1, 50.1, 5.5, 50.5)

    lattice = pins.lattice("NL.1.1.1", "area", country.pieces.hexagons.covering(shape), shape, lake)
    places = anchors.points(next(anchors.load(anchors.dump([lattice]), ["NL.1.1.1"]))[1])

    assert len(places) == anchors.MAX_ANCHORS
    assert not shapely.contains_xy(lake, places[:, 0], places[:, 1]).any()
    assert shapely.contains_xy(shape, places[:, 0], places[:, 1]).all()


def test_a_written_topology_is_read_back_unchanged():
    left, right = shapely.box(0, 0, 1, 1) - shapely.box(0.2, 0.2, 0.4, 0.4), shapely.box(1, 0, 2, 1)

    shapes = topology.polygons(country.topology.encode({"A": left, "B": right}, 0.1))

    assert shapes["A"].symmetric_difference(left).area == pytest.approx(0, abs=1e-9)
    assert shapes["B"].symmetric_difference(right).area == pytest.approx(0, abs=1e-9)
    assert shapely.coverage_is_valid(np.array(list(shapes.values())))
