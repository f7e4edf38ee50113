"""Writes that nobody meant: made by another site, by looking, or twice."""

import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.store.tables import Member
from mapservice.web.site import idempotency
from mapservice.web.site.csrf_tokens import mask, unmask
from testing.accounts import csrf_token, new_member, sign_in
from testing.accounts import post as send
from tests.frontdoor import ALICE, app

__all__ = ["app"]


def payload(token: str) -> str:
    """What a token says of its session, without its time and its signature."""
    content = token.rsplit(".", 2)[0]
    assert len(content) > 10
    return content


@pytest.mark.parametrize("token", ["", "made-up", None])
def test_never_takes_a_form_with_a_wrong_token(client, session, token):
    sign_in(client, new_member(session, ALICE))
    fields = {"pseudonym": "Mallory"} if token is None else {"pseudonym": "Mallory", "csrf_token": token}

    answer = client.post("/account/name", data=fields)

    assert answer.status_code == 400
    assert session.scalars(select(Member.pseudonym)).all() == ["Alice"]


def test_never_takes_the_token_of_somebody_else(app, client, session):
    sign_in(client, new_member(session, ALICE))
    other = app.test_client()
    token = other.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]

    assert client.post("/account/name", data={"pseudonym": "Mallory", "csrf_token": token}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_never_takes_a_form_from_another_site(client, session, headers):
    sign_in(client, new_member(session, ALICE))

    answer = send(client, "/account/name", {"pseudonym": "Mallory"}, headers=headers)

    assert answer.status_code == 400
    assert "Mallory" not in answer.text


def test_takes_a_form_of_our_own(client, session):
    sign_in(client, new_member(session, ALICE))

    for origin in ("http://localhost", "http://localhost:8000"):
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        assert send(client, "/account/name", {"pseudonym": "Alicia"}, headers=headers).status_code == 303


def test_what_was_typed_is_still_there_when_the_token_is_old(client, session):
    sign_in(client, new_member(session, ALICE))
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}

    answer = client.post("/account/name", data={"pseudonym": "Alicia", "csrf_token": "old"}, headers=own)

    assert answer.status_code == 400
    assert 'name="pseudonym" value="Alicia"' in answer.text
    [token] = set(re.findall(r'csrf_token" value="([^"]+)"', answer.text))
    assert payload(unmask(token)) == payload(csrf_token(client.application))


def test_a_token_is_masked_in_another_way_in_each_response(client, session):
    """So that its length, once compressed, tells nothing of it (BREACH)."""
    sign_in(client, new_member(session, ALICE))
    unmasked = payload(csrf_token(client.application))

    pages = [client.get("/account").text for _ in range(3)]

    tokens = [set(re.findall(r'csrf_token" value="([^"]+)"', page)) for page in pages]
    assert [len(in_page) for in_page in tokens] == [1, 1, 1]
    assert len(set.union(*tokens)) == 3
    assert {payload(unmask(token)) for in_page in tokens for token in in_page} == {unmasked}
    assert all(unmasked not in page for page in pages)


def test_never_takes_a_masked_token_of_another_session(client, app, session):
    sign_in(client, new_member(session, ALICE))
    other = app.test_client().get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    own = mask(csrf_token(app))

    answers = [
        client.post("/account/name", data={"pseudonym": "Alicia", "csrf_token": token, "version": ""})
        for token in (other, own[:-8] + "AAAAAAA=", mask("made.up"), mask(""), "=" * 8, "é" * 9)
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert send(client, "/account/name", {"pseudonym": "Alicia", "csrf_token": own}).status_code == 303


def test_no_page_is_changed_by_get(client, session):
    sign_in(client, new_member(session, ALICE))

    for path in ("/sign-out", "/account/name", "/account/sessions/end"):
        assert client.get(path).status_code == 405


def test_operation_ids_are_read_from_forms_and_headers(app):
    known = uuid.uuid4()
    with app.test_request_context(method="POST", data={"operation": str(known)}):
        assert idempotency.operation_id() == known
        assert f'value="{known}"' in app.jinja_env.globals["operation_field"]()
    with app.test_request_context(method="POST", headers={"X-Operation-Id": str(known)}):
        assert idempotency.operation_id() == known
