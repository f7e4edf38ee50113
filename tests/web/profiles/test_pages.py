"""The page of one's own profile in a condition, and what others read of it."""

import re

import pytest
from sqlalchemy import select

from mapservice.privacy.visibility import Audience
from mapservice.store.places import homes
from mapservice.store.profiles import profiles
from mapservice.store.tables import Membership
from mapservice.store.tables.profiles import ProfileRow
from testing.accounts import new_member, post, sign_in
from testing.locations import put
from tests.web.places.place_forms import ALL

PROFILE = f"{ALL}/profile"
SAID = {
    "words": "I would like to talk about work.",
    "words_audience": "condition",
    "languages_audience": "members",
    "speaks_en": "yes",
    "speaks_es": "yes",
    "looking_for_audience": "nobody",
    "looks_for_nearby": "yes",
    "duration": "1-5",
    "duration_audience": "condition",
}


def carried(page: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return dict(re.findall(r'name="(csrf_token|operation|version)"[^>]* value="([^"]*)"', page))


def say(client, at=PROFILE, **fields):
    """Fill in the form of the profile as it is now, and send it."""
    return client.post(at, data={**carried(client.get(PROFILE).text), **SAID, **fields})


@pytest.fixture
def as_fellow(app, session, condition, freiburg):
    """Another member of the community."""
    client, member = app.test_client(), new_member(session, "fellow@example.org", pseudonym="Fellow")
    put(session, member, condition, freiburg, level="area", audience=Audience.CONDITION)
    sign_in(client, member)
    return client


def card(client, session, member):
    """What somebody is answered about a member's card."""
    public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == member.id)).one()
    return client.get(f"{ALL}/people/{public_id}", headers={"Accept": "application/json"})


def test_a_profile_is_saved_and_read_by_the_people_chosen(session, as_bob, bob, as_fellow, as_neighbour, client):
    membership = session.scalars(select(Membership).where(Membership.member_id == bob.id)).one()
    homes.show_to(session, membership, Audience.MEMBERS)
    session.commit()

    assert say(as_bob).status_code == 303

    told = card(as_fellow, session, bob).json
    assert told["words"] == SAID["words"]
    assert told["facts"] == [["Speaks", "English, Spanish"], ["Has lived with it", "1 to 5 years"]]
    other = card(as_neighbour, session, bob).json
    assert (other["words"], other["facts"]) == ("", [["Speaks", "English, Spanish"]])
    assert card(client, session, bob).status_code == 401


def test_never_shows_a_profile_of_somebody_who_hid(session, as_bob, bob, as_fellow):
    say(as_bob)

    post(as_bob, f"{ALL}/hide")

    assert card(as_fellow, session, bob).status_code == 404


def test_nothing_is_shown_by_default(as_bob):
    page = as_bob.get(PROFILE).text

    assert page.count('<option selected value="nobody">') == 4
    assert "checked" not in page.replace('value="" checked', "")


def test_the_preview_shows_four_cards_and_stores_nothing(session, as_bob):
    answer = say(as_bob, at=f"{PROFILE}/preview")

    assert answer.status_code == 200
    stranger, other, fellow, contact = re.findall(r"<article class=\"card\">(.*?)</article>", answer.text, re.DOTALL)
    assert "Nothing. This person cannot see that you are here." in stranger
    assert "Nothing. This person cannot see that you are here." in other  # bob is for this community only
    assert SAID["words"] in fellow
    assert SAID["words"] in contact
    assert "Someone near me" not in fellow
    assert "Nothing has been saved yet." in answer.text
    assert session.scalars(select(ProfileRow)).all() == []


def test_the_preview_keeps_what_was_typed(as_bob):
    page = say(as_bob, at=f"{PROFILE}/preview").text

    assert SAID["words"] in page.partition("<textarea")[2].partition("</textarea>")[0]
    assert re.search(r'name="speaks_es"[^>]*checked', page)


