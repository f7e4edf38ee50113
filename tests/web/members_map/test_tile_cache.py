"""Cached tiles: each viewer is sent what the database would have said at that moment."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from mapservice.geo import zones
from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import clusters, count_rollup, homes
from mapservice.store.tables import Membership, ZoneRow
from mapservice.web.members_map import tile_cache
from testing.accounts import new_member, post, sign_in
from testing.locations import put
from testing.members_map import tile_content, view_address

PAGE = "/conditions/acute-lymphoblastic-leukaemia"

WORLD = Tile(0, 0, 0)

EMPTY: dict[str, list] = {"clusters": [], "badges": [], "pins": []}


@pytest.fixture
def near_bob(session, bob) -> Tile:
    """The tile with Bob's pin, who is shown to the members of the condition."""
    pin = select(func.st_x(Membership.pin), func.st_y(Membership.pin)).where(Membership.member_id == bob.id)
    lng, lat = session.execute(pin).one()
    return tile_at(lng, lat, clusters.PIN_ZOOM)


def browser(app, session, name: str, condition=None, role: Role = Role.PERSON) -> FlaskClient:
    """Somebody who is signed in, and has joined a condition if one is given, shown to nobody."""
    member = new_member(session, f"{name}@example.org")
    if condition is not None:
        memberships.join(session, member, condition, role, pseudonym=None, for_minor=False)
        session.commit()
    client = app.test_client()
    sign_in(client, member)
    return client


@pytest.fixture
def as_reader(app, session, condition):
    return browser(app, session, "reader", condition)


@pytest.fixture
def made(monkeypatch) -> list[Tile]:
    """The tiles that the database was asked for."""
    tiles, in_tiles = [], clusters.in_tiles

    def noted(session, condition_id, asked, *more):
        tiles.extend(asked)
        return in_tiles(session, condition_id, asked, *more)

    monkeypatch.setattr(clusters, "in_tiles", noted)
    return tiles


def test_a_tile_is_made_once_for_all_who_may_see_the_same_people(app, session, condition, as_reader, bob, made):
    other = browser(app, session, "other", condition, Role.CAREGIVER)

    first = as_reader.get(view_address(PAGE, WORLD))
    second = other.get(view_address(PAGE, WORLD))

    assert first.data == second.data
    assert first.json["0/0/0"] != EMPTY
    assert made == [WORLD]


def test_a_view_asks_only_for_the_tiles_that_are_missing(as_reader, bob, made):
    left, right = Tile(1, 0, 0), Tile(1, 1, 0)
    alone = as_reader.get(view_address(PAGE, right)).json

    together = as_reader.get(view_address(PAGE, left, right)).json

    assert made == [right, left]
    assert list(together) == ["1/0/0", "1/1/0"]
    assert together["1/1/0"] == alone["1/1/0"]


@pytest.mark.parametrize("zoom", [0, clusters.PIN_ZOOM])
def test_never_sends_a_cached_tile_to_viewers_of_another_audience(
    app, session, condition, bob, as_reader, near_bob, zoom
):
    tile = near_bob if zoom else WORLD
    outsider = browser(app, session, "outsider")
    assert tile_content(as_reader, PAGE, tile) != EMPTY

    assert tile_content(outsider, PAGE, tile) == EMPTY
    assert tile_content(as_reader, PAGE, tile) != EMPTY
    assert tile_content(app.test_client(), PAGE, tile) is None


@pytest.mark.parametrize("zoom", [0, clusters.PIN_ZOOM])
@pytest.mark.parametrize("is_rolled_up", [False, True])
def test_never_shows_somebody_from_the_cache_after_they_hid(
    session, as_reader, bob, condition, near_bob, zoom, is_rolled_up, made
):
    tile = near_bob if zoom else WORLD
    for _ in range(2):
        assert tile_content(as_reader, PAGE, tile) != EMPTY
    assert made == [tile]

    homes.hide(session, memberships.get(session, bob, condition))
    if is_rolled_up:
        count_rollup.roll_up(session)
    session.commit()

    assert tile_content(as_reader, PAGE, tile) == EMPTY


