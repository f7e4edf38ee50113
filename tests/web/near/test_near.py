"""The people near a member, grouped by what they show."""

import datetime as dt
import re

from sqlalchemy import update

from mapservice.geo.zones import Level, ancestor, path
from mapservice.privacy.nearness import Nearness
from mapservice.privacy.visibility import Audience
from mapservice.store.blocks import blocks
from mapservice.store.places import homes
from mapservice.store.tables import HomeZone, Member, Membership, ZoneRow
from mapservice.web.near import pages
from testing.accounts import new_member, post, sign_in
from testing.locations import put, zone_called
from tests.web.near.settled import ALL, NEAR, listed, numbers, settle

__all__ = ["settle"]


def test_people_are_grouped_by_the_smallest_zone_that_holds_both(session, as_bob, freiburg, settle):
    sibling = next(
        zone
        for zone in session.scalars(_areas_of(ancestor(freiburg, Level.REGION)))
        if zone[:-1] != freiburg[:-1] and path(zone)[2] != path(freiburg)[2]
    )
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    by_group = {
        Nearness.AREA: [settle(freiburg, Level.AREA)],
        Nearness.DISTRICT: [settle(freiburg, Level.DISTRICT)],
        Nearness.REGION: [settle(freiburg, Level.REGION), settle(sibling, Level.AREA)],
        Nearness.COUNTRY: [settle(freiburg, Level.COUNTRY), settle(berlin, Level.AREA)],
        Nearness.ELSEWHERE: [settle("IS", Level.COUNTRY)],
    }

    assert {group: set(listed(as_bob, group)) for group in Nearness} == {
        group: {membership.public_id for membership in memberships} for group, memberships in by_group.items()
    }
    assert numbers(as_bob) == {
        "My area": "1 person visible to you",
        "My district": "1 person visible to you",
        "My region": "2 people visible to you",
        "My country": "2 people visible to you",
        "Other countries": "1 person visible to you",
    }


def _areas_of(region: str):
    return (
        ZoneRow.__table__.select()
        .with_only_columns(ZoneRow.id)
        .where(ZoneRow.level == "area", ZoneRow.id.startswith(f"{region}."))
    )


def test_never_groups_by_a_home_that_is_not_shown(session, as_bob, freiburg, settle):
    """Two worlds that differ in where somebody lives, who shows no more than the region, are the same for everybody."""
    neighbour = settle(freiburg, Level.REGION)
    pages_before = _all_pages(as_bob)

    far = next(zone for zone in session.scalars(_areas_of(ancestor(freiburg, Level.REGION))) if zone != freiburg)
    session.execute(update(HomeZone).where(HomeZone.member_id == neighbour.member_id).values(zone_id=far))
    session.commit()

    assert _all_pages(as_bob) == pages_before


def _all_pages(client) -> list[str]:
    answers = [client.get(NEAR), *(client.get(f"{NEAR}/{group}") for group in Nearness)]
    return [re.sub(r'nonce="[^"]*"|value="[^"]*"', "", answer.text) for answer in answers]


def test_the_own_home_counts_even_if_less_is_shown(session, app, condition, freiburg, settle):
    member = new_member(session, "coarse@example.org")
    put(session, member, condition, freiburg, level=Level.COUNTRY, audience=Audience.NOBODY)
    near = settle(freiburg, Level.AREA)
    client = app.test_client()
    sign_in(client, member)

    assert listed(client, Nearness.AREA) == [near.public_id]


def test_never_counts_or_lists_the_viewer(as_bob):
    assert set(numbers(as_bob).values()) == {"nobody visible to you"}
    assert [listed(as_bob, group) for group in Nearness] == [[]] * 5
    assert set(numbers(as_bob, role="person").values()) == {"nobody visible to you"}


def test_never_takes_a_zone_from_an_address(as_bob):
    for query in ({"in": "DE"}, {"zone": "DE.3"}, {"home": "DE"}):
        assert as_bob.get(NEAR, query_string=query).status_code == 422
        assert as_bob.get(f"{NEAR}/area", query_string=query).status_code == 422
    assert as_bob.get(f"{NEAR}/DE.3").status_code == 404