def test_never_shows_more_without_a_fresh_password(app, session, bob, as_fellow):
    stale = app.test_client()
    sign_in(stale, bob, is_fresh=False)

    for typed, why in (("", "Enter your password to show more."), ("wrong", "Wrong password. Try again.")):
        answer = say(stale, password=typed)
        assert answer.status_code == 422
        assert why in answer.text
        assert SAID["words"] in answer.text

    assert card(as_fellow, session, bob).json["words"] == ""


def test_showing_less_needs_no_password(app, session, as_bob, bob, as_fellow):
    say(as_bob)
    stale = app.test_client()
    sign_in(stale, bob, is_fresh=False)

    assert say(stale, words="").status_code == 303

    assert card(as_fellow, session, bob).json["words"] == ""


def test_contact_details_are_hidden_and_the_writer_is_told_why(session, as_bob, bob, as_fellow):
    say(as_bob, words="Write to bob@example.org or www.example.com")

    assert card(as_fellow, session, bob).json["words"] == "Write to [hidden] or [hidden]"
    assert "because people who sell false cures could collect them" in as_bob.get(PROFILE).text


def test_never_brings_back_by_an_old_form_what_was_withdrawn(session, as_bob, bob, as_fellow):
    say(as_bob)
    old = carried(as_bob.get(PROFILE).text)
    say(as_bob, words="", duration="")

    answer = as_bob.post(PROFILE, data={**old, **SAID})

    assert answer.status_code == 409
    assert "Your settings changed after you opened this page" in answer.text
    assert card(as_fellow, session, bob).json["words"] == ""


def test_an_old_form_takes_away_at_any_age(session, as_bob, bob, as_fellow):
    say(as_bob)
    old = carried(as_bob.get(PROFILE).text)
    say(as_bob, duration="")

    answer = as_bob.post(PROFILE, data={**old, **SAID, "duration": "", "words_audience": "nobody"})

    assert answer.status_code == 303
    assert card(as_fellow, session, bob).json["words"] == ""


def test_a_text_that_is_too_long_is_kept_for_correction(as_bob):
    answer = say(as_bob, words="a" * 1001)

    assert answer.status_code == 422
    assert "a" * 1001 in answer.text


def test_a_text_as_long_as_the_page_lets_one_type_is_taken(session, as_bob):
    # A browser counts the end of a line as one character, and sends two.
    lines = "\r\n".join(["a" * 99] * 10)

    assert say(as_bob, words=lines).status_code == 303

    assert len(session.scalars(select(ProfileRow)).one().words) == 999


@pytest.mark.parametrize("words", ["می\u200cخواهم", "👩\u200d👧", "¿Qué tal?"])
def test_a_text_keeps_what_its_script_needs(session, as_bob, words):
    say(as_bob, words=f"\u202e{words}\x07")

    assert session.scalars(select(ProfileRow)).one().words == words


def test_a_form_that_comes_again_with_other_fields_gets_a_clear_answer(as_bob):
    fields = {**carried(as_bob.get(PROFILE).text), **SAID}
    as_bob.post(PROFILE, data=fields)

    assert as_bob.post(PROFILE, data={**fields, "duration": "for ever", "words_audience": "world"}).status_code == 303


def test_an_empty_profile_leaves_no_row(session, as_bob):
    say(as_bob)
    nothing = dict.fromkeys(("speaks_en", "speaks_es", "looks_for_nearby"), "")
    say(as_bob, words="", duration="", **nothing)

    assert session.scalars(select(ProfileRow)).all() == []


def test_leaving_deletes_the_profile(session, as_bob):
    say(as_bob)

    post(as_bob, f"{ALL}/leave", data={"sure": "yes"})

    assert session.scalars(select(ProfileRow)).all() == []


def test_somebody_who_has_not_joined_is_led_to_joining(as_alice):
    assert as_alice.get(PROFILE).location == f"{ALL}/join"


def test_what_is_withdrawn_is_noted_for_a_restore(as_bob, monkeypatch):
    noted = []
    monkeypatch.setattr(profiles.withdrawals, "note", lambda _session, member: noted.append(member))
    say(as_bob)
    assert noted == []

    say(as_bob, words="")

    assert len(noted) == 1