def test_never_shows_somebody_from_the_cache_whose_account_is_deleted(session, as_reader, bob, near_bob):
    assert tile_content(as_reader, PAGE, near_bob) != EMPTY

    members.delete_account(session, bob)
    session.commit()

    assert tile_content(as_reader, PAGE, near_bob) == EMPTY


def test_a_change_of_one_condition_leaves_the_tiles_of_others(
    session, as_reader, alice, bob, condition, freiburg, made
):
    other = conditions.get(session, "crohns-disease")
    before = tile_content(as_reader, PAGE, WORLD)
    put(session, alice, other, freiburg, level=Level.AREA, audience=Audience.MEMBERS)

    assert tile_content(as_reader, PAGE, WORLD) == before
    assert made == [WORLD]


@pytest.mark.parametrize("kind", ["clusters", "pins"])
@pytest.mark.parametrize("is_bob_first", [True, False])
def test_never_marks_as_own_what_is_somebody_elses(session, as_bob, as_reader, near_bob, kind, is_bob_first):
    tile = near_bob if kind == "pins" else _tile_of(session, "DE")
    clients = [as_bob, as_reader] if is_bob_first else [as_reader, as_bob]

    own = {client: [row[-1] for row in tile_content(client, PAGE, tile)[kind]] for client in clients * 2}

    assert own == {as_bob: [True], as_reader: [False]}


@pytest.mark.parametrize("level", [Level.COUNTRY, Level.REGION])
def test_only_the_badge_of_the_zone_that_one_shows_is_ones_own(app, session, condition, freiburg, level):
    """Two people show a whole zone, one of them a coarser one."""
    clients = {}
    for shown in (Level.COUNTRY, Level.REGION):
        member = new_member(session, f"{shown}@example.org")
        put(session, member, condition, freiburg, level=shown, audience=Audience.CONDITION)
        clients[shown] = app.test_client()
        sign_in(clients[shown], member)

    tiles = {_tile_of(session, zone_id, zoom=9) for zone_id in zones.path(freiburg)[:2]}
    badges = [row for tile in tiles for row in tile_content(clients[level], PAGE, tile)["badges"]]

    assert {row[5]: row[-1] for row in badges} == {"country": level == Level.COUNTRY, "region": level == Level.REGION}


def test_never_marks_as_own_a_pin_that_a_filter_leaves_to_others(
    app, session, condition, as_bob, bob, near_bob, freiburg
):
    """Somebody of another role at the same anchor as Bob."""
    other = new_member(session, "other@example.org")
    put(session, other, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
    theirs = memberships.join(session, other, condition, Role.RESEARCHER, pseudonym=None, for_minor=False)
    theirs.pin = memberships.get(session, bob, condition).pin
    session.commit()
    tile_cache.init_app(app)

    [together] = tile_content(as_bob, PAGE, near_bob)["pins"]
    [alone] = tile_content(as_bob, PAGE, near_bob, "researcher")["pins"]
    [own] = tile_content(as_bob, PAGE, near_bob, "person")["pins"]

    assert [row[-1] for row in (together, alone, own)] == [True, False, True]


def test_a_cached_tile_is_in_the_language_of_its_reader(app, session, condition, as_reader, bob):
    spanish = browser(app, session, "spanish", condition)
    address = view_address(PAGE, _tile_of(session, "DE"))

    assert "Germany" in as_reader.get(address).text
    assert "Alemania" in spanish.get(address, headers={"Accept-Language": "es"}).text
    assert "Germany" in as_reader.get(address).text


def test_never_answers_from_the_cache_after_a_sign_out(as_reader, bob):
    assert tile_content(as_reader, PAGE, WORLD) != EMPTY

    post(as_reader, "/sign-out")

    assert tile_content(as_reader, PAGE, WORLD) is None


def _tile_of(session, zone_id: str, zoom: int | None = None) -> Tile:
    """The tile of a zone at a zoom, or at the first one that draws it."""
    columns = ZoneRow.appears, func.st_x(ZoneRow.anchor), func.st_y(ZoneRow.anchor)
    appears, lng, lat = session.execute(select(*columns).where(ZoneRow.id == zone_id)).one()
    return tile_at(lng, lat, appears if zoom is None else zoom)