def test_never_writes_a_zone_into_an_address(session, as_bob, freiburg, settle):
    settle(freiburg, Level.AREA)

    for address in (NEAR, f"{NEAR}/area"):
        links = re.findall(r'(?:href|action|data-again)="([^"]*)"', as_bob.get(address).text)
        assert not [link for link in links if re.search(r"DE(\.|%2E|\b)", link)]


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(NEAR).status_code == 303
    assert client.get(f"{NEAR}/area").status_code == 303


def test_a_member_without_a_location_gets_words_and_a_way_on(as_neighbour, as_alice, session, alice, condition):
    page = as_neighbour.get(NEAR).text
    assert "We do not know where you live" in page
    assert f'href="{ALL}/join"' in page

    post(as_alice, f"{ALL}/join", {"role": "person", "consent": "yes", "operation": "0" * 31 + "1"})
    assert f'href="{ALL}/place"' in as_alice.get(NEAR).text
    assert as_alice.get(f"{NEAR}/area").location == NEAR


def test_never_shows_somebody_whom_the_viewer_cannot_see(session, app, freiburg, settle, as_bob):
    hidden, for_condition = settle(freiburg, Level.AREA), settle(freiburg, Level.AREA)
    for_all = settle(freiburg, Level.AREA, Audience.MEMBERS)
    homes.hide(session, hidden)
    session.commit()
    other = new_member(session, "elsewhere@example.org")
    session.add(HomeZone(member_id=other.id, zone_id=freiburg))
    session.commit()
    client = app.test_client()
    sign_in(client, other)

    assert listed(client, Nearness.AREA) == [for_all.public_id]
    assert numbers(client)["My area"] == "1 person visible to you"
    assert set(listed(as_bob, Nearness.AREA)) == {for_condition.public_id, for_all.public_id}


def test_never_lists_or_counts_people_who_are_apart(session, as_bob, bob, freiburg, settle):
    blocked, blocker, other = (settle(freiburg, Level.AREA) for _one in range(3))
    theirs = session.get_one(Membership, (blocker.condition_id, bob.id))
    blocks.block(session, bob, blocked, name=None)
    blocks.block(session, session.get_one(Member, blocker.member_id), theirs, name=None)
    session.commit()

    assert listed(as_bob, Nearness.AREA) == [other.public_id]
    assert numbers(as_bob)["My area"] == "1 person visible to you"


def test_the_order_is_another_one_each_day_and_for_each_viewer(monkeypatch, session, app, as_bob, freiburg, settle):
    settled = [settle(freiburg, Level.AREA).public_id for _one in range(8)]
    other = app.test_client()
    neighbour = new_member(session, "near@example.org")
    sign_in(other, neighbour)
    session.add(HomeZone(member_id=neighbour.id, zone_id=freiburg))
    session.execute(update(Membership).values(audience=Audience.MEMBERS))
    session.commit()

    first, again, theirs = listed(as_bob, "area"), listed(as_bob, "area"), listed(other, "area")
    monkeypatch.setattr(pages, "today", lambda: dt.date(2040, 1, 1))
    tomorrow = listed(as_bob, "area")

    assert first == again
    assert set(first) == set(settled) == set(tomorrow)
    assert first not in (settled, sorted(settled), tomorrow)
    assert [one for one in theirs if one in settled] != first


def test_a_large_group_is_cut_and_says_so(monkeypatch, as_bob, freiburg, settle):
    monkeypatch.setattr(pages.people, "MAX_LISTED", 3)
    for _one in range(5):
        settle(freiburg, Level.AREA)

    assert len(listed(as_bob, "area")) == 3
    assert "each day we list some of these people" in as_bob.get(f"{NEAR}/area").text


def test_words_and_no_kilometres(as_bob, freiburg, settle):
    settle(freiburg, Level.DISTRICT)

    for address in (NEAR, f"{NEAR}/district"):
        words = re.sub(r"<[^>]*>", " ", as_bob.get(address).text)
        assert not re.search(r"\b(km|kilomet|miles?\b)", words)
    assert "People in your district" in as_bob.get(f"{NEAR}/district").text


def test_the_map_and_the_page_of_the_condition_lead_there(as_bob):
    assert as_bob.get(f"{ALL}/map").text.count(f'href="{NEAR}"') == 2
    assert f'href="{NEAR}"' in as_bob.get(ALL).text
