import threading
from functools import partial

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.tiles import Tile, tile_at
from mapservice.geo.zones import Level, path
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.places import clusters, home_zones, homes, member_lists
from mapservice.store.places.current_counts import CURRENT
from mapservice.store.tables import Condition, Consent, HomeZone, Member, Membership
from testing.accounts import new_member
from testing.locations import put, zone_called
from tests.counts import count_rows, true_rows


def test_somebody_shown_is_counted_in_their_zone_and_in_each_above(session, bob, condition, freiburg):
    counted = {zone_id: n for _, zone_id, _, _, n in count_rows(session)}

    assert counted == {**dict.fromkeys(path(freiburg), 1), "155": 1}


def test_hiding_takes_somebody_out_of_every_count_and_keeps_the_zone(session, bob, condition, freiburg):
    homes.show_to(session, memberships.get(session, bob, condition), Audience.NOBODY)

    assert count_rows(session) == []
    assert home_zones.home(session, bob).zone_id == freiburg
    assert session.get(Membership, (condition.id, bob.id)).shown_zone == freiburg


def test_forgetting_erases_the_place_everywhere(session, bob, condition):
    homes.forget(session, bob)

    membership = session.get(Membership, (condition.id, bob.id))
    assert (membership.shown_zone, membership.pin, membership.audience) == (None, None, "nobody")
    assert session.get(HomeZone, bob.id) is None
    assert count_rows(session) == []


def test_leaving_erases_membership_counts_and_consents(session, bob, condition):
    consents.agree(session, bob, condition.id, "joined", "I agree.")

    memberships.leave(session, memberships.get(session, bob, condition))

    assert count_rows(session) == []
    assert session.scalar(select(func.count()).select_from(Consent).where(Consent.member_id == bob.id)) == 0
    assert session.get(Membership, (condition.id, bob.id)) is None


def test_leaving_the_only_condition_erases_the_home(session, bob, condition):
    memberships.leave(session, memberships.get(session, bob, condition))

    assert session.get(HomeZone, bob.id, populate_existing=True) is None


def test_no_place_erases_the_home_unless_another_condition_shows_it(session, bob, condition, freiburg):
    other = conditions.get(session, "crohns-disease")
    put(session, bob, other, freiburg, level=Level.REGION, audience=Audience.CONDITION)

    homes.take_off(session, memberships.get(session, bob, condition))
    assert session.get(HomeZone, bob.id, populate_existing=True) is not None

    homes.take_off(session, memberships.get(session, bob, other))
    assert session.get(HomeZone, bob.id, populate_existing=True) is None


def test_never_keeps_anything_of_a_member_who_deleted_the_account(session, bob, condition):
    homes.forget_member(session, bob)
    session.delete(bob)
    session.flush()

    assert count_rows(session) == []
    assert session.scalar(select(func.count()).select_from(HomeZone).where(HomeZone.member_id == bob.id)) == 0


def test_never_stores_a_second_pin_for_the_same_zone(session, bob, condition, freiburg):
    pins = set()
    for _ in range(40):
        put(session, bob, condition, freiburg, level=Level.AREA, audience=Audience.CONDITION)
        pins.add(session.scalar(select(func.st_astext(Membership.pin)).where(Membership.member_id == bob.id)))

    assert len(pins) == 1


def test_a_pin_lies_in_the_shape_of_its_zone(session, bob):
    inside = text("select st_contains(shape, pin) from membership join zone on zone.id = shown_zone")

    assert session.scalars(inside).all() == [True]


@pytest.mark.parametrize("level", [Level.COUNTRY, Level.REGION])
def test_never_stores_a_pin_for_a_country_or_a_region(session, bob, condition, freiburg, level):
    membership = put(session, bob, condition, freiburg, level=level, audience=Audience.CONDITION)

    assert membership.pin is None


def test_speaking_for_a_child_takes_the_pin_back_to_the_region(session, bob, condition, freiburg):
    membership = memberships.join(session, bob, condition, Role.CAREGIVER, pseudonym=None, for_minor=True)

    homes.respect_minor(session, membership)

    assert (membership.shown_zone, membership.pin) == (path(freiburg)[1], None)
    assert count_rows(session) == true_rows(session)


