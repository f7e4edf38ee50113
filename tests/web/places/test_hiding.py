"""Hiding, here and everywhere, and its way back: kept with the membership, gone with the place."""

import re
import time

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mapservice.geo.zones import Level
from mapservice.store.tables import HomeZone, LoginSession, Membership
from mapservice.web.places import hiding
from mapservice.web.site import form_fields
from mapservice.web.site.server_sessions import AUTHENTICATED_AT
from testing.accounts import post, sign_in
from testing.locations import zone_called
from tests.counts import people_in
from tests.web.places.test_location import ALL, join, membership_of, save

OTHER = "/conditions/marfan-syndrome"


@pytest.fixture
def hidden(as_alice, freiburg):
    """Alice's browser, after she showed herself to all members and then hid."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{ALL}/hide")
    return as_alice


def test_hiding_is_undone_in_one_step(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{ALL}/hide")
    assert "Show me again as before" in as_alice.get(f"{ALL}/place").text

    post(as_alice, f"{ALL}/show-again")

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone) == ("members", freiburg)
    assert people_in(session, "DE") == 1
    assert "Show me again" not in as_alice.get(f"{ALL}/place").text


def make_stale(client, *, hidden_minutes_ago=0):
    """Let the password of a login be given an hour ago, and its acts of hiding be some minutes old."""
    with client.application.app_context(), client.session_transaction() as kept:
        kept[AUTHENTICATED_AT] = 0
        for name in [name for name in kept if name.startswith(hiding.ACT)]:
            kept[name] -= hidden_minutes_ago * 60


@pytest.mark.parametrize(("minutes", "status", "audience"), [(9.9, 303, "members"), (10, 403, "nobody")])
def test_the_login_that_hid_undoes_it_for_ten_minutes_without_a_password(
    session, hidden, alice, minutes, status, audience
):
    make_stale(hidden, hidden_minutes_ago=minutes)
    page = hidden.get(f"{ALL}/place").text
    assert ("without your password for" in page) is (status == 303)

    assert post(hidden, f"{ALL}/show-again").status_code == status
    assert membership_of(session, alice).audience == audience


def test_two_taps_at_the_same_moment_keep_the_way_back(session, as_alice, alice, freiburg, monkeypatch):
    """The second request has looked at the login before the first has written into it."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    make_stale(as_alice)
    real = form_fields.allow_only

    def first_tap(*fields):
        monkeypatch.setattr(form_fields, "allow_only", real)
        post(as_alice, f"{ALL}/hide")
        real(*fields)

    monkeypatch.setattr(form_fields, "allow_only", first_tap)
    assert post(as_alice, f"{ALL}/hide").status_code == 303

    assert post(as_alice, "/me/hidden/undo", {"act": act_of(session, alice)}).status_code == 303
    assert membership_of(session, alice).audience == "members"


