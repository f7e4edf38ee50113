"""A zone is picked from lists without scripts, and never stands in an address; nor does a coordinate."""

import re

import pytest
from sqlalchemy import select

from mapservice.geo.zones import path
from mapservice.store.tables import Member
from testing.accounts import post
from tests.web.places.place_forms import ALL, join, membership_of, save


@pytest.mark.parametrize("zone", ["ZZ", "DE.99999", "155", "DE.1'--", "47.99,7.85", "\u202e", "DE." * 50, "de"])
def test_an_unknown_zone_is_refused_and_not_repeated(session, as_alice, alice, zone):
    join(as_alice)

    answer = save(as_alice, zone)

    assert answer.status_code == 422
    assert "47.99" not in answer.text
    assert membership_of(session, alice).shown_zone is None


@pytest.mark.parametrize("field", ["lat", "lng", "latitude", "bbox", "radius", "point", "anything"])
def test_never_accepts_a_coordinate_or_any_other_unknown_field(session, as_alice, field):
    join(as_alice)

    answer = save(as_alice, "", **{field: "47.9990"})

    assert answer.status_code == 422
    assert "47.9990" not in answer.text


def browse(client, **fields):
    answer = post(client, f"{ALL}/place/zones", fields)
    assert answer.status_code == 200
    return answer.text


def test_zones_can_be_picked_from_lists_without_scripts(session, as_alice, freiburg):
    join(as_alice)
    page = browse(as_alice, country="DE")

    for zone in path(freiburg):
        assert f'<button class="zone-step" translate="no" name="in" value="{zone}">' in page
        page = browse(as_alice, **{"in": zone})

    assert "This is the smallest zone." in page
    assert f'name="zone" value="{freiburg}"' in page
    assert '<option value="DE" selected>' in page
    assert membership_of(session, alice_of(session)).shown_zone is None


def alice_of(session):
    return session.scalars(select(Member).where(Member.email == "alice@example.org")).one()


def test_never_puts_a_zone_into_an_address(as_alice, freiburg):
    join(as_alice)
    pages = [browse(as_alice, country="DE"), browse(as_alice, **{"in": freiburg}), save(as_alice, freiburg).text]

    for page in pages:
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page)
        assert not any("DE" in address or "?" in address for address in addresses)
        assert 'method="get"' not in page


def test_never_takes_a_zone_along_to_the_page_for_signing_in(client):
    answer = client.get(f"{ALL}/place?in=DE.3.4.3&country=DE")

    assert answer.location == f"/sign-in?next={ALL}/place"
    assert "DE.3" not in client.get(answer.location).text


@pytest.mark.parametrize("page", ["map", "map/table", "place"])
def test_never_takes_a_zone_of_any_page_along_to_another_address(client, page):
    answer = client.get(f"{ALL}/{page}?role=person&in=DE.3.4.3&country=DE")

    assert answer.location.startswith(f"/sign-in?next={ALL}/{page}")
    assert "DE" not in answer.location
    assert "role%3Dperson" in answer.location
    assert "DE.3" not in client.get(answer.location).text


@pytest.mark.parametrize("query", ["in=DE.3.4.3", "country=DE", "country=DE&in=DE.3"])
def test_an_old_address_with_a_zone_leads_to_one_without(app, as_alice, alice, client, query):
    join(as_alice)

    assert as_alice.get(f"{ALL}/place?{query}").location == f"{ALL}/place"
    assert as_alice.get(f"{ALL}/place/zones").location == f"{ALL}/place"
