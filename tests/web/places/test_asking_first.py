"""What cannot be undone asks first: leaving a community, and forgetting the place."""

from mapservice.store.tables import HomeZone
from testing.accounts import post
from tests.web.places.place_forms import ALL, membership_of


def test_leaving_asks_first(session, as_bob, bob):
    question = "Leave this community?"
    assert question in as_bob.get(f"{ALL}/leave").text
    assert question in post(as_bob, f"{ALL}/leave").text
    assert question in post(as_bob, f"{ALL}/revoke", {"kind": "joined"}, follow_redirects=True).text
    assert membership_of(session, bob).audience == "condition"

    post(as_bob, f"{ALL}/leave", {"sure": "yes"})

    assert membership_of(session, bob) is None


def test_forgetting_asks_first(session, as_bob, bob, freiburg):
    page = as_bob.get("/me/place/forget").text

    assert "You cannot undo this" in page
    assert "Acute lymphoblastic leukaemia" in page
    assert session.get(HomeZone, bob.id).zone_id == freiburg
    assert membership_of(session, bob).audience == "condition"
