"""Filters of people near: only by what the viewer may read, and without counting few."""

import re

import pytest

from mapservice.geo.zones import Level
from mapservice.privacy.nearness import MIN_COUNT, Nearness
from mapservice.privacy.profiles import ProfilePart
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.tables import HomeZone
from mapservice.web.near import pages
from testing.accounts import new_member, sign_in
from tests.web.near.settled import NEAR, listed, numbers, settle

__all__ = ["settle"]


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


@pytest.mark.parametrize("query", ["role=king", "language=xx", "looking_for=x", "duration=x", "nearness=area"])
def test_an_unknown_filter_is_refused(as_bob, query):
    assert as_bob.get(f"{NEAR}?{query}").status_code == 422
    assert as_bob.get(f"{NEAR}/area?{query}").status_code == 422
