"""Cards for somebody under 18: a name of their own, a region at most, and no click that ends it."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.geo.zones import Level, ancestor
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import minors
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Consent, Membership
from testing.accounts import post
from testing.locations import put
from tests.web.places.place_forms import ALL, join, membership_of, save

CHILD = "/conditions/cystic-fibrosis"
TODAY = dt.datetime.now(dt.UTC).date()


def join_for_child(client, page=ALL, **fields):
    form = {"role": "caregiver", "consent": "yes", "for_minor": "yes", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{page}/join", form)


def test_the_card_of_a_child_has_a_name_of_its_own(session, as_alice, alice):
    join_for_child(as_alice)

    name = membership_of(session, alice).pseudonym
    assert re.fullmatch(r"Member \d{5}", name)
    assert f'value="{name}"' in as_alice.get(f"{ALL}/join").text
    join_for_child(as_alice, pseudonym="")
    assert membership_of(session, alice).pseudonym not in {None, "", "Alice"}


def test_never_gives_two_children_the_same_name_by_default(session, condition, alice, bob):
    names = set()
    for member in (alice, bob):
        for slug in ("cystic-fibrosis", "marfan-syndrome"):
            held = memberships.join(
                session, member, conditions.get(session, slug), Role.CAREGIVER, pseudonym=None, for_minor=True
            )
            names.add(held.pseudonym)

    assert len(names) > 1
    assert not names & {"Alice", "Bob"}


@pytest.mark.parametrize("name", ["Alice", "alice", "Lark"])
def test_never_gives_the_card_of_a_child_a_name_of_the_parent(session, as_alice, alice, name):
    join(as_alice, pseudonym="Lark")

    answer = join_for_child(as_alice, CHILD, pseudonym=name)

    assert (answer.status_code, "You use this name yourself" in answer.text) == (422, True)
    assert len(session.scalars(select(Membership).where(Membership.member_id == alice.id)).all()) == 1


@pytest.mark.parametrize("name", ["Wren", "wren"])
def test_never_gives_the_parent_the_name_of_the_card_of_a_child(session, as_alice, alice, name):
    join_for_child(as_alice, CHILD, pseudonym="Wren")
    join(as_alice, pseudonym="Lark")

    for answer in (join(as_alice, pseudonym=name), post(as_alice, "/account/name", {"pseudonym": name})):
        assert (answer.status_code, "Your profile for someone under 18 uses this name" in answer.text) == (422, True)

    session.expire_all()
    names = session.scalars(select(Membership.pseudonym).where(Membership.member_id == alice.id)).all()
    assert (sorted(names), alice.pseudonym) == (["Lark", "Wren"], "Alice")
    assert join_for_child(as_alice, CHILD, pseudonym="Wren").status_code == 303, "its own name stays"


def test_never_keeps_a_name_of_the_parent_on_a_card_that_becomes_one_for_a_child(session, as_alice, alice):
    join(as_alice, pseudonym="Alice")

    assert join_for_child(as_alice).status_code == 422

    assert not membership_of(session, alice).for_minor


def test_the_consent_names_the_region_once_nothing_finer_is_shown(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, finer="yes")

    join_for_child(as_alice)

    consents = session.scalars(select(Consent.zone_id).where(Consent.kind == "shown", Consent.revoked_at.is_(None)))
    assert consents.all() == [membership_of(session, alice).shown_zone] == [ancestor(freiburg, Level.REGION)]


def test_never_ends_being_for_a_child_by_a_click(session, as_alice, alice, freiburg):
    join_for_child(as_alice)

    answer = join(as_alice, role="person")

    assert (answer.status_code, "Only a member of staff can change this" in answer.text) == (422, True)
    assert membership_of(session, alice).for_minor
    assert 'type="checkbox" name="for_minor"' not in as_alice.get(f"{ALL}/join").text
    assert save(as_alice, freiburg, finer="yes").status_code == 422


def test_staff_end_it_and_nothing_becomes_finer_by_that(session, as_alice, alice, freiburg):
    join_for_child(as_alice)
    save(as_alice, ancestor(freiburg, Level.REGION), finer="yes")
    membership = membership_of(session, alice)

    assert memberships.come_of_age(session, membership)
    assert not memberships.come_of_age(session, membership)

    assert (membership.for_minor, membership.shown_zone) == (False, ancestor(freiburg, Level.REGION))
    session.commit()
    assert save(as_alice, freiburg, finer="yes").status_code == 303


def test_who_says_that_they_are_under_18_is_shown_by_region_everywhere(session, as_bob, bob, condition, freiburg):
    other = conditions.get(session, "crohns-disease")
    put(session, bob, other, freiburg, level=Level.DISTRICT, audience=Audience.MEMBERS)
    consents.agree(session, bob, condition.id, "finer", "I understand", zone_id=freiburg, expected_people=2)
    region = ancestor(freiburg, Level.REGION)

    minors.protect(session, bob, (TODAY.replace(day=1) + dt.timedelta(days=400)).replace(day=1), today=TODAY)
    session.commit()

    held = session.scalars(select(Membership).where(Membership.member_id == bob.id)).all()
    assert {(membership.shown_zone, membership.pin) for membership in held} == {(region, None)}
    assert set(session.scalars(select(Consent.zone_id).where(Consent.kind == "finer"))) == {None}
    for page in (ALL, "/conditions/crohns-disease"):
        form = {"zone": freiburg, "audience": "members", "finer": "yes", "operation": str(uuid.uuid4())}
        assert post(as_bob, f"{page}/place", form).status_code == 422
    assert "not available for someone under 18" in as_bob.get(f"{ALL}/place").text
    assert '"forMinor": true' in as_bob.get(f"{ALL}/place").text


def test_nothing_becomes_finer_when_the_month_comes(session, as_bob, bob, freiburg):
    minors.protect(session, bob, (TODAY.replace(day=1) + dt.timedelta(days=400)).replace(day=1), today=TODAY)
    bob.minor_until = TODAY.replace(day=1)
    session.commit()

    assert membership_of(session, bob).shown_zone == ancestor(freiburg, Level.REGION)
    assert save(as_bob, freiburg, finer="yes").status_code == 303
