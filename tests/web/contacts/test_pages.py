"""Becoming contacts inside a conversation: the question, its answer, the password, the end, and the pages about it."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.geo.tiles import Tile
from mapservice.geo.zones import Level
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.contacts import contacts
from mapservice.store.places import homes
from mapservice.store.profiles import profiles
from mapservice.store.tables import Membership
from mapservice.store.tables.contacts import ContactRow
from mapservice.store.tables.notifications import PendingNotification
from mapservice.web.accounts import passwords
from mapservice.web.accounts.access import PASSWORD_FIELD
from testing.accounts import new_member, post, sign_in
from testing.forms import messages as of_messages
from testing.locations import put
from testing.members_map import view_address

ALL = "/conditions/acute-lymphoblastic-leukaemia"


@pytest.fixture
def anna(session, condition, freiburg):
    """Somebody in the area of Bob who shows herself to contacts only."""
    member = new_member(session, "anna@example.org", pseudonym="Anna")
    put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.CONTACTS)
    return member


@pytest.fixture
def as_anna(app, anna):
    client = app.test_client()
    sign_in(client, anna)
    return client


@pytest.fixture
def talk(session, condition, anna, bob):
    """The address of an accepted conversation of Anna and Bob."""
    found = of_messages.meet(session, condition, anna, bob)
    session.commit()
    return f"{ALL}/messages/{found['conversation_id']}"


@pytest.fixture
def stale(app):
    """Signs a member in who gave the password long ago."""

    def client(member):
        browser = app.test_client()
        sign_in(browser, member, is_fresh=False)
        return browser

    return client


def public_id(session, member):
    return session.scalars(select(Membership.public_id).where(Membership.member_id == member.id)).one()


def become_contacts(as_anna, as_bob, talk):
    for client in (as_bob, as_anna):
        assert post(client, f"{talk}/contact").status_code == 303


def seen(client, session, person):
    return client.get(f"{ALL}/people/{public_id(session, person)}").status_code == 200


def section(client, talk):
    """What a conversation says about being contacts, as words."""
    found = re.search(r'<section class="contact".*?</section>', client.get(talk).text, re.DOTALL)
    return re.sub(r"<[^>]+>|\s+", " ", found[0]) if found else ""


def test_two_become_contacts_and_see_each_other_on_the_map(session, as_anna, as_bob, anna, talk):
    assert "Ask to become contacts" in section(as_bob, talk)
    assert not seen(as_bob, session, anna)

    post(as_bob, f"{talk}/contact")
    assert "You have asked" in section(as_bob, talk)
    assert "asks whether you want to be contacts" in section(as_anna, talk)
    assert "Asks to become contacts" in as_anna.get("/messages").text
    assert not seen(as_bob, session, anna)

    page = post(as_anna, f"{talk}/contact", follow_redirects=True).text
    assert "You are contacts now." in page
    assert seen(as_bob, session, anna)
    assert "Anna" in as_bob.get("/me/contacts").text


def test_a_question_refused_is_not_told(session, as_anna, as_bob, talk):
    post(as_bob, f"{talk}/contact")
    before = section(as_bob, talk)

    post(as_anna, f"{talk}/contact/refuse")

    assert section(as_bob, talk) == before
    assert "Ask to become contacts" in section(as_anna, talk)
    assert "Asks to become contacts" not in as_anna.get("/messages").text


def test_a_question_is_news_for_the_other_alone(session, as_bob, anna, talk):
    post(as_bob, f"{talk}/contact")

    news = session.execute(select(PendingNotification.member_id, PendingNotification.kind)).all()
    assert (anna.id, contacts.NEWS) in news
    assert {kind for member_id, kind in news if member_id != anna.id} <= {"message"}


@pytest.mark.parametrize("who", ["anna", "bob"])
def test_either_ends_it_and_sees_nobody_any_longer(request, session, as_anna, as_bob, anna, bob, talk, who):
    become_contacts(as_anna, as_bob, talk)
    ends = as_anna if who == "anna" else as_bob

    post(ends, f"{talk}/contact/end")

    assert not seen(as_bob, session, anna)
    assert "Anna" not in as_bob.get("/me/contacts").text
    assert "Ask to become contacts" in section(as_anna, talk)


def test_it_is_ended_from_the_list_too(session, as_anna, as_bob, anna, bob, talk):
    become_contacts(as_anna, as_bob, talk)

    post(as_anna, f"{ALL}/contacts/{public_id(session, bob)}/end")

    assert session.scalars(select(ContactRow).where(ContactRow.choice == "agreed")).all() == []
    assert post(as_anna, f"{ALL}/contacts/nobody/end").status_code == 303, "the same answer"


def test_never_shows_more_without_a_password(session, as_bob, anna, bob, talk, stale, monkeypatch):
    """Anna shows herself to contacts only, and Bob to all of the community."""
    assert post(stale(bob), f"{talk}/contact").status_code == 303
    as_anna = stale(anna)

    asked = post(as_anna, f"{talk}/contact")
    assert asked.status_code == 403
    assert PASSWORD_FIELD in asked.text
    assert post(as_anna, f"{talk}/contact", {PASSWORD_FIELD: "wrong"}).status_code == 403
    assert not seen(as_bob, session, anna)

    monkeypatch.setattr(passwords, "matches", lambda *_typed: True)
    assert post(as_anna, f"{talk}/contact", {PASSWORD_FIELD: "right"}).status_code == 303
    assert seen(as_bob, session, anna)


def test_never_shows_a_part_of_a_profile_without_a_password(session, bob, condition, talk, stale):
    profile = MemberProfile(words="Hello", audiences={ProfilePart.WORDS: Audience.CONTACTS})
    profiles.save(session, memberships.get(session, bob, condition), profile)
    session.commit()

    assert post(stale(bob), f"{talk}/contact").status_code == 403

    homes.hide(session, memberships.get(session, bob, condition))
    session.commit()
    assert post(stale(bob), f"{talk}/contact").status_code == 303, "who is hidden shows nothing"


def test_refusing_and_ending_need_no_password(as_anna, as_bob, anna, talk, stale):
    become_contacts(as_anna, as_bob, talk)

    assert post(stale(anna), f"{talk}/contact/end").status_code == 303
    assert post(stale(anna), f"{talk}/contact/refuse").status_code == 303


def test_never_asks_outside_a_conversation_that_both_wanted(session, as_anna, as_bob, bob, condition, carol, app):
    as_carol = app.test_client()
    sign_in(as_carol, carol)
    text = "Would you like to talk about work one day?"
    answer = post(
        as_carol, f"{ALL}/people/{public_id(session, bob)}/write", {"text": text, "operation": str(uuid.uuid4())}
    )

    assert section(as_carol, answer.location) == section(as_bob, answer.location) == ""
    for client in (as_carol, as_bob, as_anna):
        assert post(client, f"{answer.location}/contact").status_code == 404
    assert session.scalars(select(ContactRow)).all() == []


def test_never_makes_a_contact_of_somebody_who_has_not_joined(session, app, as_bob, bob, condition):
    neighbour = new_member(session, "other@example.org", pseudonym="Neighbour")
    found = of_messages.meet(session, condition, neighbour, bob)
    session.commit()
    talk = f"{ALL}/messages/{found['conversation_id']}"
    as_neighbour = app.test_client()
    sign_in(as_neighbour, neighbour)

    for client in (as_bob, as_neighbour):
        assert client.get(talk).status_code == 200
        assert section(client, talk) == ""
        assert post(client, f"{talk}/contact").status_code == 404


def test_deleting_the_conversation_says_that_it_ends(session, as_anna, as_bob, anna, talk):
    become_contacts(as_anna, as_bob, talk)
    assert "You are no longer contacts then, either." in as_bob.get(f"{talk}/delete").text

    post(as_bob, f"{talk}/delete", {"sure": "yes"})

    assert not seen(as_bob, session, anna)


def test_never_asks_a_member_under_18(session, as_anna, as_bob, anna, talk):
    """Bob sees what he would see of anybody who has not answered; Anna can ask herself."""
    anna.minor_until = dt.date(2099, 1, 1)
    session.commit()
    post(as_bob, f"{talk}/contact")

    assert "You have asked" in section(as_bob, talk)
    assert "Ask to become contacts" in section(as_anna, talk)
    assert "Asks to become contacts" not in as_anna.get("/messages").text


def test_the_place_page_says_honestly_who_sees_somebody(session, as_anna, as_bob, talk):
    nobody = "You have no contacts here yet. Nobody sees you until you and someone else agree to be contacts."
    assert as_anna.get(f"{ALL}/place").text.count(nobody) == 2, "above, and at the choice"
    assert nobody in as_anna.get(f"{ALL}/map").text

    become_contacts(as_anna, as_bob, talk)

    page = as_anna.get(f"{ALL}/place").text
    assert nobody not in page
    assert "Only your contacts here can see you: Person with the condition" in page
    assert "Only the 1 contact that you have here." in page
    assert 'value="contacts" checked' in page


def test_a_profile_has_a_part_for_contacts_and_shows_what_they_see(session, as_anna, as_bob, anna, condition, talk):
    profile = MemberProfile(words="I like chess.", audiences={ProfilePart.WORDS: Audience.CONTACTS})
    profiles.save(session, memberships.get(session, anna, condition), profile)
    session.commit()

    page = as_anna.get(f"{ALL}/profile").text
    cards = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert ["I like chess." in card for card in cards] == [False, False, False, True]
    assert "One of your contacts here" in cards[3]
    become_contacts(as_anna, as_bob, talk)
    assert "I like chess." in as_bob.get(f"{ALL}/people/{public_id(session, anna)}").text


def test_never_changes_the_mark_of_a_map_for_anybody_but_contacts(
    session, app, as_anna, as_bob, anna, carol, condition, talk
):
    as_carol = app.test_client()
    sign_in(as_carol, carol)

    def marks():
        answers = [client.get(view_address(ALL, Tile(0, 0, 0))) for client in (as_bob, as_carol)]
        return [answer.headers["ETag"] for answer in answers]

    become_contacts(as_anna, as_bob, talk)
    before = marks()
    again = as_bob.get(view_address(ALL, Tile(0, 0, 0)), headers={"If-None-Match": before[0]})
    assert again.status_code == 304

    for audience in (Audience.NOBODY, Audience.CONTACTS):
        homes.show_to(session, memberships.get(session, anna, condition), audience)
        session.commit()
        assert marks()[1] == before[1]
        assert (marks()[0] == before[0]) is (audience is Audience.CONTACTS)
