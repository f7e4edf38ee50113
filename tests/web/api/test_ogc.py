"""A GIS finds the collections, pages through them, and gets the figures of the files."""

import csv
import datetime as dt
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import shapely
import shapely.geometry
from hypothesis import given
from hypothesis import strategies as st

from mapservice.web.api.ogc_collections import COLLECTIONS
from mapservice.web.api.ogc_parameters import MAX_LIMIT, read_bbox, read_period
from tests.web.api.conftest import ALL, SHOWN

ITEMS = "/ogc/collections/{}/items"
BY_COUNTRY, BY_REGION = ITEMS.format("figures-by-country"), ITEMS.format("figures-by-region")


def ids(answer) -> list[str]:
    return [feature["id"] for feature in answer.json["features"]]


def links(content) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in content["links"]}


def test_every_link_leads_somewhere(client):
    seen, waiting = set(), ["http://localhost/ogc"]
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        for link in (answer.json or {}).get("links", []) + [
            link for collection in (answer.json or {}).get("collections", []) for link in collection["links"]
        ]:
            assert client.get(link["href"]).mimetype == link["type"].partition(";")[0]
            if link["href"] not in seen and link["rel"] not in {"next", "prev"}:
                waiting.append(link["href"])
    assert len(seen) >= 5 + 2 * len(COLLECTIONS)


def test_the_landing_page_has_the_links_of_the_standard(client):
    assert {"self", "service-desc", "service-doc", "conformance", "data"} <= set(links(client.get("/ogc").json))
    assert [uri.rpartition("/")[2] for uri in client.get("/ogc/conformance").json["conformsTo"]] == [
        "core", "geojson", "oas30",
    ]  # fmt: skip


@pytest.mark.parametrize("collection", [collection.name for collection in COLLECTIONS])
@pytest.mark.parametrize("limit", [2, 1000])
def test_pages_give_every_feature_once_and_in_one_order(client, collection, limit):
    if not collection.startswith("figures"):
        limit *= 300
    address, all_ids, pages = f"{ITEMS.format(collection)}?limit={limit}", [], 0
    while address:
        answer = client.get(address)
        all_ids += ids(answer)
        pages += 1
        assert answer.json["numberReturned"] == len(answer.json["features"]) <= limit
        address = links(answer.json).get("next")

    assert len(all_ids) == len(set(all_ids)) == answer.json["numberMatched"]
    assert pages == max(-(-len(all_ids) // min(limit, MAX_LIMIT)), 1)
    whole = client.get(f"{ITEMS.format(collection)}?limit=1000&offset=0")
    assert all_ids[:1000] == ids(whole)


def test_figures_are_those_of_the_file(client):
    for by, items in (("country", BY_COUNTRY), ("region", BY_REGION)):
        with client.get(f"/api/v1/releases/2/figures.csv?condition={ALL}&by={by}") as answer:
            rows = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["level"] != "world"]
        collection = client.get(f"{items}?condition={ALL}").json
        features = [feature["properties"] for feature in collection["features"]]

        assert [{name: str(value) for name, value in feature.items()} for feature in features] == rows
        assert {feature["zone"]: feature["people"] for feature in features}.items() <= SHOWN.items()
        assert collection["licence"] == "CC BY 4.0"
        assert collection["release"] == 2


def test_without_a_condition_there_are_all_that_have_figures(client):
    collection = client.get(BY_COUNTRY)

    assert collection.json["numberMatched"] == 6
    assert {feature_id.partition(":")[0] for feature_id in ids(collection)} == {ALL, "crohns-disease"}


def test_a_feature_has_an_address_of_its_own(client):
    for path in (BY_COUNTRY, BY_REGION, ITEMS.format("countries"), ITEMS.format("regions")):
        for feature in client.get(f"{path}?limit=2").json["features"]:
            alone = client.get(f"{path}/{feature['id']}").json
            assert links(alone)["self"] == f"http://localhost{path}/{feature['id']}"
            assert {name: value for name, value in alone.items() if name != "links"} == feature
        for unknown in ("nothing", f"{ALL}:ZZ", "nothing:DE", ":", "DE.3.1"):
            assert client.get(f"{path}/{unknown}").status_code == 404


def test_an_earlier_release_can_be_asked_for_and_is_kept_for_ever(client):
    newest, first = client.get(BY_COUNTRY), client.get(f"{BY_COUNTRY}?release=1")

    assert [feature["properties"]["people"] for feature in first.json["features"]] == [80]
    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert newest.headers["Cache-Control"] == "public, max-age=300"
    assert client.get(f"{BY_COUNTRY}?release=3").status_code == 404
    assert client.get(f"{BY_COUNTRY}/{ALL}:DE?release=1").json["properties"]["people"] == 80


def test_the_moment_of_an_answer_is_no_change(client):
    first = client.get(BY_COUNTRY)
    again = client.get(BY_COUNTRY, headers={"If-None-Match": first.headers["ETag"]})

    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.json["timeStamp"])
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("bbox", "inside", "outside"),
    [
        ("5,47,15,55", {"DE", "FR"}, {"US", "FJ"}),
        ("5,47,0,15,55,9000", {"DE", "FR"}, {"US", "FJ"}),
        ("170,-30,-170,0", {"FJ"}, {"DE", "US"}),
        ("-179.9,-90,179.9,90", {"DE", "FJ", "US", "NZ"}, set()),
        ("10,51,10,51", {"DE"}, {"FR"}),
        ("-150,-50,-140,-40", set(), {"DE", "FJ", "US", "NZ"}),
    ],
)
def test_a_box_finds_the_shapes_that_it_meets(client, bbox, inside, outside):
    zones = set(ids(client.get(f"{ITEMS.format('countries')}?limit=1000&bbox={bbox}")))
    figures = {feature_id.partition(":")[2] for feature_id in ids(client.get(f"{BY_COUNTRY}?bbox={bbox}"))}

    assert inside <= zones
    assert not outside & zones
    assert figures == zones & set(SHOWN)


