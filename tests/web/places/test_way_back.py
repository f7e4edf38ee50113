"""The way back from hiding ends with the consent, the name, the zone or the place that it was for."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from mapservice.geo.zones import Level
from mapservice.store.tables import LoginSession, Membership
from testing.accounts import post
from testing.locations import zone_called
from tests.counts import people_in
from tests.web.places.hidden import OTHER, act_of, hidden
from tests.web.places.place_forms import ALL, join, membership_of, save

__all__ = ["hidden"]


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


def test_never_keeps_anything_of_it_in_the_session(session, hidden, freiburg):
    kept = str(session.scalars(select(LoginSession.data)).all())

    assert freiburg not in kept
    assert "leukaemia" not in kept


@pytest.mark.parametrize("bad", [{"audience": "members"}, {"shown_zone": None, "pin": None}])
def test_the_database_itself_keeps_it_only_of_who_is_hidden_somewhere(session, hidden, bad):
    with pytest.raises(IntegrityError, match="ck_membership_audience_before"), session.begin_nested():
        session.execute(update(Membership).values(**bad))
