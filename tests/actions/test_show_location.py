"""Showing a location, as the pages, the demo and the commands do it."""

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from mapservice.actions import hide
from mapservice.actions.delete_account import delete_account
from mapservice.actions.join import Joining, join
from mapservice.actions.settle_demo_member import settle_demo_member
from mapservice.actions.show_location import show_location
from mapservice.actions.withdraw_consent import withdraw_consent
from mapservice.geo import anchors
from mapservice.geo.zones import Level, ancestor, path
from mapservice.i18n.consent_wordings import ConsentWords
from mapservice.privacy.precision import needs_second_consent, offered_level
from mapservice.privacy.showing import Obstacle, Wish
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import minors
from mapservice.store.across import demo
from mapservice.store.catalogue import conditions
from mapservice.store.places import home_zones
from mapservice.store.tables import Condition, Consent, HomeZone, Member, Membership, ZoneRow
from mapservice.store.zones import tree
from testing.accounts import new_member
from testing.locations import ANCHOR_KEY, JOIN_WORDS, show, zone_called
from tests.counts import count_rows, people_in

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
WORDS = ConsentWords("I agree: {zone}", "I know: {figure} in {zone}")


@pytest.fixture
def joined(session, alice, condition):
    return join(session, alice, condition, Joining(Role.PERSON), words=JOIN_WORDS, today=NOW.date())


def wish(session, zone, audience=Audience.CONDITION, *, finer=True, moved=False):
    return Wish(tree.path(session, zone), audience, agrees_to_finer=finer, says_moved=moved)


def ask(session, member, membership, wish, *, now=NOW, confirm=lambda: True):
    condition = session.get_one(Condition, membership.condition_id)
    return show_location(
        session, member, membership, condition, wish, now=now, key=ANCHOR_KEY, words=WORDS, confirm_identity=confirm
    )


def agreed(session, member, condition):
    unrevoked = select(Consent).where(
        Consent.member_id == member.id, Consent.condition_id == condition.id, Consent.revoked_at.is_(None)
    )
    return {
        consent.kind: (consent.wording, consent.zone_id, consent.expected_people)
        for consent in session.scalars(unrevoked)
    }


def stored(session, member):
    session.expire_all()
    homes_, shown = (
        session.execute(select(table.__table__).where(table.member_id == member.id)).all()
        for table in (HomeZone, Membership)
    )
    given = select(Consent.__table__).where(Consent.member_id == member.id).order_by(Consent.kind, Consent.given_at)
    return homes_, shown, session.execute(given).all()


def test_a_location_is_stored_shown_counted_and_agreed_to(session, alice, joined, condition, freiburg):
    outcome = ask(session, alice, joined, wish(session, freiburg))

    assert outcome.obstacles == ()
    session.refresh(joined)
    assert (joined.shown_zone, joined.audience) == (freiburg, "condition")
    assert home_zones.home(session, alice).zone_id == freiburg
    assert home_zones.home(session, alice).since == NOW
    assert [people_in(session, zone, condition) for zone in path(freiburg)] == [1] * len(path(freiburg))
    assert agreed(session, alice, condition) == {
        "joined": (JOIN_WORDS.joined, None, None),
        "shown": (WORDS.shown, freiburg, None),
        "finer": (WORDS.finer, freiburg, round(tree.get(session, freiburg).people * condition.prevalence / 100_000)),
    }


def test_the_pin_is_an_anchor_of_the_zone(session, alice, joined, freiburg):
    ask(session, alice, joined, wish(session, freiburg))

    packed = session.get_one(ZoneRow, freiburg).anchors
    session.refresh(joined)
    lng, lat = session.execute(select(joined.pin.ST_X(), joined.pin.ST_Y())).one()
    assert (lng, lat) in {anchors.point(packed, at) for at in range(anchors.count(packed))}


def test_the_second_consent_ends_where_the_zone_needs_none(session, alice, joined, condition, freiburg):
    ask(session, alice, joined, wish(session, freiburg))
    offered = offered_level(tree.path(session, freiburg), condition.prevalence)
    assert needs_second_consent(Level.AREA, offered)

    ask(session, alice, joined, wish(session, ancestor(freiburg, offered), finer=False))

    assert set(agreed(session, alice, condition)) == {"joined", "shown"}


def test_a_second_consent_given_earlier_names_the_wider_zone(session, alice, joined, condition, freiburg):
    set_committed_value(condition, "prevalence", 0.5)
    ask(session, alice, joined, wish(session, freiburg))
    district = ancestor(freiburg, Level.DISTRICT)
    assert needs_second_consent(Level.DISTRICT, offered_level(tree.path(session, freiburg), condition.prevalence))

    assert ask(session, alice, joined, wish(session, district, finer=False)).obstacles == ()

    expected = round(tree.get(session, district).people * condition.prevalence / 100_000)
    assert agreed(session, alice, condition)["finer"] == (WORDS.finer, district, expected)


@pytest.mark.parametrize("audience", [Audience.NOBODY, Audience.CONDITION])
def test_showing_to_nobody_keeps_the_zone_and_ends_the_consents(session, alice, joined, condition, freiburg, audience):
    ask(session, alice, joined, wish(session, freiburg, audience))

    ask(session, alice, joined, wish(session, freiburg, Audience.NOBODY, finer=False))

    session.refresh(joined)
    assert (joined.shown_zone, joined.audience) == (freiburg, "nobody")
    assert set(agreed(session, alice, condition)) == {"joined"}