def test_a_box_is_answered_as_geometry_says(client):
    box = shapely.box(20, 40, 30, 50)
    shapes = {
        feature["id"]: shapely.geometry.shape(feature["geometry"])
        for offset in (0, 1000, 2000)
        for feature in client.get(f"{ITEMS.format('regions')}?limit=1000&offset={offset}").json["features"]
    }

    zones = ids(client.get(f"{ITEMS.format('regions')}?limit=1000&bbox=20,40,30,50"))

    assert zones == sorted(name for name, shape in shapes.items() if shape.intersects(box))
    assert len(zones) > 20


@pytest.mark.parametrize(
    "bbox", ["", "1", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "a,b,c,d", "0,10,10,0", "nan,0,1,1", "0,0,1e999,1",
             "1_0,0,11,1", "200,0,100,1", "0,0,1,1,", " 0,0,1,1"],
)  # fmt: skip
def test_a_malformed_box_is_a_400(client, bbox):
    answer = client.get(ITEMS.format("countries"), query_string={"bbox": bbox})

    assert answer.status_code == 400
    assert "west,south,east,north" in answer.json["detail"]


@given(st.text(max_size=40))
def test_never_reads_a_box_that_is_none(text):
    try:
        box = read_bbox(text)
    except ValueError:
        return
    assert box.south <= box.north


@pytest.mark.parametrize(
    ("datetime", "is_met"),
    [
        ("2026-11-16", True),
        ("2026-11-16T12:00:00Z", True),
        ("2026-11-16t12:00:00.5+01:00", True),
        ("2026-11-17", False),
        ("2026-11-01/2026-11-16", True),
        ("../2026-11-15", False),
        ("/2026-11-16", True),
        ("2026-11-16/..", True),
        ("2026-11-17T00:00:00Z/", False),
        ("../..", True),
    ],
)
def test_figures_are_of_the_day_of_their_release_and_shapes_of_any(client, datetime, is_met):
    figures = client.get(BY_COUNTRY, query_string={"datetime": datetime}).json
    shapes = client.get(ITEMS.format("countries"), query_string={"datetime": datetime}).json

    assert (figures["numberMatched"] > 0) is is_met
    assert shapes["numberMatched"] > 100


@pytest.mark.parametrize(
    "datetime", ["", "yesterday", "2026", "2026-13-01", "2026-11-16T25:00:00Z", "2026-11-17/2026-11-16", "a/b", "1/2/3"]
)
def test_a_malformed_time_is_a_400(client, datetime):
    for path in (BY_COUNTRY, ITEMS.format("countries")):
        assert client.get(path, query_string={"datetime": datetime}).status_code == 400


@given(st.dates(), st.dates())
def test_a_period_is_read_as_it_is_written(first, last):
    first, last = sorted((first, last))

    assert read_period(f"{first}/{last}") == (first, last)
    assert read_period(f"../{last}") == (dt.date.min, last)


@pytest.mark.parametrize("limit", ["0", "-1", "a", "", "1.5", "9999999999"])
def test_a_malformed_limit_is_a_400(client, limit):
    assert client.get(ITEMS.format("countries"), query_string={"limit": limit}).status_code == 400


def test_a_larger_limit_is_cut(client):
    collection = client.get(f"{ITEMS.format('regions')}?limit=100000").json

    assert collection["numberReturned"] == MAX_LIMIT
    assert parse_qs(urlsplit(links(collection)["next"]).query) == {"limit": ["1000"], "offset": ["1000"]}


def test_what_is_asked_of_figures_is_unknown_to_shapes(client):
    for name in ("condition", "release"):
        assert client.get(f"{ITEMS.format('countries')}?{name}=1").status_code == 400


def test_links_stand_under_the_address_that_is_set(config, connection):
    from dataclasses import replace

    from mapservice import create_app

    app = create_app(replace(config, public_url="https://map.example.org/"), engine=connection, TESTING=True)
    landing = app.test_client().get("/ogc", headers={"Host": "evil.example"}).json

    assert {urlsplit(link["href"]).netloc for link in landing["links"]} == {"map.example.org"}
