"""Who may do what, and the password that is asked for once more."""

import pytest
from flask import Flask

from mapservice.config import Config
from mapservice.store import staff
from mapservice.web import guards
from tests import frontdoor
from tests.accounts import PASSWORD, fill_in, new_member, sign_in
from tests.accounts import post as send
from tests.frontdoor import ALICE, enter, is_signed_in, signed_up


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back(client, session):
    signed_up(client, session)

    answer = client.get("/test/member?page=1")
    assert answer.location == "/sign-in?next=/test/member?page%3D1"

    assert enter(client, next="/test/member?a=1").location == "/test/member?a=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
)
def test_never_goes_on_to_another_site(client, session, target):
    signed_up(client, session)

    assert enter(client, next=target).location == "/"


def test_an_unverified_member_does_not_pass(client, session):
    sign_in(client, new_member(session, ALICE, is_verified=False))

    answer = client.get("/test/member")

    assert answer.status_code == 403
    assert "confirm your e-mail" in answer.text


def test_a_closed_account_is_signed_out_at_once(client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    assert is_signed_in(client)

    member.active = False
    session.commit()

    assert not is_signed_in(client)


def test_staff_pages_are_for_staff(client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    assert client.get("/test/admin").status_code == 403

    staff.appoint(session, member, staff.ADMIN)
    session.commit()

    assert not is_signed_in(client)
    sign_in(client, member)
    assert client.get("/test/admin").text == "Alice"


def test_a_script_is_answered_in_json(client, session):
    wants = {"Accept": "application/json"}

    assert client.get("/test/member", headers=wants).status_code == 401
    sign_in(client, new_member(session, ALICE), is_fresh=False)
    assert client.get("/test/fresh", headers=wants).json["error"] == "fresh"


def test_guards_note_their_policy(app):
    policies = {name: getattr(view, "policy", None) for name, view in app.view_functions.items()}

    assert policies["only_member"] == "member"
    assert policies["only_fresh"] == "fresh"
    assert policies["account.delete"] == "member"


def test_a_form_is_kept_while_the_password_is_asked_for(client, session):
    member = signed_up(client, session)
    sign_in(client, member, is_fresh=False)

    asked = send(client, "/test/fresh", {"zone": "DE-1", "role": ["a", "b"]})
    assert asked.status_code == 403
    assert 'action="/test/fresh"' in asked.text
    assert 'name="zone" value="DE-1"' in asked.text
    assert asked.text.count('name="role"') == 2

    wrong = send(client, "/test/fresh", {"zone": "DE-1", guards.PROOF: "something else entirely"})
    assert wrong.status_code == 403
    assert "something else entirely" not in wrong.text

    done = send(client, "/test/fresh", {"zone": "DE-1", guards.PROOF: PASSWORD})
    assert done.status_code == 200
    assert "DE-1" in done.text
    assert guards.PROOF not in done.text


def test_a_page_asks_for_the_password_and_goes_back(client, session):
    sign_in(client, signed_up(client, session), is_fresh=False)

    asked = client.get("/test/fresh?page=1")
    assert asked.location == "/account/again?next=/test/fresh?page%3D1"

    assert fill_in(client, asked.location, at="/account/again", password="no", next="/test/fresh").status_code == 422
    back = fill_in(client, asked.location, at="/account/again", password=PASSWORD, next="/test/fresh?a=1")
    assert back.location == "/test/fresh?a=1"
    assert client.get("/test/fresh?page=1").status_code == 200
