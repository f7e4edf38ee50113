"""The people near a member: grouped by what they show, filtered by what one may read of them."""

import dataclasses
import datetime as dt
import re
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, update

from mapservice import create_app, db
from mapservice.geo.cells import cell_name
from mapservice.geo.tiles import tile_at
from mapservice.geo.zones import Level, ancestor, path
from mapservice.privacy.nearness import MIN_COUNT, Nearness
from mapservice.privacy.profiles import ProfilePart
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.blocks import blocks
from mapservice.store.places import homes
from mapservice.store.tables import HomeZone, Member, Membership, ZoneRow
from mapservice.store.tables.profiles import ProfileRow
from mapservice.web.near import pages
from mapservice.web.site import people_limits
from testing.accounts import CHEAP, new_member, post, sign_in
from testing.locations import put, zone_called

ALL = "/conditions/acute-lymphoblastic-leukaemia"
NEAR = f"{ALL}/nearby"


@pytest.fixture
def settle(session, condition):
    """Put somebody on the map; their membership."""
    number = iter(range(1_000))

    def settle(home: str, level: Level, audience: Audience = Audience.CONDITION, **profile: object) -> Membership:
        member = new_member(session, f"settled-{next(number)}@example.org", pseudonym="Settled")
        membership = put(session, member, condition, home, level=level, audience=audience)
        if profile:
            says = {"words": "", "languages": [], "looking_for": [], **profile}
            session.add(ProfileRow(condition_id=condition.id, member_id=member.id, **says))
            session.commit()
        return membership

    return settle


def listed(client, group: Nearness | str, **query: str) -> list[str]:
    """The public ids on the pages of a group."""
    found, page = [], 1
    while True:
        answer = client.get(f"{NEAR}/{group}", query_string={**query, "page": str(page)})
        assert answer.status_code == 200
        found += re.findall(r'/people/([\w-]{20,})"', answer.text)
        if 'rel="next"' not in answer.text:
            return found
        page += 1


def numbers(client, **query: str) -> dict[str, str]:
    """What the overview says of each group, by its words."""
    page = client.get(NEAR, query_string=query)
    assert page.status_code == 200
    rows = re.findall(r"<li>\s*<div><strong>(.*?)</strong>.*?</div>\s*<(?:a|span)[^>]*>(.*?)<", page.text, re.DOTALL)
    return dict(rows)


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


FILTERS = {
    ProfilePart.LANGUAGES: ({"languages": ["es"]}, {"language": "es"}),
    ProfilePart.LOOKING_FOR: ({"looking_for": ["nearby"]}, {"looking_for": "nearby"}),
    ProfilePart.DURATION: ({"duration": "1-5"}, {"duration": "1-5"}),
}


@pytest.mark.parametrize("part", FILTERS)
def test_never_finds_by_a_part_that_the_viewer_may_not_read(session, app, as_bob, freiburg, settle, part):
    said, query = FILTERS[part]
    everyone, fellows, nobody = (
        settle(freiburg, Level.AREA, Audience.MEMBERS, **said, **{f"{part}_audience": audience})
        for audience in (Audience.MEMBERS, Audience.CONDITION, Audience.NOBODY)
    )
    outsider = new_member(session, "outsider@example.org")
    session.add(HomeZone(member_id=outsider.id, zone_id=freiburg))
    session.commit()
    as_outsider = app.test_client()
    sign_in(as_outsider, outsider)

    assert set(listed(as_bob, Nearness.AREA, **query)) == {everyone.public_id, fellows.public_id}
    assert listed(as_outsider, Nearness.AREA, **query) == [everyone.public_id]
    assert nobody.public_id in listed(as_bob, Nearness.AREA)


def test_filters_are_taken_together(as_bob, freiburg, settle):
    seen = {f"{part}_audience": Audience.CONDITION for part in ProfilePart}
    both = settle(freiburg, Level.AREA, languages=["es", "en"], duration="1-5", **seen)
    settle(freiburg, Level.AREA, languages=["es"], **seen)

    assert listed(as_bob, Nearness.AREA, language="es", duration="1-5", role=Role.PERSON) == [both.public_id]
    assert listed(as_bob, Nearness.AREA, language="es", role=Role.CAREGIVER) == []


