"""Hiding and its way back: kept with the membership, gone with the place."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mapservice.geo.zones import Level
from mapservice.store.tables import HomeZone, LoginSession, Membership
from tests.accounts import post, sign_in
from tests.cast import zone_called
from tests.web.test_place import ALL, join, membership_of, people_on_the_map, save

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
    assert people_on_the_map(session) == 1
    assert "Show me again" not in as_alice.get(f"{ALL}/place").text


def test_showing_again_needs_a_fresh_password(app, session, alice, freiburg):
    client = app.test_client()
    sign_in(client, alice)
    join(client)
    save(client, freiburg, finer="yes")
    post(client, f"{ALL}/hide")
    with app.app_context(), client.session_transaction() as kept:
        kept["authenticated_at"] = 0

    assert post(client, f"{ALL}/show-again").status_code == 403
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

    assert people_on_the_map(session) == 1


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

    assert "this cannot be undone" in page
    assert "Acute lymphoblastic leukaemia" in page
    assert session.get(HomeZone, bob.id).zone_id == freiburg
    assert membership_of(session, bob).audience == "condition"
