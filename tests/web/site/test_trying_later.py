"""Who is told to come back later loses nothing of what they typed, but for passwords, which no page ever repeats."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from mapservice.store.accounts import members
from mapservice.store.tables import Allowance, Member
from mapservice.web.accounts import passwords
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import PASSWORD, csrf_token, fill_in, new_member, post, sign_in
from tests.frontdoor import ALICE, FORM, link_in, queued_emails
from tests.limiting import use_up


@pytest.fixture
def client(app) -> FlaskClient:
    """A browser that says where its forms come from, as all do."""
    client = app.test_client()
    client.environ_base["HTTP_ORIGIN"] = "http://localhost"
    return client


def form_of(page: str) -> tuple[str, dict[str, str]]:
    """Where the form of a page goes to, and what it carries."""
    form = re.search(r'<form class="form" method="post" action="([^"]+)"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, "no form"
    return form[1], dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form[2]))


def busy(app: Flask) -> None:
    """Let as many passwords be hashed as may."""
    while app.extensions["hashing"].admitted.acquire(blocking=False):
        pass


def test_a_sign_up_that_has_to_wait_is_made_later_without_typing_it_again(app, client, session):
    fill_in(client, "/sign-up", email=ALICE)
    link = link_in(queued_emails(session)[-1])
    use_up(app, "network_sign_ups", "127.0.0.1")
    page = fill_in(client, link, **FORM)
    assert page.status_code == 429
    assert "We never keep a password" in page.text
    assert PASSWORD not in page.text

    session.execute(delete(Allowance))
    to, fields = form_of(page.text)
    form = client.post(to, data=fields)

    assert (to, form.status_code) == (link, 422)
    assert 'value="Alice"' in form.text
    assert "Enter your password." in form.text
    assert client.post(to, data={**fields, "password": PASSWORD}).status_code == 303
    assert session.scalars(select(Member.pseudonym)).all() == ["Alice"]


def test_where_too_many_are_hashed_the_address_stays(app, client, session):
    member = new_member(session, ALICE)
    with app.app_context():
        members.set_password(member, passwords.hashed(PASSWORD))
    session.commit()
    busy(app)

    page = fill_in(client, "/sign-in", email=ALICE, password=PASSWORD, next="/me")

    to, fields = form_of(page.text)
    assert page.status_code == 503
    assert (to, fields["email"], fields["next"]) == ("/sign-in", ALICE, "/me")
    assert PASSWORD not in page.text


def test_a_form_without_a_password_is_sent_again_as_it_was(app, client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    use_up(app, "pages", str(member.id))
    page = post(client, "/account/name", {"pseudonym": 'Bertha "B"'})
    assert page.status_code == 429
    session.execute(delete(Allowance))

    to, fields = form_of(page.text.replace("&#34;", "'"))
    fields["pseudonym"] = "Bertha"

    assert client.post(to, data=fields).status_code == 303
    session.expire_all()
    assert member.pseudonym == "Bertha"


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": ""}])
def test_never_repeats_what_the_page_of_another_site_sent(app, headers):
    client = app.test_client()
    use_up(app, "pages", "127.0.0.1")

    page = client.post("/sign-in", data={"email": "claim@evil.example", "csrf_token": csrf_token(app)}, headers=headers)

    assert page.status_code == 429
    assert "claim" not in page.text


def test_a_form_that_cannot_be_read_is_a_429_all_the_same(app, client):
    use_up(app, "pages", "127.0.0.1")
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"

    page = client.post("/sign-in", data=body, content_type="multipart/form-data; boundary=x")

    assert page.status_code == 429
    assert COOKIE not in page.headers.get("Set-Cookie", "")
