"""Tests put somebody new on the map by writing rows at once: the same rows that the use cases of the pages write."""

import datetime as dt
import itertools

import pytest
from sqlalchemy import select

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.geomasking import coarsen, jitter
from mapservice.privacy.visibility import AUDIENCES, Audience
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Base, Condition, Membership
from mapservice.store.zones import tree
from testing import locations
from testing.accounts import new_member
from testing.locations import ANCHOR_KEY, JOIN_WORDS, put, put_by_use_cases
from testing.placing import place_new
from testing.routes import OF_PEOPLE
from tests.statements import statements

#: What is random, or counts how often a row was written on the way.
NEW_EACH_TIME = {"id", "member_id", "public_id", "security_stamp", "salt", "email", "version"}


def pin_is_right(session, membership) -> bool:
    """Whether the pin of a membership is the one that its salt chooses, or none where there is none."""
    zone = tree.get(session, membership.shown_zone)
    pin = jitter(zone, membership.member_id, membership.condition_id, salt=membership.salt, key=ANCHOR_KEY).pin
    return (membership.pin and membership.pin.desc) == (pin and f"POINT({pin.lng!r} {pin.lat!r})")


def rows_of_people(connection, name) -> list[dict]:
    """The rows of a table without what is new each time, with moments as days; where a pin is, that there is one."""

    def plain(column, value):
        if column == "pin":
            return value is not None
        return value.date() if isinstance(value, dt.datetime) else value

    rows = connection.execute(select(Base.metadata.tables[name])).mappings()
    held = [{column: plain(column, value) for column, value in row.items() if column not in NEW_EACH_TIME}
            for row in rows]  # fmt: skip
    return sorted(held, key=repr)


def left_by(connection, way, slug, *where) -> dict[str, list[dict]]:
    """All rows of people after somebody new was put on the map in a way, which is undone."""
    with connection.begin_nested() as undone:
        with db.open_session(connection) as session:
            member = new_member(session, "new@example.org")
            membership = way(session, member, conditions.get(session, slug), *where)
            session.commit()
            assert pin_is_right(session, membership)
        left = {name: rows_of_people(connection, name) for name in OF_PEOPLE}
        undone.rollback()
    return left


def at_once(*asked) -> Membership:
    membership = place_new(*asked, words=JOIN_WORDS, key=ANCHOR_KEY)
    assert membership is not None
    return membership


@pytest.mark.parametrize("level", [Level.COUNTRY, Level.REGION, Level.AREA])
def test_what_is_written_at_once_is_what_the_use_cases_write(connection, session, condition, freiburg, level):
    rare = session.scalars(select(Condition.slug).where(Condition.prevalence.is_(None)).limit(1)).one()
    slugs = condition.slug, rare
    session.commit()
    for slug, audience in itertools.product(slugs, AUDIENCES):
        where = slug, freiburg, coarsen(freiburg, level), audience
        left = left_by(connection, at_once, *where)
        assert left == left_by(connection, put_by_use_cases, *where), where
        assert len(left["membership"]) == 1


def test_somebody_new_takes_few_statements(connection, session, condition, freiburg):
    member = new_member(session, "new@example.org")
    with statements(connection) as asked:
        put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)

    assert len(asked) <= 10


@pytest.mark.parametrize("before", ["another community", "a block"])
def test_whoever_did_something_before_goes_the_way_of_the_pages(
    session, condition, freiburg, alice, bob, monkeypatch, before
):
    marfan = session.scalars(select(Condition).where(Condition.slug == "marfan-syndrome")).one()
    if before == "a block":
        blocks.block_account(session, bob, condition.id, alice.id, name=None, everywhere=True)
    else:
        put(session, alice, marfan, "IS", level=Level.COUNTRY, audience=Audience.MEMBERS)
    taken = []
    by_use_cases = locations.put_by_use_cases
    monkeypatch.setattr(locations, "put_by_use_cases", lambda *asked: taken.append(asked[1]) or by_use_cases(*asked))

    put(session, alice, condition, "IS", level=Level.COUNTRY, audience=Audience.CONDITION)

    assert taken == [alice]
