"""Web processes, and the connections that the database admits for them."""

import re
from dataclasses import replace

import pytest

from mapservice import db
from mapservice.cli.connection import check_pages
from mapservice.config import HOME, MAX_WORKERS
from mapservice.hosting import gateway
from mapservice.hosting.embedded import server_settings
from tests.cli.terminal import given_database, pages_database

__all__ = ["given_database", "pages_database"]

#: What PostgreSQL admits where nobody has changed it.
USUALLY_ADMITTED = 100


def admitted() -> int:
    """The connections that the private database admits."""
    (number,) = re.findall(r"^max_connections = '(\d+)'$", server_settings.configuration({}), re.MULTILINE)
    return int(number)


def test_the_private_database_admits_what_all_web_processes_may_open():
    assert db.max_connections(MAX_WORKERS) <= admitted()


def test_an_engine_opens_as_many_connections_as_are_counted():
    engine = db.new_engine("postgresql://nobody@/none")

    assert (engine.pool.size(), engine.pool._max_overflow) == (db.POOL_SIZE, db.MAX_OVERFLOW)


def test_each_thread_that_uses_the_database_finds_a_connection():
    threads = gateway.THREADS + gateway.FORM_THREADS + gateway.PASSWORD_THREADS + gateway.KNOWN_THREADS

    assert threads <= db.POOL_SIZE + db.MAX_OVERFLOW


def test_the_operators_guide_has_the_same_numbers():
    text = " ".join((HOME / "docs" / "operators.md").read_text().split())

    assert re.findall(r"max_connections = (\d+)", text) == [str(admitted())]
    assert f"A web process opens up to {db.POOL_SIZE + db.MAX_OVERFLOW} connections" in text
    assert f"PostgreSQL itself need {db.max_connections(0)} more" in text
    assert f"`MAPSERVICE_WORKERS={db.max_workers(USUALLY_ADMITTED)}` or less" in text


@pytest.mark.parametrize(("address", "workers"), [("", 2), ("", 1000), ("postgresql://pgbouncer/db", 1000)])
def test_a_database_that_admits_too_few_connections_is_named_at_the_start(
    config, pages_database, capsys, address, workers
):
    check_pages(replace(config, workers=workers, database_url=address), pages_database)

    warned = capsys.readouterr().err
    if workers == 2 or address:
        assert warned == ""
    else:
        assert re.fullmatch(
            r"Warning: the database admits \d+ connections, and 1000 web processes may open 18020: raise its "
            r"max_connections, or set MAPSERVICE_WORKERS to \d+\.\n",
            warned,
        )
