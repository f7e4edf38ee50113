"""Of whoever hid, had their place forgotten and left, no place and no condition is left, in any table."""

import datetime as dt
import uuid

import pytest
from flask import session as kept_in_session
from sqlalchemy import select

from mapservice.geo.zones import path
from mapservice.store.tables import Base, CountedMember, Membership
from testing.accounts import post, sign_in
from tests.privacy.test_deletion import ALL, traces


@pytest.fixture
def connection(owner_connection):
    """With the rights of who makes releases, so that a test can count somebody."""
    return owner_connection


@pytest.fixture
def place(session, as_alice, alice, condition, freiburg) -> list[str]:
    """What tells of where Alice is shown and counted: the zones up to the region, and the pin as a dump has it."""
    for page, form in (
        ("join", {"role": "person", "consent": "yes", "counted": "yes"}),
        ("place", {"zone": freiburg, "audience": "condition", "finer": "yes"}),
    ):
        post(as_alice, f"{ALL}/{page}", form | {"operation": str(uuid.uuid4())})
    _country, region, *_finer = zones = path(freiburg)
    session.add(CountedMember(condition_id=condition.id, member_id=alice.id, country="DE", region=region,
                              changed_on=dt.date(2026, 1, 1)))  # fmt: skip
    session.commit()
    pin = session.scalars(select(Membership.pin).where(Membership.member_id == alice.id)).one()
    return [*zones[1:], pin.desc]


def hides_forgets_and_leaves(client) -> None:
    for address, form in ((f"{ALL}/hide", {}), ("/me/place/forget", {}), (f"{ALL}/leave", {"sure": "yes"})):
        assert post(client, address, form).status_code == 303


def test_never_keeps_a_place_that_was_forgotten_in_another_browser(app, connection, as_alice, alice, place):
    elsewhere = app.test_client()
    sign_in(elsewhere, alice)
    post(as_alice, f"{ALL}/hide")
    assert {table for table, _needle in traces(connection, place)} == {
        "membership",
        "home_zone",
        "counted_member",
        "consent",
    }

    post(elsewhere, "/me/place/forget")

    assert traces(connection, place) == []


def test_never_keeps_which_community_somebody_left(session, connection, as_alice, place, condition):
    hides_forgets_and_leaves(as_alice)

    assert traces(connection, [*place, condition.slug, condition.name]) == []
    for table in Base.metadata.tables.values():
        if {"condition_id", "member_id"} <= {*table.c.keys()}:
            assert session.execute(select(table).where(table.c.condition_id.is_not(None))).all() == [], table.name


def test_a_session_that_keeps_the_zone_is_found(app, connection, as_alice, place, freiburg, condition):
    hide = app.view_functions["place.hide"]

    def hide_and_keep(slug):
        kept_in_session["shown_before"] = {slug: ["condition", freiburg]}
        return hide(slug=slug)

    app.view_functions["place.hide"] = hide_and_keep

    hides_forgets_and_leaves(as_alice)

    assert ("login_session", freiburg.lower()) in traces(connection, place)
    assert traces(connection, [condition.slug]) == [("login_session", condition.slug)]
