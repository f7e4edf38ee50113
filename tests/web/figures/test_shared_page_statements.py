"""How often the page of a condition waits for the database if the process has it in memory."""

import pytest

from mapservice import db
from tests.web.members_map.test_view_statements import UNTIL_WARM, round_trips
from tests.web.site.committed import ALL, own_engine, real_app
from tests.web.site.test_faults import cut, pooled

__all__ = ["own_engine", "real_app"]


@pytest.fixture
def mark(real_app):
    """The mark of the page, which is then in memory, and its statement prepared."""
    for _ in range(UNTIL_WARM):
        mark = real_app.test_client().get(ALL).headers["ETag"]
    return mark


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_a_page_from_memory_waits_for_the_database_once(real_app, own_engine, mark, encoding):
    with round_trips(own_engine) as waits:
        answer = real_app.test_client().get(ALL, headers={"Accept-Encoding": encoding})

    assert answer.status_code == 200
    assert answer.data
    assert len(waits) == 1, waits


def test_a_page_that_has_not_changed_waits_for_the_database_once(real_app, own_engine, mark):
    with round_trips(own_engine) as waits:
        answer = real_app.test_client().get(ALL, headers={"If-None-Match": mark})

    assert answer.status_code == 304
    assert len(waits) == 1, waits


def test_a_page_from_memory_needs_no_session_of_the_database(real_app, mark, monkeypatch):
    monkeypatch.setattr(db, "open_session", None)

    assert real_app.test_client().get(ALL).headers["ETag"] == mark
    assert real_app.test_client().get(ALL, headers={"If-None-Match": mark}).status_code == 304


def test_a_connection_that_was_cut_is_never_noticed_by_a_page_from_memory(real_app, own_engine, engine, mark):
    cut(engine, pooled(own_engine))

    assert real_app.test_client().get(ALL).headers["ETag"] == mark


def test_never_keeps_a_connection_where_each_statement_is_committed_at_once(real_app, own_engine, mark):
    """The next request may write on the same connection."""
    with own_engine.connect() as connection:
        assert not connection.connection.driver_connection.autocommit
