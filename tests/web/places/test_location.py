import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.geo.zones import Level, ancestor, path
from mapservice.privacy.home_changes import COOLDOWN
from mapservice.store.tables import Consent, HomeZone, Member, Membership
from testing.accounts import post, sign_in
from testing.locations import zone_called
from tests.counts import people_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"


def save(client, zone, audience="condition", **fields):
    form = {"zone": zone, "audience": audience, "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/place", form)


def join(client, **fields):
    form = {"role": "person", "consent": "yes", "operation": str(uuid.uuid4()), **fields}
    return post(client, f"{ALL}/join", form)


def membership_of(session, member):
    return session.scalars(
        select(Membership).where(Membership.member_id == member.id).execution_options(populate_existing=True)
    ).one_or_none()


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
    assert {each.zone_id for each in given} == {freiburg}
    assert [each.expected_people is not None for each in sorted(given, key=lambda each: each.kind)] == [True, False]
    assert not any("Freiburg" in each.wording or re.search(r"\d", each.wording) for each in given)


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


def test_the_page_asks_in_words_for_somebody_who_has_not_joined(as_alice):
    answer = as_alice.get(f"{ALL}/place")

    assert (answer.status_code, answer.location) == (302, f"{ALL}/join")


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


def test_a_stranger_is_asked_to_sign_in(client):
    for address in (f"{ALL}/place", f"{ALL}/join", "/me", f"{ALL}/map"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")


def test_the_page_says_first_how_one_stands(as_bob):
    page = as_bob.get(f"{ALL}/place").text

    assert "The members of this condition can see you as Person with the condition" in page
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
