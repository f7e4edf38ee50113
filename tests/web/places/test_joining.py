"""Joining a community shows nobody to anybody, and takes a consent in the words that were read."""

from sqlalchemy import select

from mapservice.store.tables import Consent
from tests.web.places.place_forms import ALL, join, membership_of


def test_who_joins_is_shown_to_nobody(session, as_alice, alice):
    assert join(as_alice).status_code == 303

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone, membership.pin) == ("nobody", None, None)


def test_nobody_joins_without_consent_and_what_was_typed_stays(session, as_alice, alice):
    answer = join(as_alice, consent="", pseudonym="Lark")

    assert answer.status_code == 422
    assert "without your consent" in answer.text
    assert 'value="Lark"' in answer.text
    assert membership_of(session, alice) is None


def test_the_consent_is_kept_in_the_words_that_were_read(session, as_alice, alice):
    join(as_alice)

    consent = session.scalars(select(Consent).where(Consent.member_id == alice.id, Consent.kind == "joined")).one()
    assert consent.wording in as_alice.get(f"{ALL}/join").text


def test_the_page_asks_in_words_for_somebody_who_has_not_joined(as_alice):
    answer = as_alice.get(f"{ALL}/place")

    assert (answer.status_code, answer.location) == (302, f"{ALL}/join")


def test_a_stranger_is_asked_to_sign_in(client):
    for address in (f"{ALL}/place", f"{ALL}/join", "/me", f"{ALL}/map"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")