def test_two_conditions_hidden_in_two_tabs_at_the_same_moment_keep_two_ways_back(
    session, as_alice, alice, freiburg, condition, monkeypatch
):
    """The second tab has looked at the login before the first has written into it."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{OTHER}/join", {"role": "person", "consent": "yes", "operation": "1f" * 16})
    post(as_alice, f"{OTHER}/place", {"zone": "DE", "audience": "condition", "finer": "yes", "operation": "2f" * 16})
    make_stale(as_alice)
    real = form_fields.allow_only

    def first_tap(*fields):
        monkeypatch.setattr(form_fields, "allow_only", real)
        post(as_alice, f"{ALL}/hide")
        real(*fields)

    monkeypatch.setattr(form_fields, "allow_only", first_tap)
    post(as_alice, f"{OTHER}/hide")

    assert [post(as_alice, f"{at}/show-again").status_code for at in (ALL, OTHER)] == [303, 303]
    session.expire_all()
    rows = session.scalars(select(Membership).where(Membership.member_id == alice.id))
    assert {row.condition_id == condition.id: row.audience for row in rows} == {True: "members", False: "condition"}


def test_a_login_forgets_what_it_may_not_undo_any_more(session, hidden, alice):
    make_stale(hidden, hidden_minutes_ago=11)
    post(hidden, f"{ALL}/show-again", {"step_up_password": ""})
    with hidden.application.app_context(), hidden.session_transaction() as kept:
        kept[AUTHENTICATED_AT] = time.time()
    post(hidden, f"{ALL}/show-again")

    post(hidden, f"{ALL}/hide")

    with hidden.application.app_context(), hidden.session_transaction() as kept:
        assert [name for name in kept if name.startswith(hiding.ACT)] == [hiding.ACT + act_of(session, alice)]


def test_never_shows_again_from_another_login_without_a_password(app, session, hidden, alice):
    other = app.test_client()
    sign_in(other, alice, is_fresh=False)

    for path, form in ((f"{ALL}/show-again", {}), ("/me/hidden/undo", {"act": act_of(session, alice)})):
        assert post(other, path, form).status_code == 403
    assert membership_of(session, alice).audience == "nobody"


def test_never_shows_again_by_a_form_that_was_opened_before_hiding_again(session, hidden, alice):
    old = act_of(session, alice)
    post(hidden, f"{ALL}/show-again", {"act": old})
    post(hidden, f"{ALL}/hide")

    post(hidden, f"{ALL}/show-again", {"act": old})
    post(hidden, "/me/hidden/undo", {"act": old})

    assert membership_of(session, alice).audience == "nobody"


def test_never_shows_again_under_another_name_than_before(session, hidden, alice):
    post(hidden, f"{ALL}/join", {"role": "person", "pseudonym": "Lark", "consent": "yes", "operation": "1f" * 16})

    post(hidden, f"{ALL}/show-again")

    assert membership_of(session, alice).audience == "nobody"


def test_never_shows_again_whose_consent_is_over(session, as_alice, alice, freiburg):
    join(as_alice)
    save(as_alice, freiburg, finer="yes")
    post(as_alice, f"{ALL}/hide")
    save(as_alice, freiburg, audience="nobody")

    post(as_alice, f"{ALL}/show-again")

    assert membership_of(session, alice).audience == "nobody"


def test_hiding_is_undone_from_another_browser(app, session, hidden, alice, freiburg):
    other = app.test_client()
    sign_in(other, alice)
    assert "Show me again as before" in other.get(f"{ALL}/place").text

    post(other, f"{ALL}/show-again")

    membership = membership_of(session, alice)
    assert (membership.audience, membership.shown_zone) == ("members", freiburg)
    assert membership.audience_before is None


def test_hiding_twice_keeps_the_way_back(session, hidden, alice):
    post(hidden, f"{ALL}/hide")

    assert membership_of(session, alice).audience_before == "members"


def test_each_condition_has_a_way_back_of_its_own(session, hidden, alice, condition):
    post(hidden, f"{OTHER}/join", {"role": "person", "consent": "yes", "operation": "1f" * 16})
    post(hidden, f"{OTHER}/place", {"zone": "DE", "audience": "condition", "finer": "yes", "operation": "2f" * 16})
    post(hidden, f"{OTHER}/hide")

    post(hidden, f"{OTHER}/show-again")

    session.expire_all()
    rows = session.scalars(select(Membership).where(Membership.member_id == alice.id)).all()
    stands = {row.condition_id == condition.id: (row.audience, row.audience_before) for row in rows}
    assert stands == {True: ("nobody", "members"), False: ("condition", None)}


def test_never_shows_again_in_another_zone_than_before(session, hidden, alice):
    """Who says in one condition where they live now, is not shown there in the other on the word for the old place."""
    berlin = zone_called(session, "Berlin", Level.AREA, "DE")
    post(hidden, f"{OTHER}/join", {"role": "person", "consent": "yes", "operation": "1f" * 16})
    post(hidden, f"{OTHER}/place", {"zone": berlin, "audience": "condition", "finer": "yes", "operation": "2f" * 16})

    post(hidden, f"{ALL}/show-again")

    assert people_in(session, "DE") == 1


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/me/place/forget", {}),
        (f"{ALL}/revoke", {"kind": "shown"}),
        (f"{ALL}/join", {"role": "caregiver", "for_minor": "yes", "consent": "yes", "operation": "1f" * 16}),
        (f"{ALL}/place", {"zone": "DE", "audience": "nobody", "operation": "1f" * 16}),
        (f"{ALL}/place", {"zone": "", "audience": "nobody", "operation": "1f" * 16}),
    ],
    ids=["forget", "revoke", "for a minor", "a wider zone", "no place"],
)
def test_never_keeps_to_whom_somebody_was_shown_after(session, hidden, alice, path, form):
    assert membership_of(session, alice).audience_before == "members"

    assert post(hidden, path, form).status_code == 303

    assert membership_of(session, alice).audience_before is None
    assert "Show me again" not in hidden.get(f"{ALL}/place").text


def act_of(session, member):
    """The act of hiding that a form carries."""
    return session.scalars(select(Membership.hidden_by).where(Membership.member_id == member.id)).first().hex


@pytest.fixture
def in_two(as_alice, freiburg):
    """Alice's browser: shown in two conditions, to different people and in zones of different size."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    post(as_alice, f"{OTHER}/join", {"role": "person", "consent": "yes", "operation": "1f" * 16})
    post(as_alice, f"{OTHER}/place", {"zone": "DE", "audience": "condition", "finer": "yes", "operation": "2f" * 16})
    return as_alice


