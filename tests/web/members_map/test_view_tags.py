"""The script of the map asks whether its last answer has changed: it is told so by a mark that says nothing else."""

import datetime as dt
import re
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from mapservice import create_app, db
from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import login_sessions, members
from mapservice.store.accounts.login_sessions import VISITOR
from mapservice.store.across import viewpoints
from mapservice.store.blocks import blocks
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import clusters, count_rollup, homes
from mapservice.store.tables import Membership
from mapservice.web.members_map import view_tags
from mapservice.web.site.browser_session import token_hash
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.locations import put, show
from testing.members_map import view_address
from tests.store.places.test_count_rollup import cleared

__all__ = ["cleared"]

PAGE = "/conditions/acute-lymphoblastic-leukaemia"

WORLD = Tile(0, 0, 0)
FREIBURG = tile_at(7.85, 47.99, 10)


@pytest.fixture
def reader(session, condition):
    """A member who has joined the condition and is shown to nobody."""
    member = new_member(session, "reader@example.org")
    memberships.join(session, member, condition, Role.PERSON, pseudonym=None, for_minor=False)
    session.commit()
    return member


@pytest.fixture
def as_reader(app, reader):
    client = app.test_client()
    sign_in(client, reader)
    return client


def mark(client: FlaskClient, tile: Tile = WORLD, query: str = "") -> str:
    answer = client.get(view_address(PAGE, tile) + query)
    assert answer.status_code == 200
    return answer.headers["ETag"]


def tile_of(session, member, zoom: int) -> Tile:
    """The tile on which somebody is drawn at a zoom."""
    pin = select(func.st_x(Membership.pin), func.st_y(Membership.pin)).where(Membership.member_id == member.id)
    lng, lat = session.execute(pin).one()
    return tile_at(lng, lat, zoom)


def again(client: FlaskClient, known: str, tile: Tile = WORLD, query: str = ""):
    return client.get(view_address(PAGE, tile) + query, headers={"If-None-Match": known})


@pytest.mark.parametrize("tile", [WORLD, FREIBURG], ids=["clusters", "pins"])
def test_a_view_that_has_not_changed_is_not_sent_again(as_reader, bob, tile):
    first = as_reader.get(view_address(PAGE, tile))

    answer = again(as_reader, first.headers["ETag"], tile)

    assert (answer.status_code, answer.data) == (304, b"")
    for name in ("ETag", "Cache-Control", "Vary"):
        assert answer.headers[name] == first.headers[name]
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert b"Bob" not in first.data
    assert again(as_reader, f"W/{first.headers['ETag']}", tile).status_code == 304, (
        "as a proxy that compresses marks it"
    )


@pytest.mark.parametrize("zoom", [0, clusters.PIN_ZOOM], ids=["clusters", "pins"])
@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_never_says_that_nothing_has_changed_after_somebody_hid(session, as_reader, bob, condition, zoom, is_rolled_up):
    tile = tile_of(session, bob, zoom)
    if is_rolled_up:
        count_rollup.roll_up(session)
    known = mark(as_reader, tile)

    homes.hide(session, memberships.get(session, bob, condition))
    session.commit()

    answer = again(as_reader, known, tile)
    assert answer.status_code == 200
    assert not any(rows for content in answer.json.values() for rows in content.values())
    count_rollup.roll_up(session)
    session.commit()
    assert again(as_reader, known, tile).status_code == 200


def test_never_says_that_nothing_has_changed_when_somebody_hid_and_another_came(
    session, as_reader, alice, bob, condition, freiburg
):
    """All numbers are as before, and the people are others."""
    tile = tile_of(session, bob, clusters.PIN_ZOOM)
    known = mark(as_reader, tile)

    homes.hide(session, memberships.get(session, bob, condition))
    put(session, alice, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)

    assert again(as_reader, known, tile).status_code == 200


