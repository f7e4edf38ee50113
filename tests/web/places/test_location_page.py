"""The page of the location says first who can see the member, and leads from each error to its control."""

import re

import pytest
from sqlalchemy import select

from mapservice.geo.zones import Level
from mapservice.store.tables import HomeZone
from testing.locations import zone_called
from tests.web.places.place_forms import ALL, join, save


def test_the_page_says_first_how_one_stands(as_bob):
    page = as_bob.get(f"{ALL}/place").text

    assert "The members of this condition can see you: Person with the condition" in page
    assert "Your stored location: Area around Freiburg" in page
    assert page.index("Hide me now") < page.index("Where do you live?")


def test_who_has_no_place_is_not_asked_to_forget_it(as_alice):
    assert as_alice.get("/me/place/forget").location == "/me"


def test_an_error_gets_the_focus_and_the_form_keeps_what_was_chosen(as_alice, freiburg):
    join(as_alice)

    page = save(as_alice, freiburg, audience="members").text

    assert re.search(r'class="error-summary"[^>]*autofocus', page)
    assert f'value="{freiburg}" checked' in page
    assert 'value="members" checked' in page


@pytest.mark.parametrize("audience", ["", "everybody"])
def test_a_form_that_says_not_to_whom_comes_back_with_words_that_lead_to_the_choice(
    session, as_alice, alice, freiburg, audience
):
    join(as_alice)

    answer = save(as_alice, freiburg, audience=audience, finer="yes")

    assert answer.status_code == 422
    assert '<a href="#audience">Choose who can see it.</a>' in answer.text
    assert '<fieldset class="choices" id="audience" tabindex="-1">' in answer.text
    assert session.scalars(select(HomeZone.zone_id).where(HomeZone.member_id == alice.id)).all() == []


def test_every_line_of_the_summary_leads_to_a_control_of_the_page(session, as_bob, bob, freiburg):
    answer = save(as_bob, zone_called(session, "Bern", Level.AREA, "CH"), audience="members")

    lines = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    assert lines
    for line in lines:
        assert re.search(rf'<(?:input|fieldset)[^>]* id="{line}"', answer.text), line
