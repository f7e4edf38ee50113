"""The committed ground: what the privacy model promises about the zone tree, held against every zone."""

import csv
import gzip
import json
from functools import cache

import numpy as np
import pytest
import shapely

from mapservice.errors import UnknownZoneError
from mapservice.geo import anchors, zone_data, zones
from mapservice.geo.zone_data import GROUND, ZoneRecord
from mapservice.geo.zones import FLOOR, Level

#: Countries whose shapes are looked at: plain, archipelago, antimeridian, enclave, groups of small states, few people.
LOOKED_AT = ["CH", "FJ", "IS", "LS", "NL", "XA", "XB", "XD", "XH", "XJ"]


@cache
def rows(code: str) -> list[list]:
    """The rows of a zone file, without its shapes."""
    return json.loads(gzip.decompress((GROUND / "zones" / f"{code}.json.gz").read_bytes()))["zones"]


@cache
def records(code: str) -> dict[str, ZoneRecord]:
    """The zones of a zone file by id."""
    return {zone.id: zone for zone in zone_data.country(code)}


@cache
def every_row() -> list[list]:
    """The rows of all zone files."""
    return [row for code in zone_data.codes() for row in rows(code)]


@cache
def gazetteer(country: str) -> dict:
    """The gazetteer of a country."""
    return json.loads(gzip.decompress((GROUND / "gazetteer" / f"{country}.json.gz").read_bytes()))


