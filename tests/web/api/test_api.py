"""Published figures for programs: the same as everywhere, kept as long as they hold, and problems in words."""

import csv
import io
import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from mapservice import create_app
from mapservice.actions import export_figures
from mapservice.files.formats import TYPES, Format
from mapservice.files.table import Geography
from testing.accounts import CHEAP, sign_in
from tests.web.api.conftest import ALL, SHOWN

CSV = "/api/v1/releases/2/figures.csv"
ONE = {"condition": ALL}


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """Where temporary files go."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_conditions_are_listed_page_by_page(client):
    first, second = (client.get("/api/v1/conditions", query_string={"page": page}).json for page in (1, 2))

    assert len(first["conditions"]) == 100
    assert first["matched"] == second["matched"]
    assert first["pages"] == -(-first["matched"] // 100)
    assert not {condition["slug"] for condition in first["conditions"]} & {
        condition["slug"] for condition in second["conditions"]
    }
    assert client.get("/api/v1/conditions?page=100000").json["conditions"] == []


def test_a_condition_is_found_by_an_abbreviation_and_by_its_code(client):
    conditions = client.get("/api/v1/conditions?q=ALL").json["conditions"]
    code = conditions[0]["codes"]["ORPHA"][0]

    assert conditions[0]["slug"] == ALL
    assert conditions[0]["synonyms"] > 0
    assert client.get("/api/v1/conditions", query_string={"q": f"ORPHA:{code}"}).json["conditions"][0]["slug"] == ALL


def test_a_condition_leads_to_its_page_and_its_figures(client):
    condition = client.get(f"/api/v1/conditions/{ALL}").json

    assert client.get(condition["page"]).status_code == 200
    with (
        client.get(condition["figures"], follow_redirects=True) as named,
        client.get(CSV, query_string=ONE) as numbered,
    ):
        assert named.data == numbered.data


def test_releases_are_listed_with_the_newest_first(client):
    listing = client.get("/api/v1/releases").json

    assert [release["number"] for release in listing["releases"]] == [2, 1]
    assert listing["current"] == 2
    assert client.get("/api/v1/releases/1").json == listing["releases"][1]


@pytest.mark.parametrize("path", ["", "/figures.csv?condition=multiple-sclerosis&by=region&condition=x"])
def test_the_current_release_is_another_name_for_a_number(client, path):
    answer = client.get(f"/api/v1/releases/current{path}")

    assert answer.status_code == 307
    assert answer.headers["Cache-Control"] == "public, max-age=60"
    assert answer.location.startswith("/api/v1/releases/2")
    assert answer.location.count("condition=") == path.count("condition=")


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize("by", Geography)
def test_a_file_is_what_the_command_writes(config, session, client, form, by):
    with client.get(f"/api/v1/releases/2/figures.{form}", query_string={**ONE, "by": by}) as answer:
        content = answer.data
    selection = export_figures.select_figures(session, [ALL], by, release=2)
    path = export_figures.write_file(session, config, selection, form)
    written = path.read_bytes()
    shutil.rmtree(path.parent)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f"attachment; filename={path.name}"
    assert answer.headers["Content-Type"] == TYPES[form]
    assert answer.content_length == len(content)
    if form in {Format.CSV, Format.GEOJSON, Format.DICTIONARY}:
        assert content == written


def test_a_file_can_name_countries_in_other_languages_and_list_what_is_too_few(client):
    with client.get(CSV, query_string={**ONE, "language": "es", "with_few": "yes"}) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert {row["country_name"] for row in rows if row["zone"] == "DE"} == {"Alemania"}
    assert {row["people"] for row in rows if row["zone"] == "IS"} == {""}
    assert {row["zone"]: int(row["people"]) for row in rows if row["people"]}.items() <= SHOWN.items()


def test_a_numbered_file_is_kept_for_ever(client):
    with client.get(CSV, query_string=ONE) as first:
        mark = first.headers["ETag"]
    with client.get(CSV, query_string=ONE, headers={"If-None-Match": mark}) as again:
        assert (again.status_code, again.data) == (304, b"")

    assert first.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert again.headers["ETag"] == mark


def test_never_leaves_a_file_behind(client, temporary, monkeypatch):
    for method in ("GET", "HEAD"):
        for form in Format:
            client.open(f"/api/v1/releases/2/figures.{form}", method=method, query_string=ONE).close()
    cancelled = client.get(CSV, query_string=ONE)
    assert list(temporary.glob("mapservice-*")) == []
    cancelled.close()

    monkeypatch.setattr(export_figures, "write", lambda *_args, **_kwargs: 1 / 0)
    assert client.get(CSV, query_string=ONE).status_code == 500
    assert list(temporary.glob("mapservice-*")) == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/nothing", 404),
        ("/api/v1/conditions/nothing", 404),
        ("/api/v1/releases/3", 404),
        ("/api/v1/releases/99999999999999999999", 404),
        (f"/api/v1/releases/3/figures.csv?condition={ALL}", 404),
        ("/api/v1/releases/2/figures.csv?condition=seven-green-kettles", 404),
        ("/api/v1/releases/2/figures.pdf?condition=x", 404),
        ("/api/v1/releases/2/figures.csv", 400),
        (f"{CSV}?condition={ALL}&by=district", 400),
        (f"{CSV}?condition={ALL}&by=country&by=country", 400),
        (f"{CSV}?condition={ALL}&language=xx", 400),
        (f"{CSV}?condition={ALL}&with_few=seven-green-kettles", 400),
        (f"{CSV}?condition={ALL}&seven-green-kettles=1", 400),
        ("/api/v1/conditions?page=0", 400),
        ("/api/v1/conditions?page=٣", 400),
        ("/api/v1/conditions?q=%00", 400),
        ("/api/v1/conditions?q=" + "x" * 201, 400),
        ("/api/v1/releases?page=1", 400),
        (f"/api/v1/releases/2/figures.html?condition={ALL}&condition=crohns-disease", 422),
        ("/api/v1/releases/2/figures.csv?" + "&".join(f"condition=c{n}" for n in range(101)), 422),
        ("/ogc/collections/nothing/items", 404),
    ],
)
def test_a_problem_says_what_to_do_and_repeats_nothing(client, path, status):
    answer = client.get(path, headers={"Accept": "text/html"})

    problem = json.loads(answer.data)
    assert answer.mimetype == "application/problem+json"
    assert answer.status_code == problem["status"] == status
    assert len(problem["detail"]) > 30
    assert "kettles" not in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", [CSV, "/ogc", "/api/v1/nothing"])
def test_never_takes_anything(client, method, path):
    answer = client.open(path, method=method, data={"a": "b"}, headers={"Origin": "https://evil.example"})

    assert answer.status_code == (404 if path.endswith("nothing") else 405)
    assert answer.mimetype == "application/problem+json"


def test_never_looks_for_a_visitor(app, session, bob):
    client = app.test_client()
    sign_in(client, bob)
    for path in ("/api/v1/releases", "/api/v1/nothing", f"{CSV}?condition={ALL}", "/ogc", "/api/v1/openapi.json"):
        with client.get(path) as answer:
            assert "Cookie" not in answer.headers.get("Vary", "")
            assert "Set-Cookie" not in answer.headers
    assert client.get("/me").status_code == 200


def test_a_page_of_another_site_may_ask_first(client):
    answer = client.options(CSV, headers={"Origin": "https://elsewhere.example"})

    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_files_that_take_long_have_a_limit_of_their_own(config, connection):
    config = replace(config, limit_files="2 per day")
    client = create_app(config, engine=connection, TESTING=True, **CHEAP).test_client()
    many = "&".join(
        f"condition={condition['slug']}" for condition in client.get("/api/v1/conditions").json["conditions"][:11]
    )

    answers = []
    for path in (f"figures.xlsx?condition={ALL}", f"figures.csv?{many}", f"figures.gpkg?condition={ALL}"):
        answers.append(client.get(f"/api/v1/releases/2/{path}"))
        answers[-1].close()

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert answers[-1].mimetype == "application/problem+json"
    with client.get(f"{CSV}?condition={ALL}") as light:
        assert light.status_code == 200


def test_a_page_explains_it_to_people(client):
    page = client.get("/api")

    assert "curl -LO -J" in page.text
    assert "CC BY 4.0" in page.text
    assert 'href="/api/v1/openapi.json"' in page.text
    assert client.get("/api/v1").location == "/api"
    assert 'href="/api"' in client.get("/sources").text
    assert 'href="/api"' in client.get(f"/conditions/{ALL}").text
