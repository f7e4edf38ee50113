"""Saving in one condition moves nobody on another map: a move takes them off it, and asks."""

import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.geo.zones import Level, ancestor
from mapservice.privacy.geomasking import MaskedPlace, jitter
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes
from mapservice.store.tables import Consent, HomeZone, Member, Membership
from mapservice.store.zones import tree
from testing.accounts import post, sign_in
from testing.locations import ANCHOR_KEY, put, zone_called
from tests.counts import people_in
from tests.web.places.place_forms import ALL, save

OTHER = "/conditions/crohns-disease"
CHILD = "/conditions/cystic-fibrosis"


@pytest.fixture
def berlin(session):
    return zone_called(session, "Berlin", Level.AREA, "DE")


@pytest.fixture
def other(session, bob, freiburg):
    """Another condition, in which Bob shows his area to all members."""
    condition = conditions.get(session, "crohns-disease")
    put(session, bob, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    agree(session, bob, condition, freiburg)
    return condition


def agree(session, member, condition, zone):
    for kind in ("shown", "finer"):
        consents.agree(session, member, condition.id, kind, "I agree: {zone}", zone_id=zone, expected_people=3)
    session.commit()


def membership_in(session, member, condition):
    session.expire_all()
    return session.get(Membership, (condition.id, member.id))


def people_of(session, condition):
    return people_in(session, "155", condition)


def form_on(page, slug):
    """The fields of the form that shows one in a condition again."""
    form = re.search(rf'action="{slug}/show-there".*?</form>', page, re.DOTALL)[0]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)), form


def test_never_moves_somebody_on_another_map(session, as_bob, bob, other, freiburg, berlin):
    answer = save(as_bob, berlin, finer="yes")

    assert (answer.status_code, answer.location) == (303, "/me/place/moved")
    membership = membership_in(session, bob, other)
    assert (membership.audience, people_of(session, other)) == ("nobody", 0)
    assert not consents.has_agreed(session, bob, other.id, "shown")
    assert session.scalars(select(Consent.kind).where(Consent.zone_id == freiburg)).all() == []
    everywhere = session.scalars(select(Membership.shown_zone).where(Membership.member_id == bob.id)).all()
    assert freiburg not in everywhere


def test_the_next_page_shows_each_condition_in_the_new_zone_with_one_button(session, as_bob, bob, other, berlin):
    save(as_bob, berlin, finer="yes")
    page = as_bob.get("/me/place/moved").text
    assert "You disappeared from these maps when you saved." in page
    fields, form = form_on(page, OTHER)
    assert "I agree to be shown to all signed-in members in this zone: Area around Berlin." in form
    if "finer" in form:
        fields["finer"] = "yes"

    assert as_bob.post(f"{OTHER}/show-there", data=fields).status_code == 303

    membership = membership_in(session, bob, other)
    assert (membership.audience, membership.shown_zone) == ("members", berlin)
    assert people_of(session, other) == 1
    assert consents.has_agreed(session, bob, other.id, "shown", zone_id=berlin)
    assert as_bob.get("/me/place/moved").location == "/me"


def test_a_correction_after_the_move_still_asks_for_the_others(session, as_bob, bob, other, freiburg, berlin):
    save(as_bob, berlin, finer="yes")
    munich = zone_called(session, "Munich", Level.AREA, "DE")

    assert save(as_bob, munich, finer="yes").location == "/me/place/moved"

    fields, form = form_on(as_bob.get("/me/place/moved").text, OTHER)
    assert "in this zone: Area around Munich." in form
    assert membership_in(session, bob, other).audience == "nobody"
    as_bob.post(f"{OTHER}/show-there", data={**fields, "finer": "yes"})
    assert membership_in(session, bob, other).shown_zone == munich


def test_never_asks_after_a_move_to_show_somebody_who_hid_before_it(session, as_bob, bob, other, berlin):
    post(as_bob, f"{OTHER}/hide")

    assert save(as_bob, berlin, finer="yes").location != "/me/place/moved"
    assert membership_in(session, bob, other).audience_before is None


