"""The shapes that figures are drawn with, made again from the committed zone files."""

import gzip
import json

import pytest
import shapely

from mapservice.geo import topology, zone_data
from mapservice.geo.zones import Level
from tools.ground import shapes

COMMITTED = zone_data.GROUND / "shapes"


def read(name: str) -> dict:
    return json.loads(gzip.decompress((COMMITTED / f"{name}.json.gz").read_bytes()))


@pytest.mark.parametrize("name", ["countries", "regions"])
def test_the_file_is_small_enough_for_a_phone(name):
    assert (COMMITTED / f"{name}.json.gz").stat().st_size < 600_000


def test_every_country_and_region_of_the_tree_has_a_shape_and_a_name():
    zones = {row[0]: row for code in zone_data.codes() for row in shapes._table(code)["zones"]}
    for name, level in (("countries", Level.COUNTRY), ("regions", Level.REGION)):
        geometries = read(name)["objects"]["areas"]["geometries"]
        assert {geometry["id"] for geometry in geometries} == {zone for zone, row in zones.items() if row[1] == level}
        assert all(geometry["properties"]["name"] == zones[geometry["id"]][2] for geometry in geometries)


def test_a_shape_lies_where_its_zone_lies():
    [iceland] = [zone.shape for zone in zone_data.country("IS") if zone.id == "IS"]
    drawn = topology.polygons(read("countries"))["IS"]

    assert shapely.intersection(drawn, iceland).area > 0.95 * iceland.area
    assert drawn.area < 1.05 * iceland.area


def test_neighbours_share_their_border():
    drawn = topology.polygons(read("countries"))

    assert shapely.intersection(drawn["ES"], drawn["PT"]).area < 1e-9
    assert shapely.intersection(drawn["ES"].boundary, drawn["PT"].boundary).length > 5


def test_building_twice_gives_the_same_bytes():
    assert shapes.build(["LU", "BE", "MT"]) == shapes.build(["LU", "BE", "MT"])
