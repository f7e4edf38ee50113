"""Files that are the same for everybody ask neither the database nor who somebody is, also if they do not exist."""

import pytest

from tests.statements import statements
from tests.web.site.committed import as_eve, eve, own_engine, real_app

__all__ = ["as_eve", "eve", "own_engine", "real_app"]

GROUND = ["countries.json", "regions.json", "zones/MO.json", "gazetteer/MO.json"]
FILES = ["/static/icon.svg", "/look/colours/0d5656-84d3c9.css", *(f"/ground/1/{name}" for name in GROUND)]
MISSING = [
    "/static/none.js",
    "/static/",
    "/ground/1/zones/XX.json",
    "/ground/1/zones/../x",
    "/ground/x",
    "/look/colours/red.css",
]


@pytest.mark.parametrize(("path", "status"), [(path, 200) for path in FILES] + [(path, 404) for path in MISSING])
def test_a_file_for_everybody_needs_no_database_and_uses_up_no_limit(real_app, as_eve, own_engine, path, status):
    real_app.config["LIMITS"] = True

    with statements(own_engine) as asked:
        answer = as_eve.get(path)

    assert answer.status_code == status
    assert asked == []
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_what_is_no_file_of_everybody_asks_the_database(as_eve, own_engine):
    with statements(own_engine) as asked:
        as_eve.get("/groundless")

    assert asked
