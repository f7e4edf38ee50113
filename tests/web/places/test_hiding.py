"""Hiding in one condition, and showing oneself again in one step: for ten minutes without a password, then with it."""

import time

import pytest
from sqlalchemy import select

from mapservice.store.tables import Membership
from mapservice.web.places import hiding
from mapservice.web.site import form_fields
from mapservice.web.site.browser_session import AUTHENTICATED_AT
from testing.accounts import post, sign_in
from tests.counts import people_in
from tests.web.places.hidden import OTHER, act_of, hidden, make_stale
from tests.web.places.place_forms import ALL, join, membership_of, save

__all__ = ["hidden"]


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


@pytest.mark.parametrize(("minutes", "status", "audience"), [(9.9, 303, "members"), (10, 403, "nobody")])
def test_the_login_that_hid_undoes_it_for_ten_minutes_without_a_password(
    session, hidden, alice, minutes, status, audience
):
    make_stale(hidden, hidden_minutes_ago=minutes)
    page = hidden.get(f"{ALL}/place").text
    assert ("without your password for" in page) is (status == 303)

    assert post(hidden, f"{ALL}/show-again").status_code == status
    assert membership_of(session, alice).audience == audience


def hide_meanwhile(client, monkeypatch):
    """Let the next form of this browser be overtaken by hiding in another tab, once it has looked at the login."""
    real = form_fields.allow_only

    def overtaken(*fields):
        monkeypatch.setattr(form_fields, "allow_only", real)
        post(client, f"{ALL}/hide")
        real(*fields)

    monkeypatch.setattr(form_fields, "allow_only", overtaken)


def test_two_taps_at_the_same_moment_keep_the_way_back(session, as_alice, alice, freiburg, monkeypatch):
    """The second request has looked at the login before the first has written into it."""
    join(as_alice)
    save(as_alice, freiburg, audience="members", finer="yes")
    make_stale(as_alice)
    hide_meanwhile(as_alice, monkeypatch)
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
    hide_meanwhile(as_alice, monkeypatch)
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
