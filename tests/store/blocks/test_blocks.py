"""Who is apart from whom, in which community, and what the counts say without them."""

import datetime as dt

import pytest
from sqlalchemy import select

from mapservice.errors import UnknownPersonError
from mapservice.geo.zones import Level
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.blocks import blocks
from mapservice.store.care import memorials
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships, visible_people
from mapservice.store.places import count_rollup, homes, member_lists
from mapservice.store.tables.blocks import Block, BlockElsewhere
from testing.accounts import new_member
from testing.locations import put

TODAY = dt.date(2026, 11, 28)


@pytest.fixture
def other(session):
    return conditions.get(session, "marfan-syndrome")


@pytest.fixture
def anna(session, condition, freiburg):
    """Somebody who is shown in the area of Bob, and blocks him."""
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    return member


def card_of(session, member, condition):
    return memberships.find(session, member, condition)


def block(session, member, blocked, condition, **more):
    key = blocks.block(session, member, card_of(session, blocked, condition), name=blocked.pseudonym, **more)
    session.commit()
    return key


def sees(session, member, other_member, condition):
    viewer = memberships.viewer(session, member, condition)
    try:
        visible_people.get(session, condition, card_of(session, other_member, condition).public_id, viewer)
    except UnknownPersonError:
        return False
    return True


def join(session, member, condition, pseudonym=None):
    put(session, member, condition, "DE", level=Level.COUNTRY, audience=Audience.MEMBERS)
    if pseudonym:
        memberships.join(session, member, condition, Role.PERSON, pseudonym=pseudonym, for_minor=False)
    session.commit()


def test_never_shows_either_to_the_other_after_a_block(session, anna, bob, carol, condition):
    assert sees(session, anna, bob, condition)
    assert sees(session, bob, anna, condition)

    block(session, anna, bob, condition)

    assert not sees(session, anna, bob, condition)
    assert not sees(session, bob, anna, condition)
    assert sees(session, carol, bob, condition)
    assert sees(session, bob, carol, condition)


def test_a_block_can_be_made_twice_and_ended_once(session, anna, bob, condition):
    first = block(session, anna, bob, condition)
    assert block(session, anna, bob, condition) == first

    assert not blocks.unblock(session, bob, condition, first), "nobody ends the block of somebody else"
    assert blocks.unblock(session, anna, condition, first)
    assert not blocks.unblock(session, anna, condition, first)
    session.commit()

    assert sees(session, bob, anna, condition)
    assert sees(session, anna, bob, condition)


def test_never_lets_somebody_escape_a_block_by_joining_again(session, anna, bob, condition):
    block(session, anna, bob, condition)

    memberships.leave(session, memberships.get(session, bob, condition))
    join(session, bob, condition, "Another")

    assert not sees(session, bob, anna, condition)
    assert not sees(session, anna, bob, condition)


@pytest.mark.parametrize("zone", [None, "country", "area"])
@pytest.mark.parametrize("is_rolled_up", [False, True])
@pytest.mark.parametrize("role", [None, Role.PERSON, Role.RESEARCHER])
def test_never_counts_somebody_who_is_apart(session, anna, bob, carol, condition, freiburg, zone, is_rolled_up, role):
    """In all counts, what Bob sees is what he sees after Anna has deleted the account."""
    if is_rolled_up:
        count_rollup.roll_up(session)
    zone = {"country": "DE", "area": freiburg}.get(zone)

    def counts():
        viewer = memberships.viewer(session, bob, condition)
        rows = member_lists.rows_below(session, condition, zone, viewer, role)
        return rows, member_lists.total(session, condition, zone, viewer, role)

    with_anna = counts()
    block(session, anna, bob, condition)
    apart = counts()
    members.delete_account(session, anna)
    session.commit()

    assert apart == counts()
    assert apart != with_anna or role is Role.RESEARCHER


@pytest.mark.parametrize("audience", [Audience.NOBODY, Audience.CONDITION, Audience.MEMBERS])
def test_somebody_who_is_apart_is_taken_out_of_the_counts_that_they_are_in(session, anna, carol, condition, audience):
    """Who looks from outside sees only those who are shown to all members, with or without a block."""
    neighbour = new_member(session, "neighbour@example.org")
    homes.show_to(session, memberships.get(session, anna, condition), audience)

    blocks.block(session, neighbour, card_of(session, anna, condition), name=None)
    session.commit()

    viewer = memberships.viewer(session, neighbour, condition)
    assert viewer.apart == {anna.id}
    assert member_lists.total(session, condition, None, viewer, None) == 1, "Carol alone"


