"""Signing up and in through the front door: a browser without JavaScript, a real database, e-mails in a folder."""

import datetime as dt
import re
from urllib.parse import quote

import pytest
from sqlalchemy import func, select, update

from mapservice.store.accounts import members, sign_ups
from mapservice.store.tables import Consent, Member, PendingSignUp
from mapservice.web.site.browser_session import token_hash
from testing.accounts import PASSWORD, fill_in, new_member, sign_in
from testing.releasing import as_owner
from tests.frontdoor import ALICE, FORM, app, complete, enter, is_signed_in, link_in, queued_emails, sign_up, signed_up

__all__ = ["app"]


def test_from_signing_up_to_signing_out(client, session):
    assert sign_up(client).location == "/sign-up/check-your-mail"
    assert not is_signed_in(client)
    (email,) = queued_emails(session)
    assert email.recipient == ALICE
    assert members.by_email(session, ALICE) is None

    assert "Create your account" in client.get(link_in(email)).text
    assert complete(client, link_in(email)).location == "/"
    assert client.get("/test/member").text == "Alice"
    assert fill_in(client, "/account", at="/sign-out").location == "/"
    assert not is_signed_in(client)

    assert enter(client).status_code == 303
    assert is_signed_in(client)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_opening_the_link_of_an_e_mail_changes_nothing(client, session, method):
    sign_up(client)
    link = link_in(queued_emails(session)[0])

    client.open(link, method=method)

    assert session.scalar(select(func.count()).select_from(Member)) == 0
    assert session.scalar(select(func.count()).select_from(PendingSignUp)) == 1
    assert client.get(link).status_code == 200


def test_the_address_alone_is_asked_for_at_first(client, session):
    page = client.get("/sign-up").text.partition("<main")[2].partition("</main")[0]

    assert re.findall(r'<input(?![^>]*type="hidden")[^>]* name="([^"]+)"', page) == ["email"]
    assert fill_in(client, "/sign-up", email=ALICE, password=PASSWORD).status_code == 422


def test_the_consent_is_kept_in_the_words_that_were_shown(client, session):
    sign_up(client)
    link = link_in(queued_emails(session)[0])
    shown = client.get(link).text

    complete(client, link)

    consent = session.scalars(select(Consent)).one()
    assert consent.kind == "taking_part"
    assert consent.wording in shown


@pytest.mark.parametrize("missing", ["pseudonym", "password", "age", "taking_part"])
def test_nobody_gets_an_account_without(client, session, missing):
    sign_up(client)
    fields = {name: value for name, value in FORM.items() if name != missing}

    page = fill_in(client, link_in(queued_emails(session)[0]), **fields)

    assert page.status_code == 422
    assert f'href="#{missing}"' in page.text
    assert f'id="{missing}-error"' in page.text
    assert f'id="{missing}"' in page.text
    assert session.scalar(select(func.count()).select_from(Member)) == 0


def test_a_form_with_an_error_keeps_what_was_typed_but_never_a_password(client, session):
    assert "no address" in sign_up(client, "no address").text
    sign_up(client)

    page = complete(client, link_in(queued_emails(session)[0]), pseudonym="Alicia", age="")

    assert 'value="Alicia"' in page.text
    assert PASSWORD not in page.text
    assert "autofocus" in page.text


# Links: all of them work until one is used.


def test_every_link_works_until_one_is_used(client, session):
    for _ in range(3):
        sign_up(client)
    links = [link_in(email) for email in queued_emails(session)]
    assert len({link for link in links if client.get(link).status_code == 200}) == 3

    complete(client, links[0])

    assert [client.get(link).status_code for link in links] == [404, 404, 404]
    assert "You may have already created your account" in client.get(links[1]).text
    assert session.scalar(select(func.count()).select_from(PendingSignUp)) == 0


def test_never_lets_who_signed_up_first_keep_the_password(app, client, session):
    """Somebody signs up with the address of Alice; she signs up too, and her link is the one that counts."""
    attacker = app.test_client()
    sign_up(attacker)
    sign_up(client)
    theirs, hers = queued_emails(session)
    complete(client, link_in(hers))

    assert complete_unless_gone(attacker, link_in(theirs)) == 404
    assert session.scalars(select(Member.pseudonym)).all() == ["Alice"]


def complete_unless_gone(client, link: str) -> int:
    page = client.get(link)
    return page.status_code if "csrf" not in page.text.partition("<main")[2] else complete(client, link).status_code


