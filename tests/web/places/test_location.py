"""Saving a location: who is shown to whom after it, how finely, and what is asked of them first."""

import datetime as dt
import re
import uuid

from sqlalchemy import func, select, update

from mapservice.geo.zones import Level, ancestor, path
from mapservice.privacy.home_changes import COOLDOWN
from mapservice.store.tables import Consent, HomeZone, Membership
from testing.accounts import post, sign_in
from testing.locations import zone_called
from tests.counts import people_in
from tests.web.places.place_forms import ALL, join, membership_of, save


def test_saving_shows_the_pin_to_who_was_chosen(session, as_alice, alice, freiburg):
    join(as_alice)

    assert save(as_alice, freiburg, finer="yes").status_code == 303

    membership = membership_of(session, alice)
    assert (membership.shown_zone, membership.audience) == (freiburg, "condition")
    assert membership.pin is not None
    assert people_in(session, "DE") == 1


def test_never_stores_a_second_point_for_the_same_zone(app, session, as_alice, alice, freiburg):
    app.config["LIMITS"] = False
    join(as_alice)
    pins = set()
    # Were each drawn anew from the anchors of the zone, all twenty would be the same once in 10**30 times.
    for _ in range(20):
        assert save(as_alice, freiburg, finer="yes").status_code == 303
        pins.add(session.scalar(select(func.st_astext(Membership.pin)).where(Membership.member_id == alice.id)))

    assert len(pins) == 1
    assert people_in(session, "DE") == 1


def test_a_finer_zone_than_offered_needs_the_second_consent(session, as_alice, alice, freiburg):
    join(as_alice)

    answer = save(as_alice, freiburg)

    assert answer.status_code == 422
    assert "Few people with this condition live there" in answer.text
    assert membership_of(session, alice).shown_zone is None
    assert f'value="{freiburg}" checked' in answer.text


def test_consents_to_be_shown_name_the_zone_and_the_figure_beside_their_words(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, finer="yes")

    page = as_alice.get("/me/consents").text
    assert re.search(r"we expect (about \d+ people|about 1 person|fewer than 1 person)", page)
    assert "I agree to be shown to the members of this condition in this zone: Area around Freiburg." in page
    given = session.scalars(select(Consent).where(Consent.kind.in_(["shown", "finer"]))).all()
    assert {consent.zone_id for consent in given} == {freiburg}
    assert [consent.expected_people is not None for consent in sorted(given, key=lambda consent: consent.kind)] == [
        True,
        False,
    ]
    assert not any("Freiburg" in consent.wording or re.search(r"\d", consent.wording) for consent in given)


def test_never_shows_a_child_finer_than_the_region(session, as_alice, alice, freiburg):
    join(as_alice, role="caregiver", for_minor="yes")

    assert save(as_alice, freiburg, finer="yes").status_code == 422
    assert save(as_alice, ancestor(freiburg, Level.REGION), finer="yes").status_code == 303
    assert membership_of(session, alice).pin is None


def test_who_says_later_to_speak_for_a_child_loses_the_pin(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, finer="yes")

    join(as_alice, role="caregiver", for_minor="yes")

    membership = membership_of(session, alice)
    assert (membership.shown_zone, membership.pin) == (path(freiburg)[1], None)


def test_showing_more_needs_a_fresh_password(app, session, alice, freiburg):
    client = app.test_client()
    sign_in(client, alice, is_fresh=False)
    join(client)

    answer = save(client, freiburg, finer="yes")

    assert answer.status_code == 422
    assert "confirm your password" in answer.text
    assert membership_of(session, alice).audience == "nobody"


def test_showing_less_needs_no_password(app, session, bob, freiburg):
    client = app.test_client()
    sign_in(client, bob, is_fresh=False)

    assert save(client, path(freiburg)[0]).status_code == 303
    assert post(client, f"{ALL}/hide").status_code == 303
    assert membership_of(session, bob).audience == "nobody"
    assert people_in(session, "DE") == 0


def test_hiding_keeps_the_zone_and_forgetting_erases_it(session, as_bob, bob, freiburg):
    post(as_bob, f"{ALL}/hide")
    assert session.get(HomeZone, bob.id).zone_id == freiburg

    post(as_bob, "/me/place/forget")
    session.expire_all()
    assert session.get(HomeZone, bob.id) is None


def test_a_move_must_be_said_and_cannot_be_repeated_soon(session, as_bob, bob, condition, freiburg):
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    assert save(as_bob, berlin, finer="yes").status_code == 303, "a wrong choice can be corrected on the first day"
    session.execute(update(HomeZone).values(since=dt.datetime.now(dt.UTC) - dt.timedelta(days=100)))

    assert "confirm that you have moved" in save(as_bob, freiburg, finer="yes").text
    assert save(as_bob, freiburg, finer="yes", moved="yes").status_code == 303
    session.execute(update(HomeZone).values(since=dt.datetime.now(dt.UTC) - dt.timedelta(days=30)))
    assert f"less than {COOLDOWN.days} days ago" in save(as_bob, berlin, finer="yes", moved="yes").text


def test_sending_a_form_twice_has_one_effect(session, as_alice, alice, freiburg):
    join(as_alice)
    operation = str(uuid.uuid4())

    first = save(as_alice, freiburg, finer="yes", operation=operation)
    post(as_alice, f"{ALL}/hide")
    second = save(as_alice, freiburg, finer="yes", operation=operation)

    assert (first.status_code, second.status_code) == (303, 303)
    assert membership_of(session, alice).audience == "nobody"
