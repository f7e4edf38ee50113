"""Another e-mail address: asked for by a member with their password, and confirmed at the new address."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from mapservice.store.tables import EmailChange, KnownDevice, Member
from mapservice.web.site import known_devices
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import fill_in, new_member, post, sign_in
from tests import frontdoor
from tests.frontdoor import ALICE, enter, is_signed_in, queued_emails
from tests.web.accounts.email_changes import NEW, address_of, alice, app, ask, later, link

__all__ = ["alice", "app"]


def test_a_member_changes_the_address(app, client, session, alice):
    elsewhere = app.test_client()
    sign_in(elsewhere, alice)
    fill_in(app.test_client(), "/forgot", email=ALICE)
    reset = frontdoor.link_in(queued_emails(session)[-1])
    before = client.get_cookie(COOKIE).value

    assert ask(client).location == "/account/email/check-your-mail"
    assert address_of(session, alice) == ALICE
    assert f"You asked to change it to <bdi>{NEW}</bdi>." in client.get("/account").text
    confirm = link(session, NEW, "confirm")
    assert client.get(confirm).status_code == 200
    assert address_of(session, alice) == ALICE
    assert fill_in(client, confirm).location == "/account"

    assert address_of(session, alice) == NEW
    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert not is_signed_in(elsewhere)
    assert client.get(reset).status_code == 404
    assert client.get(confirm).status_code == 404
    assert enter(app.test_client(), NEW).status_code == 303
    assert enter(app.test_client()).status_code == 422
    assert [email.subject for email in queued_emails(session) if email.recipient == ALICE][-2:] == [
        "Someone wants to change your e-mail address",
        "Your e-mail address was changed",
    ]


def test_the_device_on_which_it_was_confirmed_stays_known_and_no_other(app, client, session, alice):
    elsewhere = app.test_client()
    enter(elsewhere)
    ask(client)

    fill_in(client, link(session, NEW, "confirm"))

    known = session.scalars(select(KnownDevice.token_hash)).all()
    assert known == [known_devices.token_hash(client.get_cookie(known_devices.COOKIE).value)]


def test_never_sends_an_e_mail_about_a_change_after_the_account_was_deleted(client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))

    post(client, "/account/delete", {"sure": "yes", "csrf_token": token_at(client, "/account/delete")})

    session.expire_all()
    assert [email.kind for email in queued_emails(session)] == []
    assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_never_deletes_e_mails_of_somebody_else_whose_address_was_asked_for(client, session, alice):
    new_member(session, NEW)
    fill_in(client.application.test_client(), "/forgot", email=NEW)
    ask(client)

    post(client, "/account/delete", {"sure": "yes", "csrf_token": token_at(client, "/account/delete")})

    session.expire_all()
    assert [email.kind for email in queued_emails(session)] == ["reset", "already"]


def token_at(client: FlaskClient, path: str) -> str:
    return client.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_it_asks_for_the_password(client, session, alice):
    page = ask(client, password="not the right one at all")

    assert page.status_code == 422
    assert "Wrong password" in page.text
    assert session.scalar(select(func.count()).select_from(EmailChange)) == 0


@pytest.mark.parametrize(
    ("email", "words"),
    [(ALICE, "already your e-mail address"), ("no address", "Enter an e-mail address in the correct format")],
)
def test_an_address_that_cannot_be(client, session, alice, email, words):
    assert words in ask(client, email).text
    assert queued_emails(session) == []


def test_never_changes_for_somebody_else_who_opens_the_link(app, client, session, alice):
    """Where Alice mistypes the address, a stranger gets the link."""
    ask(client)
    confirm = link(session, NEW, "confirm")
    stranger = app.test_client()

    assert stranger.get(confirm).location.startswith("/sign-in?next=")
    sign_in(stranger, new_member(session, "bob@example.org", pseudonym="Bob"))
    assert stranger.get(confirm).status_code == 404
    assert address_of(session, alice) == ALICE


def test_a_link_works_for_24_hours(client, session, alice):
    ask(client)
    confirm = link(session, NEW, "confirm")

    later(session, hours=23)
    assert client.get(confirm).status_code == 200
    later(session, hours=2)
    assert client.get(confirm).status_code == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_a_link_changes_nothing(client, session, alice, method):
    ask(client)

    for path in (link(session, NEW, "confirm"), link(session, ALICE, "freeze")):
        client.open(path, method=method)

    change = session.scalars(select(EmailChange)).one()
    assert (change.confirmed_at, change.frozen_at, address_of(session, alice)) == (None, None, ALICE)