@pytest.mark.parametrize("n", [MIN_COUNT - 1, MIN_COUNT])
def test_never_counts_a_part_of_profiles_below_the_minimum_or_in_small_zones(as_bob, freiburg, settle, n):
    says = {"languages": ["es"], "languages_audience": Audience.CONDITION}
    for level in (Level.AREA, Level.DISTRICT, Level.REGION):
        for _one in range(n):
            settle(freiburg, level, **says)

    told = numbers(as_bob, language="es")

    assert told == {
        "My area": "See the list",
        "My district": "See the list",
        "My region": "See the list" if n < MIN_COUNT else f"{n} people visible to you",
        "My country": "See the list",
        "Other countries": "See the list",
    }


def test_the_pages_of_a_filtered_list_do_not_say_how_long_it_is(monkeypatch, as_bob, freiburg, settle):
    monkeypatch.setattr(pages, "PAGE", 1)
    for _one in range(3):
        settle(freiburg, Level.AREA, languages=["es"], languages_audience=Audience.CONDITION)

    filtered, whole = (as_bob.get(f"{NEAR}/area{query}").text for query in ("?language=es", ""))

    beyond = as_bob.get(f"{NEAR}/area?language=es&page=9").text

    assert 'rel="next"' in filtered
    assert "does not have the page" in beyond
    assert not re.search(r"page \d of \d", beyond)
    assert "page=3" not in filtered
    assert "page=3" in whole


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


@pytest.mark.parametrize("query", ["role=king", "language=xx", "looking_for=x", "duration=x", "nearness=area"])
def test_an_unknown_filter_is_refused(as_bob, query):
    assert as_bob.get(f"{NEAR}?{query}").status_code == 422
    assert as_bob.get(f"{NEAR}/area?{query}").status_code == 422


def test_the_map_and_the_page_of_the_condition_lead_there(as_bob):
    assert as_bob.get(f"{ALL}/map").text.count(f'href="{NEAR}"') == 2
    assert f'href="{NEAR}"' in as_bob.get(ALL).text


@pytest.fixture
def limited(config, engine, freiburg):
    """A browser of somebody who may look at three people, lists or searches in an hour, on the real database."""
    app = create_app(dataclasses.replace(config, card_limit_hour=3), engine=engine, TESTING=True, **CHEAP)
    client = app.test_client()
    with db.open_session(engine) as session:
        member = new_member(session, "curious@example.org")
        session.add(HomeZone(member_id=member.id, zone_id=freiburg))
        session.commit()
        sign_in(client, member)
        yield client
        session.delete(member)
        session.commit()


def test_cards_lists_and_searches_share_one_limit(limited):
    addresses = [f"{ALL}/people/nobody", f"{NEAR}/area", f"{NEAR}?language=es", f"{NEAR}/district"]

    answers = [limited.get(address) for address in addresses]

    assert [answer.status_code for answer in answers] == [404, 200, 200, 429]
    assert "You have viewed many profiles" in answers[-1].text
    assert limited.get(f"{NEAR}/area").status_code == 200  # an open page asks for its list again
    assert limited.get(NEAR).status_code == 200  # numbers that the map has as well
    assert limited.get(f"{ALL}/people/nobody").status_code == 429


@pytest.mark.parametrize("address", ["/map/table?in={zone}", "/map?in={zone}", "/stacks/{cell}"])
def test_never_lists_people_on_the_map_without_the_limit(monkeypatch, session, as_bob, freiburg, address):
    lng, lat = session.execute(select(func.st_x(Membership.pin), func.st_y(Membership.pin))).one()
    cell = cell_name(tile_at(lng, lat, 13))
    pages_seen = []
    monkeypatch.setattr(people_limits, "consume", lambda member: pages_seen.append(member.id))

    assert as_bob.get(ALL + address.format(zone=freiburg, cell=cell)).status_code == 200

    assert len(pages_seen) == 1


def test_the_alarm_is_raised_once_and_names_nobody(limited, monkeypatch):
    raised = []
    log = SimpleNamespace(warning=lambda *words, **fields: raised.append((words, fields)))
    monkeypatch.setattr(people_limits, "log", log)

    for number in range(6):
        limited.get(f"{ALL}/people/nobody-{number}")

    assert raised == [(("people_limit",), {})]
