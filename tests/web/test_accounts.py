"""Signing up and in through the front door: a browser without JavaScript, a real database, letters in a folder."""

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from mapservice.config import Config
from mapservice.store import members
from mapservice.store.tables import Consent, Member
from tests import frontdoor
from tests.accounts import PASSWORD, fill_in, new_member, sign_in
from tests.frontdoor import ALICE, FORM, enter, is_signed_in, letters, link_in, sign_up, signed_up


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


def test_from_signing_up_to_signing_out(client, session):
    assert sign_up(client).location == "/sign-up/check-your-mail"
    assert not is_signed_in(client)
    (letter,) = letters(session)
    assert letter.recipient == ALICE

    assert "Yes, confirm" in client.get(link_in(letter)).text
    assert fill_in(client, link_in(letter)).location == "/sign-in"
    assert enter(client).status_code == 303
    assert client.get("/test/member").text == "Alice"

    assert fill_in(client, "/account", at="/sign-out").location == "/"
    assert not is_signed_in(client)


def test_opening_the_link_of_a_letter_changes_nothing(client, session):
    sign_up(client)

    client.get(link_in(letters(session)[0]))

    assert session.scalar(select(Member.confirmed_at)) is None


def test_the_consent_is_kept_in_the_words_that_were_shown(client, session):
    shown = client.get("/sign-up").text

    sign_up(client)

    consent = session.scalars(select(Consent)).one()
    assert consent.kind == "taking_part"
    assert consent.wording in shown


@pytest.mark.parametrize("missing", ["pseudonym", "password", "old_enough", "taking_part", "email"])
def test_nobody_signs_up_without(client, session, missing):
    fields = {"email": ALICE, **FORM, missing: ""}
    if missing in {"old_enough", "taking_part"}:
        del fields[missing]

    page = fill_in(client, "/sign-up", **fields)

    assert page.status_code == 422
    assert f'href="#{missing}"' in page.text
    assert f'id="{missing}-error"' in page.text
    assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_a_form_with_an_error_keeps_what_was_typed_but_never_a_password(client):
    page = sign_up(client, "no address", pseudonym="Alicia")

    assert 'value="Alicia"' in page.text
    assert "no address" in page.text
    assert PASSWORD not in page.text
    assert "autofocus" in page.text


def test_who_signs_up_twice_gets_a_letter_that_says_so(client, session):
    signed_up(client, session)

    sign_up(client, pseudonym="Somebody else")

    (letter,) = letters(session)
    assert letter.subject == "You have an account already"
    assert "Somebody else" not in letter.body
    assert session.scalars(select(Member.pseudonym)).all() == ["Alice"]


def test_an_address_is_the_same_in_capitals(client, session):
    signed_up(client, session)

    assert enter(client, " ALICE@Example.ORG ").status_code == 303


def test_an_unverified_member_who_knows_the_password_gets_the_letter_again(client, session):
    sign_up(client)

    assert enter(client).location == "/sign-up/check-your-mail"
    assert len(letters(session)) == 2
    assert not is_signed_in(client)


def test_says_why_signing_in_cannot_work_without_encryption(client):
    assert "localhost" in client.get("/sign-in", base_url="http://192.168.0.7:8000").text
    assert "<form" not in client.get("/sign-up", base_url="http://192.168.0.7:8000").text.partition("<main")[2]
    assert "<form" in client.get("/sign-in", base_url="https://map.example.org").text


def test_every_field_has_a_label_and_no_page_an_inline_script(client, session):
    pages = [client.get(path).text for path in ("/sign-up", "/sign-in", "/forgot")]
    sign_in(client, new_member(session, ALICE))
    pages += [client.get(path).text for path in ("/account", "/account/password", "/account/again", "/account/delete")]

    for page in pages:
        for name in re.findall(r'<input(?![^>]*type="hidden")[^>]* id="([^"]+)"', page):
            assert f'for="{name}"' in page
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", page)


def test_an_account_nobody_verified_is_forgotten(session):
    new_member(session, ALICE, is_verified=False).joined = func.current_date() - 8
    new_member(session, "bob@example.org", is_verified=False)
    session.commit()

    assert members.forget_unverified(session) == 1
