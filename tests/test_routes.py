"""What tests of every route compare is read again after anything was written."""

import pytest
from sqlalchemy import text

from testing.routes import people

WRITES = [
    "update member set pseudonym = 'Else'",
    "delete from member",
    "update home_zone set zone_id = 'FR'",
    "delete from membership",
    "with gone as (delete from member returning id) select count(*) from gone",
]


@pytest.mark.parametrize("statement", WRITES)
def test_a_write_is_seen(connection, bob, statement):
    before = people(connection)
    assert people(connection) == before

    connection.execute(text(statement))

    assert people(connection) != before


def test_what_was_undone_is_read_again_and_the_same(connection, bob):
    before = people(connection)
    with connection.begin_nested() as savepoint:
        connection.execute(text(WRITES[0]))
        savepoint.rollback()

    assert people(connection) == before
    assert people(connection) is not before