def test_a_link_says_kindly_that_there_is_an_account_and_never_signs_in(client, session):
    sign_up(client)
    (email,) = queued_emails(session)
    opened = client.get(link_in(email)).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    new_member(session, ALICE)

    for page in (client.get(link_in(email)), client.post(link_in(email), data={"csrf_token": opened, **FORM})):
        assert "You already have an account" in page.text
    assert not is_signed_in(client)


def test_a_link_works_for_five_days(client, session):
    sign_up(client)
    link = link_in(queued_emails(session)[0])

    age(session, dt.timedelta(days=4, hours=23))
    assert client.get(link).status_code == 200
    assert sign_ups.delete_expired(session) == 0
    age(session, dt.timedelta(days=5, minutes=1))
    assert client.get(link).status_code == 404
    assert sign_ups.delete_expired(session) == 1


def age(session, old: dt.timedelta) -> None:
    with as_owner(session):
        session.execute(update(PendingSignUp).values(created_at=func.now() - old))
    session.commit()


def test_never_stores_the_token_of_a_link(client, session):
    sign_up(client)
    token = link_in(queued_emails(session)[0]).rpartition("/")[2]

    (row,) = session.scalars(select(PendingSignUp))

    assert len(token) >= 22
    assert row.token_hash == token_hash(token)


# Who has an account already.


def test_who_signs_up_twice_gets_an_e_mail_that_says_so(client, session):
    signed_up(client, session)

    sign_up(client)

    (email,) = queued_emails(session)
    assert email.subject == "You already have an account"
    assert session.scalar(select(func.count()).select_from(PendingSignUp)) == 0


def test_who_was_shut_out_is_told_by_e_mail_alone(client, session):
    signed_up(client, session).active = False
    session.commit()

    page = enter(client)
    fill_in(client, "/forgot", email=ALICE)
    sign_up(client)

    assert "Wrong e-mail address or password" in page.text
    assert [email.subject for email in queued_emails(session)] == ["Your account is closed"] * 2


# The way back to where somebody came from.


def test_a_condition_is_kept_on_the_server_until_the_account_is_made(client, session, condition):
    page = client.get(f"/conditions/{condition.slug}").text
    assert f'href="/sign-up?condition={condition.slug}"' in page

    fill_in(client, f"/sign-up?condition={condition.slug}", at="/sign-up", email=ALICE, condition=condition.slug)
    (email,) = queued_emails(session)

    assert condition.slug not in email.subject + email.body
    assert condition.name not in email.subject + email.body
    assert session.scalars(select(PendingSignUp.condition_id)).one() == condition.id
    assert complete(client, link_in(email)).location == f"/conditions/{condition.slug}/join"


@pytest.mark.parametrize("made_up", ["no-such-condition", "//evil.example", "http://evil.example", "\u202e"])
def test_a_condition_that_is_none_leads_to_the_start_page(client, session, made_up):
    fill_in(client, "/sign-up", email=ALICE, condition=made_up)

    assert complete(client, link_in(queued_emails(session)[0])).location == "/"


@pytest.mark.parametrize(
    "address", ["/sign-up?condition={}", "/sign-up/check-your-mail?condition={}", "/conditions/{}"]
)
@pytest.mark.parametrize("made_up", ["7.8419,47.9986", "alice@example.org", "a\x00b"])
def test_never_repeats_a_condition_that_is_none(client, address, made_up):
    page = client.get(address.format(quote(made_up)))

    assert page.status_code in (200, 404)
    repeated = re.findall(r'href="/sign-up\?condition=[^"]*"|name="condition" value="[^"]+"', page.text)
    assert repeated == []


def test_signing_in_leads_back_to_the_page_before(client, session, condition):
    signed_up(client, session)
    page = client.get(f"/conditions/{condition.slug}").text
    (link,) = set(re.findall(r'href="(/sign-in[^"]*)"', page))

    form = client.get(link).text
    assert f'name="next" value="/conditions/{condition.slug}"' in form
    assert set(re.findall(r'href="(/sign-up[^"]*)"', form)) == {f"/sign-up?condition={condition.slug}"}
    assert enter(client, next=f"/conditions/{condition.slug}").location == f"/conditions/{condition.slug}"


def test_who_is_asked_to_sign_in_may_sign_up_for_the_same_condition(client, condition):
    asked = client.get(f"/conditions/{condition.slug}/map")

    assert f'href="/sign-up?condition={condition.slug}"' in client.get(asked.location).text


def test_an_address_is_the_same_in_capitals(client, session):
    signed_up(client, session)

    assert enter(client, " ALICE@Example.ORG ").status_code == 303


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