def test_never_changes_anything_where_something_prevents_it(session, alice, joined, condition, freiburg):
    show(session, alice, joined, freiburg, Audience.CONDITION)
    bern = zone_called(session, "Bern", Level.AREA, "CH")
    session.execute(HomeZone.__table__.update().values(since=NOW - dt.timedelta(days=200)))
    before = stored(session, alice)

    moved = ask(session, alice, joined, wish(session, bern))
    unknown = ask(session, alice, joined, wish(session, bern, finer=False, moved=True), confirm=lambda: False)
    later = ask(session, alice, joined, wish(session, bern, moved=True), now=NOW - dt.timedelta(days=150))

    assert moved.obstacles == (Obstacle.SAY_MOVED,)
    assert unknown.obstacles == (Obstacle.NEEDS_CONSENT, Obstacle.CONFIRM_IDENTITY)
    assert later.obstacles == (Obstacle.MOVED_TOO_SOON,)
    assert later.next_move_date == (NOW - dt.timedelta(days=200 - 90)).date() + dt.timedelta(days=1)
    assert stored(session, alice) == before


def test_never_shows_an_area_of_a_minor(session, alice, joined, freiburg):
    minors.protect(session, alice, dt.date(2099, 1, 1), today=NOW.date())

    assert ask(session, alice, joined, wish(session, freiburg)).obstacles == (Obstacle.TOO_FINE,)
    assert home_zones.home(session, alice) is None


def test_who_it_is_is_only_asked_where_more_is_shown(session, alice, joined, freiburg):
    asked = []
    for zone, audience in [
        (freiburg, Audience.NOBODY),
        (freiburg, Audience.CONDITION),
        (freiburg, Audience.CONDITION),
        (ancestor(freiburg, Level.REGION), Audience.CONDITION),
        (ancestor(freiburg, Level.REGION), Audience.MEMBERS),
    ]:
        outcome = ask(session, alice, joined, wish(session, zone, audience), confirm=lambda: asked.append(1) or True)
        assert outcome.obstacles == ()
    assert len(asked) == 2


def test_never_shows_a_move_in_another_condition(session, alice, joined, freiburg):
    other = conditions.get(session, "crohns-disease")
    elsewhere = join(session, alice, other, Joining(Role.PERSON), words=JOIN_WORDS, today=NOW.date())
    for membership in (joined, elsewhere):
        ask(session, alice, membership, wish(session, freiburg))
    bern = zone_called(session, "Bern", Level.AREA, "CH")

    assert ask(session, alice, joined, wish(session, bern)).obstacles == ()  # a correction of the first day

    session.refresh(elsewhere)
    assert (elsewhere.shown_zone, elsewhere.audience, elsewhere.audience_before) == (bern, "nobody", "condition")
    assert set(agreed(session, alice, other)) == {"joined"}


def test_the_demo_member_is_on_the_map_by_the_same_way(session):
    member = new_member(session, "demo@example.org")

    settle_demo_member(session, member, key=ANCHOR_KEY, now=NOW)
    settle_demo_member(session, member, key=ANCHOR_KEY, now=NOW)

    [membership] = session.scalars(select(Membership).where(Membership.member_id == member.id))
    home = demo.home_area(session)
    assert (membership.shown_zone, membership.audience) == (home, "condition")
    assert membership.pin is not None
    given = agreed(session, member, demo.first_condition(session))
    assert given["shown"] == (demo.WORDING, home, None)


def test_withdrawing_the_second_consent_shows_the_suggested_zone(session, alice, joined, condition, freiburg):
    ask(session, alice, joined, wish(session, freiburg))
    offered = offered_level(tree.path(session, freiburg), condition.prevalence)

    withdraw_consent(session, alice, joined, "finer", key=ANCHOR_KEY)

    session.refresh(joined)
    suggested = ancestor(freiburg, offered)
    assert (joined.shown_zone, joined.audience) == (suggested, "condition")
    assert home_zones.home(session, alice).zone_id == freiburg
    assert agreed(session, alice, condition) == {
        "joined": (JOIN_WORDS.joined, None, None),
        "shown": (WORDS.shown, suggested, None),
    }


def test_an_unknown_consent_cannot_be_withdrawn(session, alice, joined):
    with pytest.raises(ValueError, match="taking_part"):
        withdraw_consent(session, alice, joined, "taking_part", key=ANCHOR_KEY)


def test_hiding_is_undone_once_and_only_as_it_was(session, alice, joined, condition, freiburg):
    ask(session, alice, joined, wish(session, freiburg, Audience.MEMBERS))
    act = hide.hide_everywhere(session, alice)
    assert hide.hide_everywhere(session, alice) is None

    assert hide.undo(session, alice, act) == ([joined], [])
    assert joined.audience == "members"
    assert hide.undo(session, alice, act) == ([], [])
    assert hide.undo(session, alice, None) == ([], [])

    act = hide.hide_here(session, joined)
    withdraw_consent(session, alice, joined, "shown", key=ANCHOR_KEY)
    assert hide.undo(session, alice, act) == ([], [])


def test_deleting_an_account_leaves_nothing(session, config, bob):
    delete_account(session, config, bob)

    for table in (HomeZone, Membership, Consent):
        assert session.scalars(select(table).where(table.member_id == bob.id)).all() == []
    assert session.scalars(select(Member).where(Member.id == bob.id)).all() == []
    assert count_rows(session) == []
