"""Passkeys: adding, using and removing them, and every answer of a device that is not right."""

import json
import time
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select

from mapservice import create_app
from mapservice.store.accounts import members, passkeys
from mapservice.store.tables import Passkey
from mapservice.web.accounts import ceremonies
from testing.accounts import CHEAP, fill_in, post, sign_in
from testing.appointing import appoint
from tests.authenticator import Device, decoded, options_in, send_passkey, token_in
from tests.factor import ASK, REMOVE, give_phone, operation_in
from tests.frontdoor import app, enter, is_signed_in, queued_emails, signed_up

__all__ = ["app"]

SIGN_IN, MINE, NEW, TAKE = "/sign-in/passkey", "/account/passkeys", "/account/passkeys/new", "/account/passkeys/remove"
AGAIN = "/account/again"

WRONG = "This passkey did not work"


@pytest.fixture
def alice(client, session):
    return signed_up(client, session)


@pytest.fixture
def device(session, alice) -> Device:
    """A device with a passkey of Alice."""
    device = Device()
    device.give_to(session, alice)
    return device


def add(client, device: Device, name: str = "My phone"):
    """Open the page that adds a passkey, and send what the device answers."""
    page = client.get(NEW)
    return client.post(NEW, data={"csrf_token": token_in(page), "name": name, "passkey": device.make(options_in(page))})


# Adding and removing.


def test_a_passkey_is_added_listed_and_removed(client, session, alice):
    sign_in(client, alice)

    assert add(client, Device(), " My   phone ").location == MINE
    listed = client.get(MINE).text
    assert "My phone" in listed
    assert "Not used yet." in listed
    passkey = session.scalars(select(Passkey)).one()
    assert post(client, TAKE, {"passkey": str(passkey.id)}).location == MINE

    assert session.scalars(select(Passkey)).all() == []
    assert {email.subject for email in queued_emails(session)} == {
        "A passkey was added to your account",
        "A passkey was removed from your account",
    }


def test_a_passkey_is_renamed(client, session, alice, device):
    sign_in(client, alice)
    passkey = session.scalars(select(Passkey)).one()
    address = f"{MINE}/{passkey.id}/rename"
    assert f'href="{address}"' in client.get(MINE).text
    assert f'value="{passkey.name}"' in client.get(address).text

    refused = post(client, address, {"name": " "})
    assert refused.status_code == 422
    assert "Enter a name for the passkey." in refused.text
    assert post(client, address, {"name": "  The  old phone "}).location == MINE

    assert "The old phone" in client.get(MINE).text
    session.refresh(passkey)
    assert passkey.name == "The old phone"


