"""A new password: by a link where the old one is forgotten, or on the account page."""

import time

import pytest
from sqlalchemy import update

from mapservice.store.tables import Member
from mapservice.web.accounts import login, passwords
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import PASSWORD, fill_in, sign_in
from tests.frontdoor import ALICE, app, enter, is_signed_in, link_in, queued_emails, sign_up, signed_up

__all__ = ["app"]


def test_a_forgotten_password_is_replaced_and_everybody_else_signed_out(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(queued_emails(session)[-1])

    assert fill_in(client, link, password="five other words, unrelated").location == "/sign-in"

    assert not is_signed_in(elsewhere)
    assert enter(client).status_code == 422
    assert enter(client, password="five other words, unrelated").status_code == 303
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("path", ["/reset/made-up", "/confirm/made-up"])
def test_a_made_up_link_opens_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_link_of_one_kind_is_none_of_the_other(client, session):
    sign_up(client)
    token = link_in(queued_emails(session)[0]).rpartition("/")[2]

    assert client.get(f"/reset/{token}").status_code == 404


def test_a_link_to_reset_ends_after_thirty_minutes(client, session, monkeypatch):
    signed_up(client, session)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(queued_emails(session)[-1])
    now = time.time()

    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 29 * 60)
    assert client.get(link).status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 31 * 60)
    assert client.get(link).status_code == 404


def test_changing_the_password_ends_all_other_sessions(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    enter(client)
    before = client.get_cookie(COOKIE).value

    fields = {"current_password": PASSWORD, "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).location == "/account"

    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert not is_signed_in(elsewhere)
    assert queued_emails(session)[-1].subject == "Your password was changed"


@pytest.mark.parametrize(
    ("path", "proof"), [("/reset/{token}", {}), ("/account/password", {"current_password": PASSWORD})]
)
def test_never_takes_a_password_after_another_one_was_taken_meanwhile(
    app, client, session, connection, monkeypatch, path, proof
):
    alice = signed_up(client, session)
    enter(client)
    with app.test_request_context():
        path = path.format(token=login.reset_token(alice))
    hashed = passwords.hashed

    def overtaken(text: str) -> str:
        # What another request does while this one is still hashing.
        connection.execute(update(Member).values(security_stamp="ff" * 16))
        return hashed(text)

    monkeypatch.setattr(passwords, "hashed", overtaken)
    answer = fill_in(client, path, password="another four quiet words", **proof)

    assert (answer.status_code, answer.location) == ((303, "/sign-in?next=/") if proof else (404, None))
    assert enter(app.test_client(), password="another four quiet words").status_code == 422


def test_changing_the_password_needs_the_old_one(client, session):
    signed_up(client, session)
    enter(client)

    fields = {"current_password": "not that one, surely", "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).status_code == 422
    assert enter(client.application.test_client()).status_code == 303
