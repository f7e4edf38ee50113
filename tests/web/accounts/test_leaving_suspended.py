"""The owner of a suspended account fetches their data and deletes the account, and nobody else does."""

import pytest
from sqlalchemy import select

from mapservice.store.reports import suspensions
from mapservice.store.tables import Member
from testing.accounts import PASSWORD, fill_in
from tests.authenticator import Device, send_passkey
from tests.factor import give_phone
from tests.frontdoor import ALICE, app, enter, is_signed_in, signed_up

__all__ = ["app"]

AT = "/suspended"


@pytest.fixture
def alice(client, session):
    member = signed_up(client, session)
    suspensions.suspend(session, member)
    session.commit()
    return member


def send(client, path: str, **fields: str):
    """Send a form of the page for suspended accounts."""
    return fill_in(client, AT, at=path, **fields)


def is_there(session) -> bool:
    return session.scalar(select(Member.id).where(Member.email == ALICE)) is not None


def test_they_read_of_it_where_they_cannot_sign_in(client, alice):
    answer = enter(client)

    assert answer.status_code == 422
    assert "Your account is suspended." in answer.text
    assert f'href="{AT}"' in answer.text
    assert not is_signed_in(client)
    assert client.get("/me/data").status_code == 303


def test_they_fetch_their_data(client, alice):
    enter(client)

    data = send(client, f"{AT}/data", form="json")

    assert data.status_code == 200
    assert ALICE in data.text
    assert "attachment" in data.headers["Content-Disposition"]


def test_they_delete_the_account_in_two_steps(client, session, alice):
    enter(client)

    asked = send(client, f"{AT}/delete")
    assert "Are you sure" in asked.text
    assert is_there(session)
    assert send(client, f"{AT}/delete", sure="yes").location == "/"

    assert not is_there(session)
    assert client.get(AT).location == "/sign-in"


def test_never_opens_to_who_does_not_know_the_password(client, session, alice):
    enter(client, password="four wrong words today")

    assert client.get(AT).location == "/sign-in"
    for path, fields in ((f"{AT}/data", {"form": "json"}), (f"{AT}/delete", {"sure": "yes"})):
        assert fill_in(client, "/sign-in", at=path, **fields).location == "/sign-in"
    assert is_there(session)


def test_never_opens_without_the_code_of_who_has_one(client, session, alice):
    phone = give_phone(client, session, alice)
    enter(client)
    for path, fields in ((f"{AT}/data", {"form": "json"}), (f"{AT}/delete", {"sure": "yes"})):
        assert send(client, path, **fields).location == "/sign-in"
    assert send(client, AT, code=phone.wrong()).status_code == 422
    assert is_there(session)

    assert send(client, AT, code=phone.code()).location == AT

    assert send(client, f"{AT}/data", form="json").status_code == 200


def test_a_passkey_opens_it_too(client, session, alice):
    device = Device()
    device.give_to(session, alice)

    assert send_passkey(client, "/sign-in/passkey", device).location == AT

    assert not is_signed_in(client)
    assert send(client, f"{AT}/data", form="csv").status_code == 200


def test_it_closes_when_the_suspension_ends(client, session, alice):
    enter(client)
    suspensions.lift(session, alice)
    session.commit()

    assert client.get(AT).location == "/sign-in"


def test_never_opens_for_an_account_that_is_closed_in_another_way(client, session, alice):
    suspensions.lift(session, alice)
    alice.active = False
    session.commit()
    answer = enter(client, password=PASSWORD)

    assert "suspended" not in answer.text
    assert client.get(AT).location == "/sign-in"
