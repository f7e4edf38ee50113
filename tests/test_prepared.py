"""Statements stay prepared on the connections of the pages, so that PostgreSQL plans each of them once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from mapservice import db
from mapservice.hosting import embedded

#: A statement is prepared when it is asked for so often.
OFTEN = 6

_PREPARED = text("select count(*) from pg_prepared_statements where not from_sql")


@pytest.fixture
def one(server, ground_database) -> Iterator[Engine]:
    """An engine of the pages with one connection."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database), pool_size=1)
    yield engine
    engine.dispose()


def read(engine: Engine, times: int = OFTEN) -> None:
    for _ in range(times):
        with engine.connect() as connection:
            connection.scalar(text("select name from condition limit 1"))


def prepared(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(_PREPARED) or 0


def test_a_page_that_only_reads_leaves_its_statements_prepared(one):
    read(one)

    assert prepared(one) == 1


def test_never_keeps_what_was_written_and_not_committed(one):
    read(one)
    with one.connect() as connection:
        connection.execute(text("insert into allowance (key, filled_at, tokens) values ('\\x01', now(), 1)"))

    with one.connect() as connection:
        assert connection.scalar(text("select count(*) from allowance where key = '\\x01'")) == 0


def test_an_error_forgets_what_was_prepared_before_it(one):
    read(one)
    with one.connect() as connection, pytest.raises(ProgrammingError):
        connection.execute(text("select no_such_column from condition"))

    assert prepared(one) == 0