def stands(session, member):
    """What a member shows, by condition."""
    session.expire_all()
    rows = session.scalars(select(Membership).where(Membership.member_id == member.id))
    return {row.condition_id: (row.audience, row.shown_zone, row.pin and row.pin.desc) for row in rows}


def button_of(page):
    """The token and address of the form in the header that hides everywhere, as it stands in a page."""
    return re.search(r'action="(/me/hide)"><input type="hidden" name="csrf_token" value="([^"]+)"', page)


PAGES = ["/search?q=ms", ALL, "/privacy", "/me", "/account", f"{ALL}/map", f"{ALL}/place", "/no-such-page", "/"]


def test_hiding_everywhere_is_one_step_from_every_page(session, in_two, alice):
    make_stale(in_two)
    offered = {path: button_of(in_two.get(path).text) for path in PAGES}
    assert all(offered.values())
    address, token = offered["/no-such-page"].groups()

    answer = in_two.post(address, data={"csrf_token": token}, follow_redirects=True)

    assert {audience for audience, _zone, _pin in stands(session, alice).values()} == {"nobody"}
    assert people_in(session, "DE") == 0
    assert "You are hidden everywhere" in answer.text
    assert "Marfan syndrome" in answer.text
    assert "at the same time" in answer.text
    assert [path for path in PAGES if button_of(in_two.get(path).text)] == []


def test_undo_restores_exactly_what_was_hidden_by_that_act(session, in_two, alice, condition):
    shown = stands(session, alice)
    post(in_two, f"{OTHER}/hide")
    post(in_two, "/me/hide")
    make_stale(in_two)
    act = re.search(r'name="act" value="(\w+)"', in_two.get("/me/hidden").text)[1]

    page = post(in_two, "/me/hidden/undo", {"act": act}, follow_redirects=True).text

    now = stands(session, alice)
    assert now[condition.id] == shown[condition.id]
    assert [audience for each, (audience, *_rest) in now.items() if each != condition.id] == ["nobody"]
    assert "You are visible again as before in: \u2068Acute lymphoblastic leukaemia\u2069." in page


