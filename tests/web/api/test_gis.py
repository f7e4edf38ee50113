"""A real GIS library reads the figures from a running service, and they are those of the file."""

import csv
import io
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from werkzeug.serving import ThreadedWSGIServer, make_server

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from testing import database
from testing.accounts import CHEAP
from tests.web.api.conftest import ALL, SHOWN


@pytest.fixture(autouse=True)
def released():
    """The running service has a database and a release of its own."""


@pytest.fixture(scope="module")
def live(server, tmp_path_factory) -> Iterator[str]:
    """The address of a running service with one release."""
    with database.clone(server, database.ground_template(server)) as name:
        owner = db.new_engine(embedded.url(server, embedded.OWNER, name))
        with owner.begin() as connection:
            connection.execute(text("insert into release values (1, date '2026-11-16', 'default', 1)"))
            connection.execute(
                text("""
                    insert into released_count (release, condition_id, place, shown)
                    select 1, id, place, shown from condition, unnest(cast(:places as text[]), cast(:shown as int[]))
                        as t (place, shown) where slug = :slug
                """),
                {"places": list(SHOWN), "shown": list(SHOWN.values()), "slug": ALL},
            )
        owner.dispose()
        engine = db.new_engine(embedded.url(server, embedded.RUNTIME, name))
        config = Config(state=tmp_path_factory.mktemp("state"), secret_key="5e" * 32, anchor_key="a0" * 32)
        running = make_server("localhost", 0, create_app(config, engine=engine, LIMITS=False, **CHEAP), threaded=True)
        assert isinstance(running, ThreadedWSGIServer)
        running.daemon_threads = False
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://localhost:{running.port}"
        running.shutdown()
        thread.join()
        running.server_close()
        engine.dispose()


# In a process of its own: GDAL lets no other thread of its process answer while it waits.
_LAYERS = "import json, pyogrio, sys; print(json.dumps(pyogrio.list_layers(sys.argv[1]).tolist()))"
_ROWS = """
import json, pyogrio.raw, sys
box = tuple(json.loads(sys.argv[3])) or None
meta, _ids, shapes, columns = pyogrio.raw.read(sys.argv[1], layer=sys.argv[2], bbox=box)
rows = zip(*(each.tolist() for each in columns), strict=True)
print(json.dumps([dict(zip(meta["fields"], row, strict=True)) for row in rows], default=str))
print(json.dumps([shape is not None for shape in shapes]))
"""


def gis(script: str, live: str, *arguments: str) -> list:
    """What a GIS reads, line by line."""
    command = [sys.executable, "-c", script, f"OAPIF:{live}/ogc", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [json.loads(line) for line in ran.stdout.splitlines()]


def layer(live: str, name: str, bbox: tuple[float, ...] = ()) -> list[dict]:
    rows, shapes = gis(_ROWS, live, name, json.dumps(bbox))
    assert all(shapes)
    return rows


def test_a_gis_finds_the_layers(live):
    [layers] = gis(_LAYERS, live)

    assert [name for name, _kind in layers] == ["countries", "regions", "figures-by-country", "figures-by-region"]


@pytest.mark.parametrize("by", ["country", "region"])
def test_a_gis_reads_the_figures_of_the_file(live, by):
    with urllib.request.urlopen(f"{live}/api/v1/releases/1/figures.csv?condition={ALL}&by={by}") as answer:
        rows = [row for row in csv.DictReader(io.TextIOWrapper(answer, "utf-8")) if row["level"] != "world"]

    read = layer(live, f"figures-by-{by}")

    assert {feature["zone"]: int(feature["people"]) for feature in read} == {
        row["zone"]: int(row["people"]) for row in rows
    }
    assert {feature["zone"]: feature["country_name"] for feature in read} == {
        row["zone"]: row["country_name"] for row in rows
    }


def test_a_gis_pages_through_all_regions_and_through_a_box(live):
    assert len({feature["zone"] for feature in layer(live, "regions")}) > 2_000
    assert {feature["country"] for feature in layer(live, "regions", (7, 50, 8, 51))} <= {"DE", "FR", "BE", "NL", "LU"}