def test_a_finer_zone_than_offered_asks_for_the_second_consent_there(session, as_bob, bob, freiburg):
    rare = conditions.get(session, "cystic-fibrosis")
    put(session, bob, rare, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    agree(session, bob, rare, freiburg)
    small = zone_called(session, "Bernau bei Berlin", Level.AREA, "DE")
    save(as_bob, small, finer="yes")
    fields, form = form_on(as_bob.get("/me/place/moved").text, CHILD)
    assert "I understand that we expect" in form
    assert "Area around Bernau bei Berlin" in form

    refused = as_bob.post(f"{CHILD}/show-there", data=fields)
    assert refused.status_code == 422
    assert membership_in(session, bob, rare).audience == "nobody"

    fields, _form = form_on(refused.text, CHILD)
    as_bob.post(f"{CHILD}/show-there", data={**fields, "finer": "yes"})

    assert membership_in(session, bob, rare).audience == "members"
    consent = session.scalars(
        select(Consent).where(Consent.condition_id == rare.id, Consent.kind == "finer", Consent.revoked_at.is_(None))
    ).one()
    assert (consent.zone_id, consent.expected_people is not None) == (small, True)


def test_showing_there_needs_a_fresh_password(app, session, as_bob, bob, other, berlin):
    save(as_bob, berlin, finer="yes")
    stale = app.test_client()
    sign_in(stale, bob, is_fresh=False)
    fields, _form = form_on(stale.get("/me/place/moved").text, OTHER)

    assert stale.post(f"{OTHER}/show-there", data={**fields, "finer": "yes"}).status_code == 403
    assert membership_in(session, bob, other).audience == "nobody"


def test_never_moves_without_a_fresh_password(app, session, bob, freiburg, berlin):
    stale = app.test_client()
    sign_in(stale, bob, is_fresh=False)

    assert save(stale, berlin, finer="yes").status_code == 422
    assert session.get(HomeZone, bob.id, populate_existing=True).zone_id == freiburg


def test_never_moves_the_card_of_a_child_with_its_parent(session, as_bob, bob, freiburg, berlin):
    condition = conditions.get(session, "cystic-fibrosis")
    put(session, bob, condition, freiburg, level=Level.REGION, audience=Audience.CONDITION)
    membership = memberships.join(session, bob, condition, Role.CAREGIVER, pseudonym="Elder 7", for_minor=True)
    session.commit()

    save(as_bob, berlin, finer="yes")

    session.refresh(membership)
    assert (membership.audience, people_of(session, condition)) == ("nobody", 0)
    fields, form = form_on(as_bob.get("/me/place/moved").text, CHILD)
    assert "I understand" not in form
    as_bob.post(f"{CHILD}/show-there", data=fields)
    session.refresh(membership)
    assert (membership.shown_zone, membership.pin) == (ancestor(berlin, Level.REGION), None)


def test_who_was_hidden_elsewhere_stays_hidden_and_is_not_asked(session, as_bob, bob, other, berlin):
    post(as_bob, f"{OTHER}/hide")

    assert save(as_bob, berlin, finer="yes").location.endswith("/map")

    membership = membership_in(session, bob, other)
    assert (membership.audience, membership.audience_before) == ("nobody", None)
    post(as_bob, f"{OTHER}/show-again")
    assert membership_in(session, bob, other).audience == "nobody"


@pytest.mark.parametrize(("first", "then"), [(Level.COUNTRY, Level.AREA), (Level.AREA, Level.REGION)])
def test_refining_or_coarsening_changes_nothing_of_what_others_show(session, as_alice, alice, freiburg, first, then):
    condition = conditions.get(session, "acute-lymphoblastic-leukaemia")
    other = conditions.get(session, "crohns-disease")
    home = ancestor(freiburg, first)
    for community in (condition, other):
        put(session, alice, community, home, level=first, audience=Audience.MEMBERS)
        agree(session, alice, community, home)
    before = membership_in(session, alice, other)
    stood = (before.audience, before.shown_zone, before.pin, before.version)

    assert save(as_alice, ancestor(freiburg, then), finer="yes").location.endswith("/map")

    after = membership_in(session, alice, other)
    assert (after.audience, after.shown_zone, after.pin, after.version) == stood
    assert consents.has_agreed(session, alice, other.id, "shown", zone_id=after.shown_zone)


def test_a_country_that_stays_the_same_is_shown_as_before(session, as_bob, bob, freiburg, berlin):
    other = conditions.get(session, "crohns-disease")
    put(session, bob, other, freiburg, level=Level.COUNTRY, audience=Audience.MEMBERS)

    save(as_bob, berlin, finer="yes")

    membership = membership_in(session, bob, other)
    assert (membership.audience, membership.shown_zone) == ("members", "DE")


def test_the_store_itself_takes_everybody_off_the_old_zone(session, bob, condition, other, berlin):
    membership = membership_in(session, bob, condition)
    shown = jitter(tree.get(session, berlin), bob.id, condition.id, salt=membership.salt, key=ANCHOR_KEY)
    homes.save(session, bob, MaskedPlace(berlin, {condition.id: shown}), since=dt.datetime.now(dt.UTC))

    membership = membership_in(session, bob, other)
    assert (membership.audience, membership.shown_zone, membership.pin) == ("nobody", None, None)


def test_forgetting_leaves_neither_zone_nor_figure_in_any_consent(session, as_bob, bob, condition, freiburg, berlin):
    save(as_bob, freiburg, finer="yes")
    save(as_bob, berlin, finer="yes")
    assert session.scalars(select(Consent.zone_id).where(Consent.zone_id.is_not(None))).all() != []

    post(as_bob, "/me/place/forget")

    session.expire_all()
    kept = session.scalars(select(Consent).where(Consent.member_id == bob.id, Consent.kind.in_(["shown", "finer"])))
    kept = kept.all()
    assert kept != []
    assert {(consent.zone_id, consent.expected_people) for consent in kept} == {(None, None)}
    page = post(as_bob, "/me/data", {"form": "json"}).text
    assert "Berlin" not in page
    assert "Freiburg" not in page


def test_leaving_and_joining_again_gives_another_pin(session, as_bob, bob, condition, freiburg):
    pins = set()
    for _ in range(4):
        post(as_bob, f"{ALL}/leave", {"sure": "yes"})
        session.execute(update(Member).values(home_changed_on=None, home_corrections=0))
        post(as_bob, f"{ALL}/join", {"role": "person", "consent": "yes", "operation": str(uuid.uuid4())})
        save(as_bob, freiburg, finer="yes")
        # Only pins that the page has drawn: the one from before has another key.
        pins.add(session.scalar(select(func.st_astext(Membership.pin)).where(Membership.member_id == bob.id)))

    assert None not in pins
    assert len(pins) > 1
