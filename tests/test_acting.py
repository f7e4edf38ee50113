"""Each transaction of a request names its member, in the message that begins it, and keeps the name to itself."""

import uuid
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from mapservice import create_app, db
from mapservice.hosting import embedded
from testing.accounts import CHEAP
from tests.web.members_map.test_view_statements import round_trips

NAMED = text("select current_setting('mapservice.member', true)")

ME, OTHER = uuid.uuid4(), uuid.uuid4()


@pytest.fixture
def one(server, ground_database) -> Iterator[Engine]:
    """An engine that keeps one connection, which all requests use in turns."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, ground_database), pool_size=1)
    yield engine
    engine.dispose()


@pytest.fixture
def own_app(config, one) -> Flask:
    return create_app(config, engine=one, **CHEAP)


def named() -> str:
    return db.get_session().scalar(NAMED) or ""


def test_a_transaction_begins_with_the_name_of_its_member_without_a_round_trip_of_its_own(own_app, one):
    def trips(member_id):
        with own_app.test_request_context(), round_trips(one) as waits:
            db.act_for(member_id)
            db.get_session().execute(text("select 1"))
        return len(waits)

    trips(ME)
    assert trips(ME) == trips(None)


def test_every_transaction_of_a_request_names_the_member(own_app):
    with own_app.test_request_context():
        db.act_for(ME)
        assert named() == str(ME)
        db.commit(db.get_session())
        assert named() == str(ME)
        db.get_session().rollback()
        assert named() == str(ME)
        with db.get_session().begin_nested():
            assert named() == str(ME)


def test_a_member_who_becomes_known_later_is_named_in_the_transaction_that_has_begun(own_app):
    with own_app.test_request_context():
        assert named() == ""
        db.act_for(ME)
        assert named() == str(ME)
        db.act_for(OTHER)
        assert named() == str(OTHER)
        db.act_for(None)
        assert named() == ""


def test_never_keeps_the_name_of_a_member_for_the_next_user_of_a_connection(own_app, one):
    with own_app.test_request_context():
        db.act_for(ME)
        assert named() == str(ME)
    with own_app.test_request_context():
        assert named() == ""
    with own_app.test_request_context():
        db.act_for(ME)
        db.get_session().connection()  # and no statement, so that nothing has begun
    with one.connect() as connection:
        assert not connection.scalar(NAMED)
    assert one.pool.checkedout() == 0


def test_never_names_anybody_where_each_statement_is_a_transaction(own_app):
    with own_app.test_request_context():
        db.act_for(ME)
        assert not db.get_reading_session().scalar(NAMED)