def test_a_block_holds_elsewhere_where_both_use_the_name_of_the_account(session, anna, bob, condition, other):
    for member in (anna, bob):
        join(session, member, other)

    key = block(session, anna, bob, condition)
    assert not sees(session, bob, anna, other)
    assert not sees(session, anna, bob, other)

    blocks.unblock(session, anna, condition, key)
    assert sees(session, bob, anna, other)
    assert session.scalars(select(BlockElsewhere)).all() == []


@pytest.mark.parametrize("name_of", ["anna here", "bob here", "anna there", "bob there"])
def test_never_tells_by_a_block_which_cards_belong_together(request, session, anna, bob, condition, other, name_of):
    """Where any of the four cards has a name of its own, nothing changes elsewhere, whoever looks."""
    for member in (anna, bob):
        join(session, member, other)
    who, where = name_of.split()
    named, at = request.getfixturevalue(who), condition if where == "here" else other
    memberships.join(session, named, at, Role.PERSON, pseudonym="Lark", for_minor=False)

    block(session, anna, bob, condition)

    assert not sees(session, bob, anna, condition)
    assert sees(session, bob, anna, other)
    assert sees(session, anna, bob, other)


@pytest.mark.parametrize("who", ["anna", "bob"])
def test_never_shows_somebody_again_by_a_change_of_name(request, session, anna, bob, condition, other, who):
    for member in (anna, bob):
        join(session, member, other)
    block(session, anna, bob, condition)

    for at in (condition, other):
        memberships.join(session, request.getfixturevalue(who), at, Role.PERSON, pseudonym="Lark", for_minor=False)
        session.commit()

        assert not sees(session, bob, anna, other)
        assert not sees(session, anna, bob, other)


def test_a_block_holds_where_somebody_joins_later_with_the_name_of_the_account(session, anna, bob, condition, other):
    join(session, anna, other)
    block(session, anna, bob, condition)

    join(session, bob, other)

    assert not sees(session, bob, anna, other)


@pytest.mark.parametrize("leaver", ["anna", "bob"])
def test_never_tells_by_a_block_whose_card_it_was_that_is_gone(request, session, anna, bob, condition, other, leaver):
    """Somebody blocked a card with a name of its own; once it is gone, nobody disappears elsewhere."""
    for member in (anna, bob):
        join(session, member, other)
    left = request.getfixturevalue(leaver)
    memberships.join(session, left, condition, Role.PERSON, pseudonym="Lark", for_minor=False)
    block(session, anna, bob, condition)

    memberships.leave(session, memberships.get(session, left, condition))
    session.commit()
    for member in (anna, bob):
        memberships.join(session, member, other, Role.CAREGIVER, pseudonym=None, for_minor=False)
        session.commit()

    assert sees(session, bob, anna, other)
    assert sees(session, anna, bob, other)


def test_never_tells_a_card_that_was_closed_after_a_death_from_one_whose_member_left(session, anna, bob, condition):
    """Who has blocked somebody can block them again, as long as they have joined."""
    memberships.join(session, bob, condition, Role.CAREGIVER, pseudonym=None, for_minor=False)
    block(session, anna, bob, condition)
    card = card_of(session, bob, condition)
    assert blocks.find(session, anna, condition, card.public_id) is card

    memorials.close(session, bob, card, AfterDeath.REMOVAL, TODAY)
    session.commit()

    assert blocks.find(session, anna, condition, card.public_id) is None


def test_everywhere_hides_the_blocker_on_all_maps_and_tells_nothing_of_the_other(session, anna, bob, condition, other):
    """Otherwise a member could find out the other communities of anybody, by a block that is ended again."""
    join(session, anna, other, "Lark")
    join(session, bob, other, "Finch")

    block(session, anna, bob, condition)
    assert sees(session, bob, anna, other)
    block(session, anna, bob, condition, everywhere=True)

    assert not sees(session, bob, anna, other)
    assert sees(session, anna, bob, other)
    block(session, anna, bob, condition)
    assert not sees(session, bob, anna, other), "blocking again takes nothing back"


@pytest.mark.parametrize("leaver", ["anna", "bob"])
def test_never_keeps_a_block_of_an_account_that_was_deleted(request, session, anna, bob, condition, other, leaver):
    for member in (anna, bob):
        join(session, member, other)
    block(session, anna, bob, condition)

    members.delete_account(session, request.getfixturevalue(leaver))
    session.commit()

    assert session.scalars(select(Block)).all() == session.scalars(select(BlockElsewhere)).all() == []
