"""Moderators, as an admin appoints and dismisses them in the browser."""

import pytest

from mapservice.store.accounts import second_factors, staff
from mapservice.store.figures.audit_log import account_mark
from testing.accounts import post, sign_in
from tests.web.operator.test_settings import changes

PATH = "/admin/service/staff/"


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


def test_an_admin_appoints_and_dismisses_a_moderator(session, as_dan, as_alice, alice):
    assert post(as_dan, PATH, {"email": "Alice@Example.org"}).status_code == 303

    assert staff.staff_roles(session, alice) == {staff.MODERATOR}
    assert as_alice.get("/me").status_code == 303, "she was signed out"
    page = as_dan.get(PATH).text
    assert account_mark(alice) in page
    assert "the role does not work until it is set up" in page

    assert post(as_dan, f"{PATH}dismiss", {"member": str(alice.id)}).status_code == 303
    assert staff.staff_roles(session, alice) == frozenset()
    mark = account_mark(alice)
    assert changes(session) == [f"staff: appoint moderator {mark}", f"staff: dismiss moderator {mark}"]


def test_doing_it_twice_is_noted_once(session, as_dan, alice):
    for _time in range(2):
        post(as_dan, PATH, {"email": alice.email})

    assert len(changes(session)) == 1


def test_a_role_works_only_with_a_second_factor(app, as_dan, alice, session):
    post(as_dan, PATH, {"email": alice.email})
    client = app.test_client()
    sign_in(client, alice, has_code=False)

    assert second_factors.find(session, alice) is None
    assert client.get("/admin/").status_code == 403, "a moderator is no admin"


@pytest.mark.parametrize(
    ("email", "words"), [("nobody@example.org", "They must sign up first"), ("nobody", "correct format")]
)
def test_an_address_without_an_account_is_refused_in_words(session, as_dan, email, words):
    answer = post(as_dan, PATH, {"email": email})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{email}"' in answer.text
    assert changes(session) == []


def test_a_closed_account_gets_no_role(session, as_dan, alice):
    alice.active = False
    session.commit()

    assert "This account is closed" in post(as_dan, PATH, {"email": alice.email}).text
    assert staff.staff_roles(session, alice) == frozenset()


@pytest.mark.parametrize("value", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_dismissing_nobody_changes_nothing(session, as_dan, value):
    assert post(as_dan, f"{PATH}dismiss", {"member": value}).status_code in {303, 422}
    assert changes(session) == []


def test_an_account_with_a_role_can_still_be_deleted(session, as_dan, alice):
    post(as_dan, PATH, {"email": alice.email})
    session.delete(alice)
    session.flush()

    assert [one.member.pseudonym for one in staff.list_staff(session)] == ["Dan"]


def test_a_member_opens_none_of_it(as_alice):
    assert as_alice.get(PATH).status_code == 403
    assert post(as_alice, PATH, {"email": "alice@example.org"}).status_code == 403
