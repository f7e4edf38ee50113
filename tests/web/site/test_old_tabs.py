"""An old tab undoes nothing: its form shows how things stand and asks again. What shows less works at any age."""

import re
import threading
import uuid

import pytest
from sqlalchemy import func, select

from mapservice import create_app, db
from mapservice.geo.zones import Level, path
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.tables import Consent, Member, Membership
from testing.accounts import CHEAP, csrf_token, new_member, post, sign_in
from testing.locations import put, zone_called
from tests.counts import people_in
from tests.web.places.place_forms import ALL, join, membership_of, save

STALE = "Your settings changed after you opened this page"


@pytest.fixture
def shown(as_alice, freiburg):
    """Alice's browser, after she showed herself to all members and agreed to be counted."""
    join(as_alice, counted="yes")
    save(as_alice, freiburg, audience="members", finer="yes")
    return as_alice


def opened(client, page, action):
    """The fields of the form of a page as they stand, as a browser would keep them in an open tab."""
    text = client.get(page).text
    [form] = re.findall(rf'<form[^>]*action="{action}".*?</form>', text, re.DOTALL)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return action, fields


def sent(client, form, **more):
    action, fields = form
    return client.post(action, data={**fields, **more})


def place_form(client):
    return opened(client, f"{ALL}/place", f"{ALL}/place")


WITHDRAWALS = {
    "hide": (f"{ALL}/hide", {}),
    "forget": ("/me/place/forget", {}),
    "leave": (f"{ALL}/leave", {"sure": "yes"}),
    "shown": (f"{ALL}/revoke", {"kind": "shown"}),
    "finer": (f"{ALL}/revoke", {"kind": "finer"}),
    "counted": (f"{ALL}/revoke", {"kind": "counted"}),
}


def state(session, member):
    membership = membership_of(session, member)
    if membership is None:
        return None
    return membership.audience, membership.shown_zone, membership.counted_since


@pytest.mark.parametrize("withdrawal", WITHDRAWALS)
def test_never_brings_back_by_a_form_of_before_what_was_withdrawn(session, shown, alice, freiburg, withdrawal):
    old = {
        "place": (place_form(shown), {"zone": freiburg, "audience": "members", "finer": "yes"}),
        "join": (opened(shown, f"{ALL}/join", f"{ALL}/join"), {"role": "person", "consent": "yes", "counted": "yes"}),
    }
    address, fields = WITHDRAWALS[withdrawal]
    assert post(shown, address, fields).status_code == 303
    after = state(session, alice)
    consents = session.scalar(select(func.count()).select_from(Consent).where(Consent.revoked_at.is_(None)))

    for form, more in old.values():
        # Counting is not on the form of the place, which then changes nothing.
        assert sent(shown, form, **more).status_code in ({303, 409} if withdrawal == "counted" else {403, 409})

    assert state(session, alice) == after
    assert session.scalar(select(func.count()).select_from(Consent).where(Consent.revoked_at.is_(None))) == consents


def test_never_shows_again_or_counts_by_a_page_of_before(session, shown, alice):
    post(shown, f"{ALL}/hide")
    post(shown, f"{ALL}/revoke", {"kind": "counted"})
    again = opened(shown, f"{ALL}/place", f"{ALL}/show-again")
    count = opened(shown, "/me/consents", f"{ALL}/count")
    post(shown, f"{ALL}/hide")

    assert STALE in shown.get(sent(shown, again).location).text
    answer = sent(shown, count, counted="yes")

    assert (answer.status_code, STALE in answer.text) == (409, True)
    assert state(session, alice)[::2] == ("nobody", None)