@cache
def report() -> list[dict[str, str]]:
    """The report that the tool wrote."""
    with (GROUND / "report.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_never_has_a_zone_fewer_people_than_its_floor():
    below = [row for row in every_row() if row[3] < FLOOR[Level(row[1])]]

    assert below == []


def test_the_world_is_all_there():
    levels = [row[1] for row in every_row()]

    assert len(zone_data.countries()) > 230
    assert levels.count("country") > 180
    assert levels.count("region") > 1500
    assert levels.count("district") > 5000
    assert levels.count("area") > 10000


def test_every_zone_has_one_parent_that_is_there():
    ids = [row[0] for row in every_row()]
    known = set(ids)

    assert len(known) == len(ids)
    assert [zone for zone in ids if "." in zone and zones.parent(zone) not in known] == []


def test_the_id_tells_the_level():
    assert [row[0] for row in every_row() if zones.level_of(row[0]) != row[1]] == []


def test_children_are_numbered_from_one_without_gaps():
    numbers: dict[str, list[int]] = {}
    for row in every_row():
        above, _, number = row[0].rpartition(".")
        if above:
            numbers.setdefault(above, []).append(int(number))

    assert [zone for zone, ordinals in numbers.items() if ordinals != list(range(1, len(ordinals) + 1))] == []


def test_every_zone_above_an_area_has_children():
    parents = {row[0].rpartition(".")[0] for row in every_row()}

    assert [row[0] for row in every_row() if row[1] != "area" and row[0] not in parents] == []


def test_people_of_a_zone_are_those_of_its_children():
    children: dict[str, int] = {}
    for row in every_row():
        above = row[0].rpartition(".")[0]
        children[above] = children.get(above, 0) + row[3]

    assert [row[0] for row in every_row() if row[1] != "area" and row[3] != children[row[0]]] == []


def test_never_counts_a_country_more_people_than_it_truly_has_or_than_were_corrected():
    most = [(row, min(int(row["true_people"]), int(row["corrected"]))) for row in report()]

    assert [row["code"] for row, people in most if int(row["people"]) > people] == []


def test_names_are_unique_within_a_country_at_a_level():
    for code in zone_data.codes():
        named = [(row[1], row[2]) for row in rows(code)]
        assert len(set(named)) == len(named), code
        assert all(name.strip() for _, name in named), code


def test_every_country_is_in_one_zone_file_and_in_one_part():
    members = sorted(iso for row in every_row() if row[1] == "country" for iso in row[4])

    assert members == [country.code for country in zone_data.countries()]
    assert {country.part for country in zone_data.countries()} == {part.id for part in zone_data.parts()}
    for country in zone_data.countries():
        assert country.code in next(row[4] for row in rows(country.zones) if row[1] == "country")


def test_a_zone_opens_later_than_the_zone_it_lies_in():
    opens = {part.id: part.opens for part in zone_data.parts()} | {row[0]: row[6] for row in every_row()}
    last = {"country": 6, "region": 8, "district": 9, "area": 10}
    part_of = zone_data.part_of()

    for zone, level, *_, zoom in every_row():
        assert opens[zones.parent(zone) or part_of[zone]] < zoom <= last[level], zone
    assert {row[6] for row in every_row() if row[1] == "area"} == {10}
    assert {part.opens for part in zone_data.parts()} <= {3, 4}


def test_every_file_is_small_enough_for_a_page():
    for path in [*GROUND.glob("zones/*.gz"), *GROUND.glob("gazetteer/*.gz")]:
        assert path.stat().st_size <= 500_000, path.name
        assert path.read_bytes()[4:8] == b"\0\0\0\0", f"{path.name} carries the time of writing"


def test_every_district_and_area_has_anchors_and_no_other_zone_has():
    for code in zone_data.codes():
        finer = [row[0] for row in rows(code) if row[1] in ("district", "area")]
        packed = dict(anchors.load((GROUND / "anchors" / f"{code}.bin.xz").read_bytes(), finer))
        assert list(packed) == finer
        assert all(1 <= anchors.count(points) <= anchors.MAX_ANCHORS for points in packed.values()), code


@pytest.mark.parametrize("code", LOOKED_AT)
def test_never_stands_an_anchor_outside_its_zone(code):
    for zone in records(code).values():
        if zone.anchors:
            shapely.prepare(zone.shape)
            places = anchors.points(zone.anchors)
            assert shapely.contains_xy(zone.shape, places[:, 0], places[:, 1]).all(), zone.id
            assert len(np.unique(places, axis=0)) == len(places), zone.id


@pytest.mark.parametrize("code", LOOKED_AT)
def test_clusters_stand_inside_their_zone(code):
    assert [zone.id for zone in records(code).values() if not shapely.contains_xy(zone.shape, *zone.anchor)] == []


@pytest.mark.parametrize("code", LOOKED_AT)
def test_leaves_neither_overlap_nor_leave_gaps_along_their_borders(code):
    leaves = [zone.shape for zone in records(code).values() if zone.level == Level.AREA]

    assert shapely.is_valid(leaves).all()
    assert shapely.coverage_is_valid(np.array(leaves))
    assert records(code)[code].shape.area == pytest.approx(sum(leaf.area for leaf in leaves))


@pytest.mark.parametrize("code", LOOKED_AT)
def test_shapes_stay_on_the_map(code):
    west, south, east, north = shapely.total_bounds([zone.shape for zone in records(code).values()])

    assert -180 <= west < east <= 180
    assert -90 <= south < north <= 90


@pytest.mark.parametrize(
    ("code", "place", "lng", "lat"),
    [
        ("FJ", "Suva", 178.44, -18.13),
        ("FJ", "Taveuni, west of the antimeridian", 179.95, -16.85),
        ("FJ", "Lakeba, east of the antimeridian", -178.8, -18.22),
        ("RU", "Uelen in Chukotka, beyond the antimeridian", -169.85, 66.155),
        ("NZ", "Chatham Island", -176.5, -43.95),
        ("XB", "Longyearbyen on Svalbard", 15.63, 78.21),
        ("LS", "Maseru", 27.52, -29.33),
        ("XA", "Vatican", 12.4533, 41.9033),
        ("XA", "Monaco", 7.417, 43.735),
        ("XB", "Nuuk", -51.72, 64.18),
        ("UA", "Simferopol", 34.1, 44.95),
        ("PR", "San Juan", -66.1, 18.42),
        ("XE", "Cayenne", -52.32, 4.93),
        ("RE", "Saint-Denis", 55.45, -20.9),
        ("SO", "Hargeisa", 44.06, 9.56),
        ("CY", "Kyrenia", 33.32, 35.32),
    ],
)
def test_the_edge_places_have_a_zone_of_their_country_within_a_few_kilometres(code, place, lng, lat):
    leaves = [zone.shape for zone in records(code).values() if zone.level == Level.AREA]

    assert min(shapely.distance(leaves, shapely.Point(lng, lat))) < 0.03, place


def test_no_country_takes_the_enclave_in_its_middle():
    lesotho, vatican = shapely.Point(28.2, -29.5), shapely.Point(12.4533, 41.9033)

    assert not records("ZA")["ZA"].shape.contains(lesotho)
    assert records("XA")["XA"].shape.distance(vatican) < 0.002


def test_settlements_lie_in_a_zone_of_their_own_country():
    sizeable, placed = (sum(int(row[column]) for row in report()) for column in ("sizeable", "placed"))

    assert placed / sizeable >= 0.995
    assert len((GROUND / "misplaced.tsv").read_text(encoding="utf-8").splitlines()) == sizeable - placed + 1


def test_every_country_has_a_gazetteer_that_names_its_own_areas():
    for country in zone_data.countries():
        table = gazetteer(country.code)
        assert table["places"], country.code
        assert set(table["areas"]) <= {row[0] for row in rows(country.zones) if row[1] == "area"}, country.code
        for name, region, area, *others in table["places"]:
            assert name
            assert 0 <= region < len(table["regions"])
            assert 0 <= area < len(table["areas"])
            assert not others or all(isinstance(other, str) for other in others[0])


def test_never_tells_a_gazetteer_a_coordinate_or_a_figure():
    for country in zone_data.countries():
        assert {type(item) for row in gazetteer(country.code)["places"] for item in row} <= {str, int, list}
        assert all(len(row) <= 4 for row in gazetteer(country.code)["places"])


def test_a_town_is_found_in_the_area_that_is_named_after_it():
    table = gazetteer("DE")
    name, _, area, *_ = next(row for row in table["places"] if row[0] == "Freiburg")

    zone = records("DE")[table["areas"][area]]

    assert name in zone.name


@pytest.mark.parametrize("junk", ["", "de", "DE.", "DE.0", "DE.1.2.3.4", "DE.1 ", "../DE", "DE.-1", "15", "DE.1\n"])
def test_junk_is_no_zone(junk):
    with pytest.raises(UnknownZoneError):
        zones.level_of(junk)