def test_counts_follow_the_memberships_through_every_change(session, alice, bob, carol, condition, freiburg):
    other = conditions.get(session, "crohns-disease")
    put(session, alice, condition, freiburg, level=Level.DISTRICT, audience=Audience.MEMBERS)
    put(session, alice, other, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    memberships.join(session, bob, condition, Role.RESEARCHER, pseudonym="B.", for_minor=False)
    homes.show_to(session, memberships.get(session, alice, condition), Audience.CONDITION)
    homes.take_off(session, memberships.get(session, alice, other))

    assert count_rows(session) == true_rows(session) != []


class TestWhatAViewerSees:
    """Every list, tile, count and card asks one rule who may see whom."""

    @pytest.mark.parametrize(
        ("joined", "seen"), [(None, 0), (False, 1), (True, 2)], ids=["stranger", "member", "member of the condition"]
    )
    def test_never_shows_more_than_the_audience_allows(self, session, alice, bob, carol, condition, joined, seen):
        viewer = Viewer() if joined is None else Viewer(alice.id, has_joined=joined)

        assert member_lists.total(session, condition, None, viewer, None) == seen
        assert sum(row.n for row in member_lists.rows_below(session, condition, None, viewer, None)) == seen
        world = drawn(session, condition, tile_at(0, 0, 0), viewer)
        assert sum(cluster.n for cluster in world.clusters) == seen

    def test_a_pin_and_its_card_are_for_its_audience_only(self, session, alice, bob, condition, freiburg):
        lng, lat = session.execute(select(func.st_x(Membership.pin), func.st_y(Membership.pin))).one()
        tile = tile_at(lng, lat, clusters.PIN_ZOOM)
        [stack] = drawn(session, condition, tile, Viewer(alice.id, has_joined=True)).pins

        assert drawn(session, condition, tile, Viewer(alice.id)).pins == []
        card = member_lists.card(session, condition, stack.public_id, Viewer(alice.id, has_joined=True))
        assert (card.pseudonym, card.zone_id) == ("Bob", freiburg)

    def test_a_country_member_is_a_badge_once_the_country_has_opened(self, session, alice, carol, condition):
        viewer = Viewer(alice.id)
        lng, lat = session.execute(text("select st_x(anchor), st_y(anchor) from zone where id = 'IS'")).one()

        badges = drawn(session, condition, tile_at(lng, lat, 9), viewer).badges

        assert [(badge.zone_id, badge.n) for badge in badges] == [("IS", 1)]

    @pytest.mark.parametrize("zoom", range(10))
    def test_everybody_is_counted_once_at_every_zoom(self, session, alice, bob, carol, condition, zoom):
        viewer = Viewer(alice.id, has_joined=True)
        tiles = sorted({tile_at(lng, lat, zoom) for lng, lat in _all_anchors(session)})

        by_tile = clusters.in_tiles(partial(db.read_rows, session.connection()), condition.id, tiles, viewer, None)

        assert sum(zone.n for tile in tiles for zone in (*by_tile[tile].clusters, *by_tile[tile].badges)) == 2

    @pytest.mark.parametrize("zoom", [0, 1, 3, 6, 9, 10, 11])
    def test_a_view_holds_what_each_of_its_tiles_holds_alone(self, session, alice, bob, carol, condition, zoom):
        viewer = Viewer(alice.id, has_joined=True)
        near = sorted({tile_at(lng, lat, zoom) for lng, lat in _all_anchors(session)})
        tiles = sorted({*near, *(tile_at(lng, 48, zoom) for lng in range(-170, 180, 40))})

        together = clusters.in_tiles(partial(db.read_rows, session.connection()), condition.id, tiles, viewer, None)

        assert together == {tile: drawn(session, condition, tile, viewer) for tile in tiles}
        assert any(content != clusters.TileContent() for content in together.values())


def drawn(session: Session, condition: Condition, tile: Tile, viewer: Viewer) -> clusters.TileContent:
    return clusters.in_tiles(partial(db.read_rows, session.connection()), condition.id, [tile], viewer, None)[tile]


def _all_anchors(session: Session) -> list[tuple[float, float]]:
    counted = f"select st_x(anchor), st_y(anchor) from zone where id in (select zone_id from {CURRENT} as counted)"
    return [tuple(row) for row in session.execute(text(counted))]


def test_counts_hold_when_sixteen_members_join_at_once(engine: Engine, owner_engine: Engine):
    with db.open_session(engine) as session:
        condition = conditions.get(session, "crohns-disease")
        area = zone_called(session, "Freiburg", Level.AREA, "DE")
        crowd = [new_member(session, f"crowd-{n}@example.org") for n in range(16)]
    try:
        threads = [threading.Thread(target=_join, args=(engine, member, condition, area)) for member in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with db.transaction(engine) as session:
            assert count_rows(session) == true_rows(session)
            assert max(row[-1] for row in count_rows(session)) == 16
    finally:
        with db.transaction(engine) as session:
            for member in crowd:
                kept = session.get_one(Member, member.id)
                members.delete_account(session, kept)
    with db.transaction(engine) as session:
        assert count_rows(session) == []


def _join(engine: Engine, member: Member, condition, area: str) -> None:
    with db.open_session(engine) as session:
        put(session, session.get_one(Member, member.id), condition, area, level=Level.AREA, audience=Audience.MEMBERS)
