"""The old address freezes a change of e-mail address, by a link that signs nobody in."""

import re

import pytest
from sqlalchemy import func, select

from mapservice.store.accounts import email_changes, members
from mapservice.store.tables import EmailChange, PendingSignUp
from testing.accounts import fill_in, new_member, sign_in
from tests.frontdoor import ALICE, enter, is_signed_in, queued_emails, sign_up
from tests.web.accounts.email_changes import NEW, address_of, alice, app, ask, later, link

__all__ = ["alice", "app"]


def test_the_old_address_freezes_a_change_for_seven_days(app, client, session, alice):
    ask(client)
    confirm, freeze = link(session, NEW, "confirm"), link(session, ALICE, "freeze")
    owner = app.test_client()

    assert "The change has been stopped" in fill_in(owner, freeze).text

    assert not is_signed_in(owner)
    assert not is_signed_in(client)
    enter(client)
    assert client.get(confirm).status_code == 404
    assert "You can change your e-mail address again from" in client.get("/account/email").text
    later(session, days=6, hours=23)
    assert client.get("/account/email").text.count("<form") == 3 - 1
    assert "The change has been stopped" in client.get(freeze).text
    later(session, hours=2)
    assert ask(client).status_code == 303


def test_the_old_address_gets_back_what_was_confirmed(app, client, session, alice):
    """Somebody knows the password of Alice, takes over her account in a minute, and gives it another password."""
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))
    members.set_password(alice, "another")
    session.commit()
    first, second = (re.search(r"(/account/email/freeze/\S+)", email.body)[1]
                     for email in queued_emails(session) if "/freeze/" in email.body)  # fmt: skip

    assert client.get(first).status_code == client.get(second).status_code == 200
    fill_in(app.test_client(), second)

    assert address_of(session, alice) == ALICE
    assert not is_signed_in(client)
    # And nothing can be changed once more, not even by who is signed in again.
    sign_in(client, alice)
    assert "again from" in client.get("/account/email").text


def test_freezing_twice_is_freezing_once(app, client, session, alice):
    ask(client)
    freeze = link(session, ALICE, "freeze")
    fill_in(app.test_client(), freeze)
    sign_in(client, alice)
    at = session.scalars(select(EmailChange.frozen_at)).one()

    page = app.test_client()
    page.get(freeze)

    assert session.scalars(select(EmailChange.frozen_at)).one() == at
    assert is_signed_in(client)


def test_an_address_that_somebody_took_meanwhile_is_not_given_back(app, client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))
    freeze = link(session, ALICE, "freeze")
    new_member(session, ALICE, pseudonym="Another")

    assert "The change has been stopped" in fill_in(app.test_client(), freeze).text

    assert address_of(session, alice) == NEW
    assert not is_signed_in(client)


def test_after_a_change_the_next_one_waits_seven_days(client, session, alice):
    ask(client)
    fill_in(client, link(session, NEW, "confirm"))

    assert "again from" in client.get("/account/email").text
    later(session, days=7, minutes=1)
    assert email_changes.delete_old(session) == 1
    assert ask(client, "alice.third@example.org").status_code == 303


@pytest.mark.parametrize("kind", ["confirm", "freeze"])
def test_a_link_of_one_kind_is_none_of_the_other(client, session, alice, kind):
    ask(client)
    token = link(session, NEW if kind == "confirm" else ALICE, kind).rpartition("/")[2]

    for other in {"/account/email/confirm/", "/account/email/freeze/", "/reset/"} - {f"/account/email/{kind}/"}:
        assert client.get(other + token).status_code == 404
    assert client.get(f"/account/email/{kind}/made-up").status_code == 404


def test_sign_ups_that_wait_for_the_new_address_end(client, session, alice):
    sign_up(client.application.test_client(), NEW)
    ask(client)

    fill_in(client, link(session, NEW, "confirm"))

    assert session.scalar(select(func.count()).select_from(PendingSignUp)) == 0


def test_a_change_to_an_address_that_was_taken_meanwhile_is_refused_kindly(client, session, alice):
    ask(client)
    confirm = link(session, NEW, "confirm")
    new_member(session, NEW, pseudonym="Another")

    assert "Another account now uses this e-mail address" in client.get(confirm).text
    assert address_of(session, alice) == ALICE