def test_undo_of_everything_restores_all_of_it_and_only_once(session, in_two, alice):
    shown = stands(session, alice)
    post(in_two, "/me/hide")
    act = act_of(session, alice)

    post(in_two, "/me/hidden/undo", {"act": act})
    assert stands(session, alice) == shown

    post(in_two, "/me/hide")
    assert "nothing to undo" in post(in_two, "/me/hidden/undo", {"act": act}, follow_redirects=True).text
    assert people_in(session, "DE") == 0


def test_never_undoes_where_something_has_changed_since(session, in_two, alice, condition):
    post(in_two, "/me/hide")
    act = act_of(session, alice)
    post(in_two, f"{ALL}/revoke", {"kind": "shown"})

    page = post(in_two, "/me/hidden/undo", {"act": act}, follow_redirects=True).text

    assert stands(session, alice)[condition.id][0] == "nobody"
    assert "You are visible again as before in: \u2068Marfan syndrome\u2069." in page


def test_after_ten_minutes_undo_asks_for_the_password_and_said_so(session, in_two, alice):
    page = post(in_two, "/me/hide", follow_redirects=True).text
    assert "without your password for 10 more minutes" in page
    assert "After that, we will ask for your password." in page
    make_stale(in_two, hidden_minutes_ago=10)

    answer = post(in_two, "/me/hidden/undo", {"act": act_of(session, alice)})

    assert answer.status_code == 403
    assert people_in(session, "DE") == 0


def test_who_is_shown_nowhere_is_offered_nothing_to_hide(as_alice, client):
    for browser in (as_alice, client):
        assert button_of(browser.get("/").text) is None
    assert post(as_alice, "/me/hide").location == "/me/hidden"


def test_acting_on_all_maps_at_once_is_said_to_be_noticed(in_two, as_bob):
    words = "notice that you disappear from all of them at the same time"

    for path in ("/me", "/me/place/forget", "/account/delete"):
        assert words in in_two.get(path).text
        assert words not in as_bob.get(path).text


def test_leaving_asks_first(session, as_bob, bob):
    question = "Leave this community?"
    assert question in as_bob.get(f"{ALL}/leave").text
    assert question in post(as_bob, f"{ALL}/leave").text
    assert question in post(as_bob, f"{ALL}/revoke", {"kind": "joined"}, follow_redirects=True).text
    assert membership_of(session, bob).audience == "condition"

    post(as_bob, f"{ALL}/leave", {"sure": "yes"})

    assert membership_of(session, bob) is None


def test_never_keeps_anything_of_it_in_the_session(session, hidden, freiburg):
    kept = str(session.scalars(select(LoginSession.data)).all())

    assert freiburg not in kept
    assert "leukaemia" not in kept


@pytest.mark.parametrize("bad", [{"audience": "members"}, {"shown_zone": None, "pin": None}])
def test_the_database_itself_keeps_it_only_of_who_is_hidden_somewhere(session, hidden, bad):
    with pytest.raises(IntegrityError, match="ck_membership_audience_before"), session.begin_nested():
        session.execute(update(Membership).values(**bad))


def test_forgetting_asks_first(session, as_bob, bob, freiburg):
    page = as_bob.get("/me/place/forget").text

    assert "You cannot undo this" in page
    assert "Acute lymphoblastic leukaemia" in page
    assert session.get(HomeZone, bob.id).zone_id == freiburg
    assert membership_of(session, bob).audience == "condition"


def test_withdrawing_works_for_who_opened_too_many_pages(app, session, in_two, alice):
    while in_two.get("/privacy").status_code != 429:
        pass

    page = post(in_two, "/me/hide", follow_redirects=True)
    assert (page.status_code, "You are hidden everywhere" in page.text) == (200, True)
    for address, form in (
        (f"{ALL}/revoke", {"kind": "shown"}),
        ("/me/place/forget", {}),
        (f"{ALL}/leave", {"sure": "yes"}),
        (f"{OTHER}/leave", {"sure": "yes"}),
    ):
        assert post(in_two, address, form).status_code == 303
    assert stands(session, alice) == {}
