"""Hiding in all conditions is one step from every page; undoing it restores what that act hid, and nothing else."""

import re

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from testing.accounts import post
from tests.counts import people_in
from tests.web.places.hidden import OTHER, act_of, in_two, make_stale
from tests.web.places.place_forms import ALL

__all__ = ["in_two"]


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
    assert [audience for condition_id, (audience, *_rest) in now.items() if condition_id != condition.id] == ["nobody"]
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


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{ALL}/place", "you disappear from your other maps at the same time"),
        ("/account/age", "When you save, all of them change at the same time."),
    ],
)
def test_what_changes_all_maps_at_once_says_so_before(in_two, as_bob, path, words):
    assert words in in_two.get(path).text
    assert words not in as_bob.get(path).text


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
