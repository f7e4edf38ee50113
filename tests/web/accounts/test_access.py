"""Who may do what, and the password that is asked for once more."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from mapservice import create_app
from mapservice.store.accounts import staff
from mapservice.store.tables import MemberStaffRole
from mapservice.web.accounts import access
from testing.accounts import CHEAP, PASSWORD, csrf_token, fill_in, new_member, sign_in
from testing.accounts import post as send
from testing.appointing import appoint
from testing.releasing import as_owner
from tests.factor import give_phone, new_staff
from tests.frontdoor import ALICE, app, enter, is_signed_in, signed_up

__all__ = ["app"]


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

    appoint(session, member, staff.ADMIN)
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
    assert policies["only_admin"] == "staff:admin"
    assert policies["only_fresh_admin"] == "staff:admin:fresh"
    assert policies["settings.delete"] == "member"


def test_a_form_is_kept_while_the_password_is_asked_for(client, session):
    member = signed_up(client, session)
    sign_in(client, member, is_fresh=False)

    asked = send(client, "/test/fresh", {"zone": "DE-1", "role": ["a", "b"]})
    assert asked.status_code == 403
    assert 'action="/test/fresh"' in asked.text
    assert 'name="zone" value="DE-1"' in asked.text
    assert asked.text.count('name="role"') == 2

    wrong = send(client, "/test/fresh", {"zone": "DE-1", access.PASSWORD_FIELD: "something else entirely"})
    assert wrong.status_code == 403
    assert "something else entirely" not in wrong.text

    done = send(client, "/test/fresh", {"zone": "DE-1", access.PASSWORD_FIELD: PASSWORD})
    assert done.status_code == 200
    assert "DE-1" in done.text
    assert access.PASSWORD_FIELD not in done.text


def test_a_page_asks_for_the_password_and_goes_back(client, session):
    sign_in(client, signed_up(client, session), is_fresh=False)

    asked = client.get("/test/fresh?page=1")
    assert asked.location == "/account/again?next=/test/fresh?page%3D1"

    assert fill_in(client, asked.location, at="/account/again", password="no", next="/test/fresh").status_code == 422
    back = fill_in(client, asked.location, at="/account/again", password=PASSWORD, next="/test/fresh?a=1")
    assert back.location == "/test/fresh?a=1"
    assert client.get("/test/fresh?page=1").status_code == 200


# Staff and their second factor.


@pytest.mark.parametrize("path", ["/test/admin?page=1", "/test/admin/fresh?page=1"])
@pytest.mark.parametrize(("has_phone", "to"), [(True, "/sign-in/code"), (False, "/account/second-factor/new")])
def test_never_opens_a_staff_page_without_the_second_factor(client, session, path, has_phone, to):
    member = new_staff(session)
    if has_phone:
        give_phone(client, session, member)
    sign_in(client, member, has_code=False)

    assert client.get(path).location == f"{to}?next={path.replace('=', '%3D')}"
    answer = client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (403, {"error": "second_factor"})
    assert client.get("/account").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_never_lets_a_form_through_without_the_second_factor(client, session, method):
    sign_in(client, new_staff(session), has_code=False)

    answer = client.open("/test/admin/fresh", method=method, data={"csrf_token": csrf_token(client.application)})

    assert answer.status_code == 303
    assert "Dana" not in answer.text


def test_the_second_factor_opens_no_page_of_another_role(client, session):
    sign_in(client, new_staff(session, role=staff.MODERATOR))

    assert client.get("/test/admin").status_code == 403


def test_the_second_factor_opens_nothing_to_who_is_no_staff_any_more(client, session):
    sign_in(client, new_staff(session))
    assert client.get("/test/admin").status_code == 200

    with as_owner(session):
        session.execute(delete(MemberStaffRole))
    session.commit()

    assert client.get("/test/admin").status_code == 403


def test_a_staff_page_may_ask_for_the_password_too(client, session):
    member = signed_up(client, session)
    appoint(session, member, staff.ADMIN)
    session.commit()
    sign_in(client, member, is_fresh=False)

    assert client.get("/test/admin").status_code == 200
    assert client.get("/test/admin/fresh?page=1").location == "/account/again?next=/test/admin/fresh?page%3D1"
    assert send(client, "/test/admin/fresh", {"zone": "DE"}).status_code == 403
    assert "DE" in send(client, "/test/admin/fresh", {"zone": "DE", access.PASSWORD_FIELD: PASSWORD}).text
    assert client.get("/test/admin/fresh").status_code == 200


@pytest.mark.parametrize(
    ("is_synthetic", "settings", "status"),
    [
        (True, {"demo": True}, 200),
        (False, {"demo": True}, 303),
        (True, {}, 303),
        (True, {"demo": True, "host": "0.0.0.0"}, 303),
        (True, {"demo": True, "production": True}, 303),
    ],
)
def test_only_invented_staff_of_a_demo_go_without(config, connection, session, is_synthetic, settings, status):
    app = create_app(replace(config, **settings), engine=connection, TESTING=True, **CHEAP)
    app.add_url_rule("/test/admin", "a", access.staff_required(staff.ADMIN)(lambda member: member.pseudonym))
    member = new_staff(session)
    member.synthetic = is_synthetic
    session.commit()
    client = app.test_client()
    sign_in(client, member, has_code=False)

    assert client.get("/test/admin").status_code == status


def test_invented_staff_who_set_one_up_are_asked_for_it(config, connection, session):
    app = create_app(replace(config, demo=True), engine=connection, TESTING=True, **CHEAP)
    app.add_url_rule("/test/admin", "a", access.staff_required(staff.ADMIN)(lambda member: member.pseudonym))
    member, client = new_staff(session), app.test_client()
    member.synthetic = True
    give_phone(client, session, member)
    sign_in(client, member, has_code=False)

    assert client.get("/test/admin").location == "/sign-in/code?next=/test/admin"