@pytest.mark.parametrize("rejoins", [False, True])
def test_never_joins_by_a_form_from_before_leaving(session, as_alice, alice, rejoins):
    old = opened(as_alice, f"{ALL}/join", f"{ALL}/join")
    join(as_alice, counted="yes")
    of_member = opened(as_alice, f"{ALL}/join", f"{ALL}/join")
    post(as_alice, f"{ALL}/leave", {"sure": "yes"})
    if rejoins:
        join(as_alice)

    for form in (old, of_member):
        answer = sent(as_alice, form, role="person", consent="yes", counted="yes", pseudonym="Lark")
        assert (answer.status_code, STALE in answer.text, 'value="Lark"' in answer.text) == (409, True, True)

    stands = state(session, alice)
    assert stands == (("nobody", None, None) if rejoins else None)


def test_never_shows_by_a_place_form_from_before_leaving_and_joining_again(session, shown, alice, freiburg):
    old = place_form(shown)
    post(shown, f"{ALL}/leave", {"sure": "yes"})
    join(shown)

    assert sent(shown, old, zone=freiburg, audience="members", finer="yes").status_code == 409
    assert state(session, alice) == ("nobody", None, None)


@pytest.mark.parametrize("version", [None, "", "0", "-1", "2147483648", "x", "1 or 1=1"])
def test_never_shows_by_a_form_without_a_version_or_with_a_made_up_one(session, as_alice, alice, freiburg, version):
    join(as_alice)
    before = state(session, alice)

    answer = save(as_alice, freiburg, audience="members", finer="yes", version=version)

    assert (answer.status_code, STALE in answer.text) == (409, True)
    assert state(session, alice) == before


def test_an_old_form_shows_how_it_is_now_and_can_be_sent_again(session, shown, alice, freiburg):
    old = place_form(shown)
    post(shown, f"{ALL}/hide")

    page = sent(shown, old, zone=freiburg, audience="members", finer="yes").text
    assert 'value="nobody" checked' in page
    fields = dict(
        re.findall(
            r'type="hidden" name="(\w+)" value="([^"]*)"', page.partition('id="place-form"')[2].partition("</form>")[0]
        )
    )

    assert sent(shown, (f"{ALL}/place", fields), zone=freiburg, audience="members", finer="yes").status_code == 303
    assert state(session, alice)[0] == "members"


@pytest.mark.parametrize("withdrawal", WITHDRAWALS)
def test_withdrawing_needs_neither_a_version_nor_an_operation(session, app, shown, alice, withdrawal):
    before = state(session, alice)
    address, fields = WITHDRAWALS[withdrawal]
    post(
        shown, f"{ALL}/join", {"role": "caregiver", "consent": "yes", "counted": "yes", "operation": str(uuid.uuid4())}
    )

    answer = shown.post(address, data={"csrf_token": csrf_token(app), "version": "1", **fields})

    assert answer.status_code == 303
    assert state(session, alice) != before


@pytest.mark.parametrize(
    ("zone", "audience", "expected"),
    [
        (3, "condition", "condition"),
        (3, "nobody", "nobody"),
        (1, "members", "members"),
        (1, "condition", "condition"),
    ],
    ids=["fewer people", "nobody", "a wider zone", "both"],
)
def test_an_old_form_may_show_less(session, shown, alice, freiburg, zone, audience, expected):
    old = place_form(shown)
    post(
        shown, f"{ALL}/join", {"role": "caregiver", "consent": "yes", "counted": "yes", "operation": str(uuid.uuid4())}
    )

    answer = sent(shown, old, zone=path(freiburg)[zone], audience=audience)

    assert answer.status_code == 303
    assert state(session, alice)[:2] == (expected, path(freiburg)[zone])


def test_an_old_form_that_says_nobody_hides_at_once_and_moves_nothing(session, shown, alice, freiburg):
    old = place_form(shown)
    post(
        shown, f"{ALL}/join", {"role": "caregiver", "consent": "yes", "counted": "yes", "operation": str(uuid.uuid4())}
    )
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")

    assert sent(shown, old, zone=berlin, audience="nobody").status_code == 409
    assert state(session, alice)[:2] == ("nobody", freiburg)


