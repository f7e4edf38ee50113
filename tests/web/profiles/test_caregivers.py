"""What a caregiver says about the person they represent is on their own profile, for the people they choose."""

import pytest
from sqlalchemy import select

from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.care import codes
from mapservice.store.community import memberships
from mapservice.store.places import count_rollup
from mapservice.store.profiles import profiles
from mapservice.store.tables.profiles import ProfileRow
from testing.accounts import new_member, post, sign_in
from testing.locations import put
from tests.web.profiles.test_pages import ALL, PROFILE, as_fellow, card, say

__all__ = ["as_fellow"]

PERSON = {
    "relationship": "parent",
    "relationship_audience": "condition",
    "age_band": "6-11",
    "age_band_audience": "members",
}
READ = [["Relationship", "Parent of the person with the condition"], ["Age of that person", "6 to 11"]]


@pytest.fixture
def mother(session, condition, freiburg):
    return joined(session, condition, freiburg, "mother@example.org", Role.CAREGIVER)


def joined(session, condition, zone, email, role, *, for_minor=False):
    member = new_member(session, email, pseudonym=email.partition("@")[0].title())
    put(session, member, condition, zone, level=Level.REGION, audience=Audience.MEMBERS)
    memberships.join(session, member, condition, role, pseudonym="Another", for_minor=for_minor)
    count_rollup.repair(session)
    session.commit()
    return member


@pytest.fixture
def as_mother(app, mother):
    return browser(app, mother)


def browser(app, member):
    client = app.test_client()
    sign_in(client, member)
    return client


def about_the_person(client, session, member):
    return [fact for fact in card(client, session, member).json["facts"] if fact[0] in {pair[0] for pair in READ}]


def test_each_of_both_is_read_by_the_people_chosen(session, as_mother, mother, as_fellow, as_neighbour):
    assert say(as_mother, **PERSON).status_code == 303

    assert about_the_person(as_fellow, session, mother) == READ
    assert about_the_person(as_neighbour, session, mother) == READ[1:]


def test_never_shows_anybody_what_a_caregiver_did_not_choose_to_show(session, as_mother, mother, as_fellow):
    post(as_mother, f"{ALL}/person", {"relationship": "parent", "age_band": "6-11"})
    assert about_the_person(as_fellow, session, mother) == []
    page = as_mother.get(PROFILE).text
    assert 'name="relationship" value="parent" checked' in page.replace('id="relationship-parent" ', "")
    assert page.count('<option selected value="nobody">') >= 2

    say(as_mother, relationship="partner", age_band="")

    assert about_the_person(as_fellow, session, mother) == []
    assert session.scalars(select(ProfileRow.relationship)).one() == "partner"


def test_the_preview_shows_what_each_kind_of_reader_sees(as_mother):
    page = post(as_mother, f"{PROFILE}/preview", {**sent_fields(), **PERSON}).text

    assert page.count("Parent of the person with the condition") == 2, "a member of the community, and a contact"
    assert page.count("<dd>6 to 11</dd>") == 3


def sent_fields():
    audiences = ("words", "languages", "looking_for", "duration")
    return {"words": "", "duration": "", **{f"{part}_audience": "nobody" for part in audiences}}


def test_only_caregivers_say_something_about_a_person(app, session, as_bob, condition, freiburg):
    assert "About the person you represent" not in as_bob.get(PROFILE).text
    say(as_bob, **PERSON)
    assert session.scalars(select(ProfileRow.relationship)).one() is None

    of_child = browser(app, joined(session, condition, freiburg, "minor@example.org", Role.CAREGIVER, for_minor=True))
    assert 'value="40-64"' not in of_child.get(PROFILE).text
    assert say(of_child, **PERSON | {"age_band": "40-64"}).status_code == 422
    assert say(of_child, **PERSON).status_code == 303


def test_another_role_deletes_it(session, as_mother, mother, condition):
    say(as_mother, **PERSON)

    memberships.join(session, mother, condition, Role.PERSON, pseudonym=None, for_minor=False)

    profile = profiles.find(session, condition.id, mother.id)
    assert (profile.relationship, profile.age_band) == (None, None)
    assert profile.words


def test_never_takes_anything_from_the_profile_of_another_caregiver(
    app, session, as_mother, mother, as_fellow, condition, freiburg
):
    father = joined(session, condition, freiburg, "father@example.org", Role.CAREGIVER)
    before = card(as_fellow, session, father).text
    say(as_mother, **PERSON)
    mine, theirs = (memberships.get(session, member, condition) for member in (mother, father))
    codes.enter(session, theirs, codes.make(session, mine, "caregiver"))
    assert codes.confirm(session, mine)
    session.commit()

    assert card(as_fellow, session, father).text == before
    assert about_the_person(as_fellow, session, mother) == READ
    page = browser(app, father).get(PROFILE).text
    assert 'value="parent" checked' not in page
