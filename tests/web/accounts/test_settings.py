"""A member's own account: name, sessions, the end."""

import re

from sqlalchemy import func, select

from mapservice.store.tables import Consent, HomeZone, LoginSession, Mail, Member
from mapservice.web.accounts import settings
from testing.accounts import new_member, sign_in
from testing.accounts import post as send
from tests.frontdoor import ALICE, app, is_signed_in

__all__ = ["app"]


def test_a_member_takes_another_name(client, session):
    sign_in(client, new_member(session, ALICE))

    assert send(client, "/account/name", {"pseudonym": " New\u00a0 name "}).status_code == 303
    assert 'value="New name"' in client.get("/account").text
    assert send(client, "/account/name", {"pseudonym": "a@b.example"}).status_code == 422


def test_a_member_ends_the_session_of_another_device(app, client, session):
    member = new_member(session, ALICE)
    elsewhere, third = app.test_client(), app.test_client()
    for browser in (client, elsewhere, third):
        sign_in(browser, member)
    handle = re.findall(r'name="session" value="([0-9a-f]{32})"', client.get("/account").text)[0]

    send(client, "/account/sessions/end", {"session": handle})

    assert [is_signed_in(browser) for browser in (client, elsewhere, third)].count(True) == 2
    assert is_signed_in(client)


def test_never_ends_the_session_of_somebody_else(app, client, session):
    elsewhere = app.test_client()
    sign_in(elsewhere, new_member(session, "bob@example.org", pseudonym="Bob"))
    handles = [settings._handle(row) for row in session.scalars(select(LoginSession))]
    sign_in(client, new_member(session, ALICE))

    for handle in handles:
        send(client, "/account/sessions/end", {"session": handle})

    assert is_signed_in(elsewhere)


def test_a_member_signs_out_everywhere(app, client, session):
    member = new_member(session, ALICE)
    elsewhere = app.test_client()
    sign_in(client, member)
    sign_in(elsewhere, member)

    send(client, "/account/sessions/end", {"session": "all"})

    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_deleting_takes_two_steps_and_no_password(app, client, session):
    member = new_member(session, ALICE)
    elsewhere = app.test_client()
    sign_in(client, member, is_fresh=False)
    sign_in(elsewhere, member)

    assert client.get("/account/delete").status_code == 200
    assert 'name="sure" value="yes"' in send(client, "/account/delete").text
    assert is_signed_in(client)
    assert send(client, "/account/delete", {"sure": "yes"}).location == "/"

    assert not is_signed_in(elsewhere)
    for table in (Member, Consent, HomeZone, Mail):
        assert session.scalar(select(func.count()).select_from(table)) == 0