def test_never_changes_a_mark_by_what_its_viewer_may_not_see(
    session, as_neighbour, as_reader, alice, bob, condition, freiburg
):
    """Others of the condition come, hide and move where those outside of it see nobody; and the other way round."""
    outside, inside = mark(as_neighbour), mark(as_reader)

    put(session, alice, condition, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    homes.hide(session, memberships.get(session, bob, condition))
    session.commit()

    assert mark(as_neighbour) == outside
    assert again(as_neighbour, outside).status_code == 304
    assert mark(as_reader) == inside, "all numbers of the world are as before"

    homes.show_to(session, memberships.get(session, alice, condition), Audience.MEMBERS)
    session.commit()
    assert mark(as_neighbour) != outside
    put(session, bob, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
    assert mark(as_reader) != inside


def test_never_changes_a_mark_by_what_its_viewer_does_not_see_because_of_a_block(
    session, as_reader, reader, bob, condition, freiburg
):
    """Somebody hides and is shown again, which the viewer would notice by another mark of the same answer."""
    blocks.block(session, bob, memberships.find(session, reader, condition), name=None)
    session.commit()
    known = mark(as_reader)

    for audience in (Audience.NOBODY, Audience.CONDITION):
        homes.show_to(session, memberships.get(session, bob, condition), audience)
        session.commit()
        assert mark(as_reader) == known


def test_an_answer_with_the_same_bytes_has_the_same_mark_with_and_without_a_block(
    session, as_reader, reader, alice, bob, condition, freiburg
):
    """Otherwise a viewer could tell by it whether anybody has blocked them."""
    put(session, alice, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
    blocks.block(session, alice, memberships.find(session, reader, condition), name=None)
    session.commit()
    known = mark(as_reader)

    members.delete_account(session, alice)
    session.commit()

    assert mark(as_reader) == known
    assert again(as_reader, known).status_code == 304


def test_never_changes_a_mark_by_who_joins_and_is_shown_to_nobody(session, as_reader, alice, bob, condition, freiburg):
    known = mark(as_reader)

    put(session, alice, condition, freiburg, level=Level.AREA, audience=Audience.NOBODY)
    memberships.join(session, alice, condition, Role.RESEARCHER, pseudonym="A.", for_minor=False)
    session.commit()

    assert again(as_reader, known).status_code == 304


def test_never_changes_a_mark_by_another_condition(session, as_reader, alice, bob, freiburg):
    known = mark(as_reader)

    other = conditions.get(session, "crohns-disease")
    put(session, alice, other, freiburg, level=Level.AREA, audience=Audience.MEMBERS)

    assert again(as_reader, known).status_code == 304


def test_adding_the_changes_up_changes_no_mark(session, as_reader, bob, condition):
    known = mark(as_reader)

    assert count_rollup.roll_up(session)
    session.commit()

    assert again(as_reader, known).status_code == 304


def test_never_says_that_nothing_has_changed_to_somebody_who_has_signed_out(app, as_reader, reader, bob):
    known = mark(as_reader)

    post(as_reader, "/sign-out")

    answer = as_reader.get(view_address(PAGE, WORLD), headers={"If-None-Match": known, "Accept": "application/json"})
    assert answer.status_code == 401
    assert "ETag" not in answer.headers
    sign_in(as_reader, reader)
    assert again(as_reader, known).status_code == 200, "another login"


def _joins_as(role: Role):
    return lambda session, member, condition, _zone: memberships.join(
        session, member, condition, role, pseudonym=None, for_minor=False
    )


@pytest.mark.parametrize(
    "act",
    [
        _joins_as(Role.CAREGIVER),
        lambda session, member, condition, _zone: memberships.leave(
            session, memberships.get(session, member, condition)
        ),
        lambda session, member, condition, zone: show(
            session, member, memberships.get(session, member, condition), zone, Audience.CONDITION
        ),
        lambda _session, member, _condition, _zone: members.choose_language(member, "es"),
    ],
    ids=["another role", "leaves", "shows themselves", "another language"],
)
def test_never_says_that_nothing_has_changed_after_the_viewer_has(
    session, as_reader, reader, bob, condition, freiburg, act
):
    known = mark(as_reader)

    act(session, reader, condition, freiburg)
    session.commit()

    assert again(as_reader, known).status_code == 200


def test_never_says_that_nothing_has_changed_after_the_viewer_hid(session, as_bob, bob, condition):
    known = mark(as_bob, FREIBURG)

    post(as_bob, f"{PAGE}/hide")

    assert again(as_bob, known, FREIBURG).status_code == 200


def test_never_takes_a_mark_for_that_of_another_view(as_reader, bob):
    known = mark(as_reader)

    assert again(as_reader, known, Tile(1, 1, 0)).status_code == 200
    assert again(as_reader, known, WORLD, "&role=researcher").status_code == 200
    assert again(as_reader, "*").status_code == 200


def test_never_gives_two_viewers_or_two_days_the_same_mark(app, as_reader, as_neighbour, reader, carol, monkeypatch):
    known = mark(as_reader)
    assert re.fullmatch(r'"[0-9a-f]{32}"', known)
    assert mark(as_neighbour) != known
    elsewhere = app.test_client()
    sign_in(elsewhere, reader)
    assert mark(elsewhere) != known

    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    monkeypatch.setattr(view_tags, "dt", SimpleNamespace(UTC=dt.UTC, datetime=SimpleNamespace(now=lambda _: tomorrow)))
    assert again(as_reader, known).status_code == 200


@pytest.mark.parametrize("key", ["secret_key", "anchor_key"])
def test_never_takes_a_mark_that_was_made_with_another_key(config, connection, as_reader, bob, key):
    """With another key of the anchors all pins move, and no count changes."""
    known = mark(as_reader)
    client = create_app(replace(config, **{key: "77" * 32}), engine=connection, TESTING=True, **CHEAP).test_client()
    cookie = as_reader.get_cookie("__Host-mapservice")
    client.set_cookie("__Host-mapservice", cookie.value, secure=True, httponly=True)

    assert again(client, known).status_code == 200


def test_never_overlooks_a_change_that_began_earlier_and_was_committed_later(engine, cleared):
    condition, area, (first, second, viewer, *_) = cleared

    def versions():
        with db.open_session(engine) as session:
            login_sessions.begin(session, token_hash("token"), viewer, {})
            read = partial(db.read_rows, session.connection())
            _login, viewpoint = viewpoints.load(read, token_hash("token"), condition.slug, member=VISITOR)
            return viewpoint.versions

    with db.open_session(engine) as early:
        _put(early, condition, area, first)
        with db.open_session(engine) as late:
            _put(late, condition, area, second)
            late.commit()
        between = versions()
        early.commit()

    assert versions() != between


def _put(session, condition, area, member_id):
    membership = Membership(
        condition_id=condition.id, member_id=member_id, role=Role.PERSON, audience=Audience.NOBODY, shown_zone=area
    )
    session.add(membership)
    session.flush()
    homes.show_to(session, membership, Audience.MEMBERS)