def test_never_renames_the_passkey_of_somebody_else(client, session, alice, device, bob):
    passkey = session.scalars(select(Passkey)).one()
    before = passkey.name
    sign_in(client, bob)

    answers = [client.get(f"{MINE}/{id_}/rename") for id_ in (passkey.id, uuid.uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert post(client, f"{MINE}/{passkey.id}/rename", {"name": "Mine now"}).status_code == 404

    session.refresh(passkey)
    assert passkey.name == before


def test_what_is_asked_of_a_device(client, session, alice, device):
    sign_in(client, alice)

    new, known = options_in(client.get(NEW)), options_in(client.get(AGAIN))

    assert new["rp"]["id"] == known["rpId"] == "localhost"
    assert new["attestation"] == "none"
    chosen = new["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("preferred", "required")
    assert known["userVerification"] == "required"
    assert [decoded(one["id"]) for one in new["excludeCredentials"]] == [device.credential_id]
    assert [decoded(one["id"]) for one in known["allowCredentials"]] == [device.credential_id]
    assert decoded(new["user"]["id"]) != alice.id.bytes


def test_passkeys_need_a_fresh_password_or_passkey(client, session, alice, device):
    sign_in(client, alice, is_fresh=False)

    assert client.get(NEW).location == f"{AGAIN}?next={NEW}"
    assert post(client, TAKE, {"passkey": "0"}).status_code == 403
    assert send_passkey(client, f"{AGAIN}?next={NEW}", device, password="", next=NEW).location == NEW

    assert client.get(NEW).status_code == 200


def test_a_form_that_needs_a_password_takes_a_passkey_and_keeps_what_was_typed(client, session, alice, device):
    sign_in(client, alice, is_fresh=False)
    asked = post(client, "/test/fresh", {"typed": "words"})
    assert asked.status_code == 403

    fields = {"csrf_token": token_in(asked), "typed": "words", "step_up_password": ""}
    wrong = client.post("/test/fresh", data={**fields, "step_up_passkey": Device().use(options_in(asked))})
    assert (wrong.status_code, WRONG in wrong.text) == (403, True)
    done = client.post("/test/fresh", data={**fields, "step_up_passkey": device.use(options_in(wrong))})

    assert done.status_code == 200
    assert "words" in done.text
    assert "passkey" not in done.text


def test_a_passkey_without_a_name_or_twice_is_refused(client, session, alice):
    sign_in(client, alice)
    device = Device()
    assert add(client, device, "").status_code == 422
    assert add(client, device).status_code == 303

    again = add(client, device)

    assert again.status_code == 422
    assert "Your device may know it already" in again.text
    assert len(session.scalars(select(Passkey)).all()) == 1


def test_never_takes_the_passkey_of_somebody_else_for_a_new_one(app, client, session, alice, device):
    bob, elsewhere = signed_up(client, session, "bob@example.org", pseudonym="Bobby"), app.test_client()
    sign_in(elsewhere, bob)

    assert add(elsewhere, device).status_code == 422
    assert session.scalars(select(Passkey.member_id)).all() == [alice.id]


@pytest.mark.parametrize("wrong", [{"is_verified": False}, {"origin": "https://evil.example"}], ids=str)
def test_never_adds_what_a_device_made_for_another_site_or_without_asking(client, session, alice, wrong):
    sign_in(client, alice)

    assert add(client, Device(**wrong)).status_code == 422
    assert session.scalars(select(Passkey)).all() == []


def test_never_removes_the_passkey_of_somebody_else(client, session, alice, device):
    bob = signed_up(client, session, "bob@example.org", pseudonym="Bobby")
    sign_in(client, bob)
    passkey = session.scalars(select(Passkey)).one()

    for text in (str(passkey.id), "no id"):
        post(client, TAKE, {"passkey": text})

    assert session.scalars(select(Passkey)).one() == passkey


def test_an_account_has_at_most_twenty(client, session, alice):
    for number in range(passkeys.MAX_PASSKEYS):
        key = str(number).encode()
        passkeys.add(session, alice, credential_id=key, public_key=key, sign_count=0, name="One")
    session.commit()
    sign_in(client, alice)

    assert client.get(NEW).location == MINE


# Signing in.


def test_a_passkey_alone_signs_in_and_goes_on(client, session, alice, device):
    assert "Sign in with a passkey" in client.get("/sign-in").text

    assert send_passkey(client, f"{SIGN_IN}?next=/me", device, next="/me").location == "/me"

    assert is_signed_in(client)
    assert client.get(SIGN_IN).status_code == 303
    session.expire_all()
    assert session.scalars(select(Passkey)).one().sign_count == 1
    assert "Last used on" in client.get(MINE).text


def test_it_counts_as_password_and_second_factor(client, session, alice, device):
    give_phone(client, session, alice)
    appoint(session, alice, "admin")
    session.commit()

    send_passkey(client, SIGN_IN, device)

    assert client.get("/test/admin").status_code == 200
    assert client.get("/test/fresh").status_code == 200


def test_a_new_device_is_told_by_e_mail_and_can_be_signed_out(app, client, session, alice, device):
    elsewhere = app.test_client()
    send_passkey(elsewhere, SIGN_IN, device)
    assert [email.subject for email in queued_emails(session)] == ["Someone signed in to your account"]

    sign_in(client, alice)
    page = client.get("/account").text
    handles = [part.partition('"')[0] for part in page.split('name="session" value="')[1:]]
    for handle in handles[:-1]:  # the last one is "all"
        post(client, "/account/sessions/end", {"session": handle})

    assert not is_signed_in(elsewhere)
    assert is_signed_in(client)


def test_a_member_with_a_code_uses_the_passkey_instead(client, session, alice, device):
    give_phone(client, session, alice)
    enter(client)

    assert send_passkey(client, f"{ASK}?next=/me", device, code="", next="/me").location == "/me"
    assert is_signed_in(client)


def test_a_lost_phone_is_replaced_by_a_passkey(client, session, alice, device):
    give_phone(client, session, alice)
    send_passkey(client, SIGN_IN, device)
    page = client.get(REMOVE)

    fields = {"csrf_token": token_in(page), "operation": operation_in(page), "code": ""}
    done = client.post(REMOVE, data={**fields, "passkey": device.use(options_in(page))})

    assert done.location == "/account"
    assert "Your password alone is now enough" in client.get("/account").text


def test_a_passkey_that_does_not_count_signs_in_again_and_again(app, client, session, alice):
    synced = Device(counts=False)
    synced.give_to(session, alice)

    for browser in (client, app.test_client()):
        send_passkey(browser, SIGN_IN, synced)
        assert is_signed_in(browser)


# What does not sign in.


def refused(client, answer: str) -> None:
    """Send an answer to the page that is opened now, which must not sign in."""
    page = client.get(SIGN_IN)
    answered = client.post(SIGN_IN, data={"csrf_token": token_in(page), "passkey": answer})
    assert answered.status_code == 422
    assert WRONG in answered.text
    assert not is_signed_in(client)


@pytest.mark.parametrize("wrong", [{"origin": "https://evil.example"}, {"is_verified": False}], ids=str)
def test_never_signs_in_from_another_site_or_without_a_check_of_the_owner(client, session, device, wrong):
    for name, value in wrong.items():
        setattr(device, name, value)

    answer = send_passkey(client, SIGN_IN, device)

    assert (answer.status_code, WRONG in answer.text) == (422, True)
    assert not is_signed_in(client)


def test_never_signs_in_twice_by_one_answer(client, session, device):
    page = client.get(SIGN_IN)
    answer = device.use(options_in(page))
    assert client.post(SIGN_IN, data={"csrf_token": token_in(page), "passkey": answer}).status_code == 303
    fill_in(client, "/account", at="/sign-out")

    refused(client, answer)


def test_never_takes_the_answer_to_the_challenge_of_another_browser(app, client, session, device):
    refused(client, device.use(options_in(app.test_client().get(SIGN_IN))))


def test_never_takes_a_right_answer_after_a_wrong_one_to_the_same_challenge(client, session, device):
    page = client.get(SIGN_IN)
    options, fields = options_in(page), {"csrf_token": token_in(page)}
    client.post(SIGN_IN, data={**fields, "passkey": "{}"})

    assert client.post(SIGN_IN, data={**fields, "passkey": device.use(options)}).status_code == 422


def test_never_takes_an_answer_that_comes_too_late(client, session, device, monkeypatch):
    page = client.get(SIGN_IN)
    fields = {"csrf_token": token_in(page), "passkey": device.use(options_in(page))}
    late = time.time() + ceremonies.CHALLENGE_LIFETIME.total_seconds() + 1
    monkeypatch.setattr(ceremonies, "time", type("Late", (), {"time": staticmethod(lambda: late)}))

    assert client.post(SIGN_IN, data=fields).status_code == 422


def test_never_takes_a_device_that_was_copied(client, session, device):
    send_passkey(client, SIGN_IN, device)
    fill_in(client, "/account", at="/sign-out")
    device.uses = 0  # the copy has counted less than the device itself

    assert send_passkey(client, SIGN_IN, device).status_code == 422


def test_never_signs_in_with_a_passkey_that_was_removed(client, session, alice, device):
    passkeys.remove_all(session, alice)
    session.commit()

    assert send_passkey(client, SIGN_IN, device).status_code == 422


def test_never_signs_in_to_an_account_that_was_deleted_or_is_closed(client, session, alice, device):
    alice.active = False
    session.commit()
    assert send_passkey(client, SIGN_IN, device).status_code == 422

    members.delete_account(session, alice)
    session.commit()
    assert send_passkey(client, SIGN_IN, device).status_code == 422
    assert session.scalars(select(Passkey)).all() == []


def test_never_takes_the_passkey_of_another_account_as_a_proof(client, session, alice, device):
    bob = signed_up(client, session, "bob@example.org", pseudonym="Bobby")
    Device().give_to(session, bob)
    sign_in(client, bob, is_fresh=False)

    assert send_passkey(client, AGAIN, device, password="").status_code == 422
    assert client.get("/test/fresh").status_code == 303


@pytest.mark.parametrize("answer", ["", "{}", "[]", "no JSON", '{"rawId": 7}', json.dumps({"rawId": "AAAA"})])
def test_what_no_device_says_is_an_error_in_words(client, session, device, answer):
    refused(client, answer)


def test_a_service_without_a_name_says_that_passkeys_do_not_work(config, connection):
    numbered = replace(config, public_url="https://192.0.2.7")
    app = create_app(numbered, engine=connection, TESTING=True, LIMITS=False, **CHEAP)

    page = app.test_client().get(SIGN_IN, base_url="https://192.0.2.7")

    assert "web address with a name" in page.text
    assert "data-passkey=" not in page.text


def test_the_configured_address_is_the_one_that_counts(config, connection):
    named = replace(config, public_url="https://map.example.org/ignored")
    app = create_app(named, engine=connection, TESTING=True, LIMITS=False, **CHEAP)
    page = app.test_client().get(SIGN_IN, base_url="https://map.example.org")

    assert options_in(page)["rpId"] == "map.example.org"
    with app.test_request_context(base_url="https://other.example"):
        assert ceremonies.expected(b"")["expected_origin"] == "https://map.example.org"


def test_signing_in_by_password_still_works(client, session, device):
    enter(client)

    assert is_signed_in(client)
