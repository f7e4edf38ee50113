"""A member with a second factor signs in: the password alone opens nothing, whatever way it was given or replaced."""

import time

import pytest
from flask import session as browser_session
from sqlalchemy import select

from mapservice.store.accounts import members, second_factors
from mapservice.store.tables import KnownDevice, LoginSession, RecoveryCode, SecondFactor
from mapservice.web.accounts import login
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import PASSWORD, fill_in, post, sign_in
from tests.factor import ASK, NEW, REMOVE, codes_in, give_phone, secret_in, send
from tests.frontdoor import ALICE, app, enter, is_signed_in, link_in, queued_emails, signed_up

__all__ = ["app"]

WRONG = "This code does not work"
NEW_PASSWORD = "seven green kettles sing"


@pytest.fixture
def alice(client, session):
    return signed_up(client, session)


@pytest.fixture
def phone(client, session, alice):
    return give_phone(client, session, alice)


def test_any_member_sets_it_up_and_removes_it(client, session, alice):
    sign_in(client, alice)
    assert "Someone who finds out your password can then not sign in" in client.get("/account").text
    page = client.get(NEW)

    done = send(client, NEW, secret_in(page).code())

    assert len(codes_in(done)) == 10
    assert "10 recovery codes are left" in client.get("/account").text
    assert send(client, REMOVE, codes_in(done)[0]).location == "/account"
    assert "Your password alone is now enough" in client.get("/account").text
    assert session.scalars(select(RecoveryCode)).all() == session.scalars(select(SecondFactor)).all() == []
    assert [email.subject for email in queued_emails(session)] == ["Your second factor was changed"] * 2


def test_never_signs_in_with_the_password_alone(client, session, phone):
    asked = enter(client, next="/me")

    assert asked.location == f"{ASK}?next=/me"
    assert not is_signed_in(client)
    assert client.get("/account").location == f"{ASK}?next=/account"
    assert client.get("/account", headers={"Accept": "application/json"}).status_code == 401


def test_the_code_signs_in_and_goes_on(client, session, alice, phone):
    enter(client, next="/me")
    before = client.get_cookie(COOKIE).value

    done = fill_in(client, f"{ASK}?next=/me", at=ASK, code=phone.code(), next="/me")

    assert done.location == "/me"
    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert client.get(ASK).location == "/account"


def test_a_wrong_code_signs_nobody_in(client, session, phone):
    enter(client)

    answer = fill_in(client, ASK, code=phone.wrong())

    assert answer.status_code == 422
    assert WRONG in answer.text
    assert "Go back to the sign-in page" in answer.text
    assert not is_signed_in(client)


def test_never_signs_in_twice_with_one_code(app, client, session, phone):
    elsewhere, code = app.test_client(), phone.code()
    enter(client)
    enter(elsewhere)
    assert fill_in(client, ASK, code=code).status_code == 303

    assert WRONG in fill_in(elsewhere, ASK, code=code).text
    assert not is_signed_in(elsewhere)


def test_a_recovery_code_signs_in_without_the_phone(client, session, phone):
    enter(client)

    fill_in(client, ASK, code="AAAA-AAAA-AAAA-AAAA")

    assert is_signed_in(client)
    assert "You have 0 recovery codes left" in client.get("/account").text


def test_never_lets_a_forgotten_password_replace_the_second_factor(client, session, phone):
    fill_in(client, "/forgot", email=ALICE)
    session.expire_all()
    fill_in(client, link_in(queued_emails(session)[-1]), password=NEW_PASSWORD)
    assert not is_signed_in(client)

    enter(client, password=NEW_PASSWORD)

    assert not is_signed_in(client)
    assert client.get("/me").location == f"{ASK}?next=/me"


def test_the_e_mail_about_a_new_device_and_its_cookie_wait_for_the_code(client, session, phone):
    client.delete_cookie("__Host-device")
    devices = len(session.scalars(select(KnownDevice)).all())
    enter(client)
    assert queued_emails(session) == []
    assert len(session.scalars(select(KnownDevice)).all()) == devices

    fill_in(client, ASK, code=phone.code())

    session.expire_all()
    assert [email.subject for email in queued_emails(session)] == ["Someone signed in to your account"]
    assert len(session.scalars(select(KnownDevice)).all()) == devices + 1


def _with_password_of(client, session, change):
    """Give the right password, and let something happen to the account before the code comes."""
    enter(client)
    change()
    session.commit()


def test_never_takes_a_code_after_the_password_was_changed(client, session, alice, phone):
    _with_password_of(client, session, lambda: members.set_password(alice, "another hash"))

    assert client.get(ASK).location.startswith("/sign-in?")


def test_never_signs_a_suspended_member_in_with_a_code(client, session, alice, phone):
    _with_password_of(client, session, lambda: setattr(alice, "active", False))

    assert client.get(ASK).location.startswith("/sign-in?")


def test_never_signs_in_because_the_second_factor_went_meanwhile(client, session, alice, phone):
    _with_password_of(client, session, lambda: second_factors.remove(session, alice))

    assert client.get(ASK).location == "/sign-in?next=/account"
    assert not is_signed_in(client)


def test_the_code_is_awaited_for_ten_minutes(app, alice, phone):
    with app.test_request_context():
        login.await_code(alice)
        awaited = login.member_awaiting_code()
        assert awaited is not None
        assert awaited.id == alice.id

        stamp, given_at = browser_session["awaited_code"]
        browser_session["awaited_code"] = [stamp, given_at - login.CODE_LIFETIME.total_seconds()]
        assert login.member_awaiting_code() is None
        browser_session["awaited_code"] = [stamp, time.time() + 60]
        assert login.member_awaiting_code() is None


def test_who_was_signed_in_as_somebody_else_is_signed_out_first(client, session, phone):
    sign_in(client, signed_up(client, session, "bob@example.org", pseudonym="Bobby"))

    assert post(client, "/sign-in", {"email": ALICE, "password": PASSWORD}).location.startswith(ASK)

    assert not is_signed_in(client)


def test_a_new_password_keeps_the_proof_of_this_session(client, session, alice, phone):
    enter(client)
    fill_in(client, ASK, code=phone.code())

    changed = fill_in(client, "/account/password", current_password=PASSWORD, password=NEW_PASSWORD)

    assert changed.location == "/account"
    assert is_signed_in(client)
    session.expire_all()
    mine = session.scalars(select(LoginSession.data).where(LoginSession.member_id == alice.id)).one()
    assert "second_factor" in mine