def test_sending_the_same_form_twice_answers_as_done_although_it_is_old_by_then(session, as_alice, alice, freiburg):
    join(as_alice)
    form = place_form(as_alice)
    answers = [sent(as_alice, form, zone=freiburg, audience="members", finer="yes") for _ in range(2)]
    joined = opened(as_alice, f"{ALL}/join", f"{ALL}/join")
    answers += [sent(as_alice, joined, role="caregiver", consent="yes") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303] * 4
    assert membership_of(session, alice).role == "caregiver"


def test_never_lets_two_tabs_at_the_same_moment_undo_a_withdrawal(config, engine, condition):
    """Whichever is first: in the end the member is hidden, since the other form is old by then."""
    with db.open_session(engine) as session:
        member = new_member(session, "two-tabs@example.org")
        area = zone_called(session, "Freiburg", Level.AREA, "DE")
        put(
            session,
            member,
            conditions.get(session, condition.slug),
            area,
            level=Level.AREA,
            audience=Audience.CONDITION,
        )
    app = create_app(config, engine=engine, TESTING=True, LIMITS=False, **CHEAP)
    browsers = [app.test_client() for _ in range(2)]
    try:
        for browser in browsers:
            sign_in(browser, member)
        for _ in range(5):
            form = place_form(browsers[0])
            shows = {"zone": area, "audience": "members", "finer": "yes", "moved": "yes"}
            tabs = [
                threading.Thread(target=sent, args=(browsers[0], form), kwargs=shows),
                threading.Thread(target=post, args=(browsers[1], f"{ALL}/hide")),
            ]
            for tab in tabs:
                tab.start()
            for tab in tabs:
                tab.join()
            with db.open_session(engine) as session:
                held = session.get(Membership, (condition.id, member.id))
                assert held.audience == "nobody"
                assert held.audience_before in {"condition", "members", None}
    finally:
        with db.transaction(engine) as session:
            kept = session.get(Member, member.id)
            members.delete_account(session, kept)


def test_never_shows_somebody_by_a_form_of_another_who_used_the_browser(app, session, as_alice, bob, alice, freiburg):
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    join(as_alice)
    save(as_alice, berlin, audience="members", finer="yes")
    other = membership_of(session, bob)
    other.version = membership_of(session, alice).version
    session.commit()
    action, fields = place_form(as_alice)
    sign_in(as_alice, bob)

    asked = as_alice.post(
        action,
        data={
            **fields,
            "csrf_token": csrf_token(app),
            "zone": berlin,
            "audience": "members",
            "finer": "yes",
            "moved": "yes",
        },
    )

    assert (asked.status_code, STALE in asked.text) == (409, True)
    assert state(session, bob)[:2] == ("condition", freiburg)


def test_an_old_form_that_hides_says_that_it_did(session, shown, alice, freiburg):
    old = place_form(shown)
    post(shown, f"{ALL}/revoke", {"kind": "counted"})

    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    page = sent(shown, old, zone=berlin, audience="nobody").text

    assert state(session, alice)[:2] == ("nobody", freiburg)
    assert "You are hidden here, as you chose. Nothing else was saved" in page
    assert "Nothing was saved." not in page


def test_choosing_nobody_hides_also_where_the_rest_of_the_form_is_wrong(session, shown, alice, freiburg):
    answer = save(shown, zone_called(session, "Berlin", Level.AREA, "DE"), audience="nobody")
    assert answer.status_code == 303, "a correction"
    for name in ("Munich", "Hamburg"):
        answer = save(shown, zone_called(session, name, Level.AREA, "DE"), audience="members", finer="yes")
    zone = state(session, alice)[1]
    assert state(session, alice)[0] == "members"

    answer = save(shown, freiburg, audience="nobody")

    assert (answer.status_code, state(session, alice)[:2]) == (422, ("nobody", zone))
    assert "You are hidden here, as you chose. Nothing else has been saved yet." in answer.text
    assert people_in(session, "DE") == 0
