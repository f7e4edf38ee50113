import datetime as dt
import re
import uuid

import pytest
from sqlalchemy import func, select, update

from mapservice.geo.zones import Level, ancestor, level_of, path
from mapservice.privacy.precision import offered_level
from mapservice.privacy.visibility import Audience
from mapservice.store import conditions, memberships, zones
from mapservice.store.tables import Consent, HomeZone, Membership, ZoneCount
from tests.accounts import post, sign_in
from tests.cast import put, zone_called

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


def people_on_the_map(session):
    return session.scalar(select(func.coalesce(func.sum(ZoneCount.n), 0)).where(ZoneCount.zone_id == "DE"))


def test_who_joins_is_shown_to_nobody(session, as_alice, alice):
    assert join(as_alice).status_code == 303

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone, membership.pin) == ("nobody", None, None)


def test_nobody_joins_without_consent_and_what_was_typed_stays(session, as_alice, alice):
    answer = join(as_alice, consent="", pseudonym="Lark")

    assert answer.status_code == 422
    assert "Without your consent" in answer.text
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
    assert people_on_the_map(session) == 1


def test_never_stores_a_second_point_for_the_same_zone(app, session, as_alice, alice, freiburg):
    app.config["LIMITS"] = False
    join(as_alice)
    pins = set()
    for _ in range(200):
        assert save(as_alice, freiburg, finer="yes").status_code == 303
        pins.add(session.scalar(select(func.st_astext(Membership.pin)).where(Membership.member_id == alice.id)))

    assert len(pins) == 1
    assert people_on_the_map(session) == 1


def test_a_finer_zone_than_offered_needs_the_second_consent(session, as_alice, alice, freiburg):
    join(as_alice)

    answer = save(as_alice, freiburg)

    assert answer.status_code == 422
    assert "Few people with this condition live there" in answer.text
    assert membership_of(session, alice).shown_zone is None
    assert f'value="{freiburg}" checked' in answer.text


def test_the_second_consent_names_the_figure(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, finer="yes")

    wording = session.scalars(select(Consent.wording).where(Consent.kind == "finer")).one()
    assert re.search(r"we expect (about \d+ people|about 1 person|fewer than 1 person)", wording)


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
    assert "enter your password" in answer.text
    assert membership_of(session, alice).audience == "nobody"


def test_showing_less_needs_no_password(app, session, bob, freiburg):
    client = app.test_client()
    sign_in(client, bob, is_fresh=False)

    assert save(client, path(freiburg)[0]).status_code == 303
    assert post(client, f"{ALL}/hide").status_code == 303
    assert membership_of(session, bob).audience == "nobody"
    assert people_on_the_map(session) == 0


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

    assert "say that you have moved" in save(as_bob, freiburg, finer="yes").text
    assert save(as_bob, freiburg, finer="yes", moved="yes").status_code == 303
    session.execute(update(HomeZone).values(since=dt.datetime.now(dt.UTC) - dt.timedelta(days=30)))
    assert "less than 90 days ago" in save(as_bob, berlin, finer="yes", moved="yes").text


def test_a_move_takes_the_other_conditions_along(session, as_bob, bob, freiburg):
    other = conditions.get(session, "crohns-disease")
    put(session, bob, other, freiburg, level=Level.REGION, audience=Audience.MEMBERS)
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")

    save(as_bob, berlin, finer="yes")

    shown = session.scalars(select(Membership.shown_zone).where(Membership.condition_id == other.id)).one()
    assert shown == ancestor(berlin, Level.REGION)


def test_never_carries_another_condition_finer_than_offered_at_the_new_home(session, as_bob, bob, freiburg):
    rare = conditions.get(session, "cystic-fibrosis")
    put(session, bob, rare, freiburg, level=Level.AREA, audience=Audience.MEMBERS)
    memberships.agree(session, bob, rare.id, "finer", "I know: few people live in Freiburg with it.")
    session.commit()
    small = zone_called(session, "Bernau bei Berlin", Level.AREA, "DE")

    assert save(as_bob, small, finer="yes").status_code == 303

    shown = session.scalars(select(Membership.shown_zone).where(Membership.condition_id == rare.id)).one()
    offered = offered_level(zones.path(session, small), rare.prevalence)
    assert level_of(shown) is offered is not Level.AREA
    assert not memberships.has_agreed(session, bob, rare.id, "finer")


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


def test_zones_can_be_picked_from_lists_without_scripts(session, as_alice, freiburg):
    join(as_alice)
    page = as_alice.get(f"{ALL}/place?country=DE")

    for zone in path(freiburg):
        assert f"in={zone}#lists" in page.text
        page = as_alice.get(f"{ALL}/place?in={zone}")

    assert "This is the smallest zone there is" in page.text
    assert f'name="zone" value="{freiburg}"' in page.text


def test_a_stranger_is_asked_to_sign_in(client):
    for address in (f"{ALL}/place", f"{ALL}/join", "/me", f"{ALL}/map"):
        answer = client.get(address)
        assert answer.status_code == 303
        assert answer.location.startswith("/sign-in?next=")


def test_the_page_says_first_how_one_stands(as_bob):
    page = as_bob.get(f"{ALL}/place").text

    assert "You are shown to the members of this condition as: Person with the condition" in page
    assert "Stored as your place: Area around Freiburg" in page
    assert page.index("Hide me now") < page.index("Where do you live?")


def test_who_has_no_place_is_not_asked_to_forget_it(as_alice):
    assert as_alice.get("/me/place/forget").location == "/me"


def test_an_error_gets_the_focus_and_the_form_keeps_what_was_chosen(as_alice, freiburg):
    join(as_alice)

    page = save(as_alice, freiburg, audience="members").text

    assert re.search(r'class="error-summary"[^>]*autofocus', page)
    assert f'value="{freiburg}" checked' in page
    assert 'value="members" checked' in page
