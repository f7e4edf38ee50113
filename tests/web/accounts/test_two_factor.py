"""The pages of the second factor: set up, asked for after the password, its recovery codes, and its end."""

import re
import uuid

import pytest
from sqlalchemy import delete, select

from mapservice import create_app, db
from mapservice.store.accounts import second_factors, staff
from mapservice.store.tables import Allowance, LoginSession, Mail, Member, RecoveryCode, SecondFactor
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP, fill_in, post, sign_in
from testing.appointing import appoint
from tests.factor import ASK, CODES, NEW, REMOVE, codes_in, give_phone, new_staff, secret_in, send
from tests.frontdoor import app, enter, is_signed_in, queued_emails, signed_up

__all__ = ["app"]

WRONG = "This code does not work"


@pytest.fixture
def dana(client, session) -> Member:
    """An admin without a second factor, who is signed in."""
    member = new_staff(session)
    sign_in(client, member, has_code=False)
    return member


@pytest.fixture
def phone(client, session, dana):
    """Dana's phone."""
    return give_phone(client, session, dana)


# Setting it up.


def test_staff_set_it_up_and_are_let_in_at_once(client, session, dana):
    page = client.get(f"{NEW}?next=/test/admin")
    done = send(client, f"{NEW}?next=/test/admin", secret_in(page).code(), next="/test/admin")

    assert done.status_code == 200
    assert len(codes_in(done)) == 10
    assert 'href="/test/admin"' in done.text
    assert client.get("/test/admin").text == "Dana"
    assert [email.subject for email in queued_emails(session)] == ["Your second factor was changed"]


def test_the_page_keeps_its_secret_until_a_code_proves_it(client, session, dana):
    phone = secret_in(client.get(NEW))

    wrong = send(client, NEW, phone.wrong())

    assert wrong.status_code == 422
    assert WRONG in wrong.text
    assert secret_in(wrong) == secret_in(client.get(NEW)) == phone
    assert session.scalars(select(SecondFactor)).all() == []


def test_never_stores_the_secret_or_a_recovery_code(client, session, dana):
    page = client.get(NEW)
    started = str([row.data for row in session.scalars(select(LoginSession))])
    done = send(client, NEW, secret_in(page).code())

    stored = started + str([row.data for row in session.scalars(select(LoginSession))])
    stored += repr(session.execute(select(SecondFactor.salt)).all() + session.execute(select(RecoveryCode)).all())
    assert secret_in(page).secret not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes_in(done))


def test_setting_it_up_needs_a_fresh_password(client, session, dana):
    sign_in(client, dana, is_fresh=False, has_code=False)

    for path in (NEW, CODES, REMOVE):
        assert client.get(path).location == f"/account/again?next={path}"
        assert post(client, path, {"code": "123456"}).status_code == 403


def test_setting_it_up_signs_out_everywhere_else(app, client, session, dana):
    elsewhere = app.test_client()
    sign_in(elsewhere, dana, has_code=False)

    send(client, NEW, secret_in(client.get(NEW)).code())

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_a_form_that_is_sent_twice_is_done_once(client, session, phone):
    again = post(client, NEW, {"code": phone.code(), "operation": "00000000-0000-4000-8000-000000000000"})

    assert again.location == "/account"
    assert "already been done" in client.get("/account").text
    assert client.get(NEW).location == "/account"


# Being asked for it.


def test_after_the_password_staff_are_asked_and_then_go_on(client, session):
    member = signed_up(client, session)
    appoint(session, member, staff.ADMIN)
    session.commit()
    assert enter(client, next="/test/admin").location == "/test/admin"
    phone = give_phone(client, session, member)
    fill_in(client, "/account", at="/sign-out")

    asked = enter(client, next="/test/admin")
    assert asked.location == f"{ASK}?next=/test/admin"
    assert client.get("/test/admin").location == f"{ASK}?next=/test/admin"
    done = fill_in(client, asked.location, at=ASK, code=phone.code(), next="/test/admin")

    assert done.location == "/test/admin"
    assert client.get("/test/admin").text == "Alice"
    assert client.get(ASK).location == "/account"


def test_giving_it_changes_the_token(client, session, phone):
    before = client.get_cookie(COOKIE).value

    send(client, ASK, phone.code())

    assert client.get_cookie(COOKIE).value != before
    client.set_cookie(COOKIE, before, secure=True)
    assert client.get("/test/admin").text != "Alice", "the old token proves no second factor"


@pytest.mark.parametrize("steps", [-7, 7])
def test_a_code_of_another_time_does_not_pass(client, session, phone, steps):
    assert WRONG in send(client, ASK, phone.code(steps)).text
    assert client.get("/test/admin").status_code == 303


def masked(answer) -> tuple[int, str]:
    return answer.status_code, re.sub(r'(csrf_token" value=|operation" value=|" name="code" )[^>]*', "", answer.text)


def test_never_passes_twice_and_says_the_same_of_a_wrong_code(app, client, session, dana, phone):
    code = phone.code()
    send(client, ASK, code)
    elsewhere = app.test_client()
    sign_in(elsewhere, dana, has_code=False)

    used, wrong = send(elsewhere, ASK, code), send(elsewhere, ASK, phone.wrong())

    assert WRONG in used.text
    assert masked(used) == masked(wrong)
    assert elsewhere.get("/test/admin").status_code == 303


def test_a_recovery_code_passes_once(app, client, session, dana, phone):
    elsewhere = app.test_client()
    sign_in(elsewhere, dana, has_code=False)

    assert send(client, ASK, "aaaa aaaa aaaa aaaa").status_code == 303
    assert "0 recovery codes left" in client.get("/account").text
    assert WRONG in send(elsewhere, ASK, "AAAA-AAAA-AAAA-AAAA").text


def test_never_goes_on_to_another_site(client, session, phone):
    assert send(client, ASK, phone.code(), next="//evil.example").location == "/account"


@pytest.mark.parametrize("steps", [-4, -3, 3, 4])
def test_who_has_a_phone_with_a_wrong_clock_is_told_so_and_not_let_in(client, session, dana, phone, steps):
    answer = send(client, ASK, phone.code(steps))

    assert answer.status_code == 422
    assert "The clock on your phone is wrong" in answer.text
    assert client.get("/test/admin").status_code == 303


def test_never_says_of_a_used_code_that_the_clock_is_wrong(client, session, dana, phone):
    assert send(client, ASK, phone.code(1)).status_code == 303
    sign_in(client, dana, has_code=False)

    answer = send(client, ASK, phone.code(-3))

    assert WRONG in answer.text


def test_a_wrong_clock_is_told_while_setting_up(client, session, dana):
    phone = secret_in(client.get(NEW))

    assert "The clock on your phone is wrong" in send(client, NEW, phone.code(-3)).text
    assert session.scalars(select(SecondFactor)).all() == []


def test_never_more_than_five_codes_in_five_minutes(config, engine, acting_engine):
    """On connections of its own: what a try costs stays, whatever becomes of the view's transaction."""
    app = create_app(config, engine=engine, TESTING=True, **CHEAP)
    client = app.test_client()
    with db.open_session(acting_engine) as session:
        member = new_staff(session, f"{uuid.uuid4()}@example.org")
        phone = give_phone(client, session, member)
        sign_in(client, member, has_code=False)

        answers = [send(client, ASK, phone.wrong()) for _ in range(5)]
        answers.append(send(client, ASK, phone.code()))

        session.delete(member)
        session.execute(delete(Allowance))
        session.commit()
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert answers[-1].headers["Retry-After"]


# New recovery codes, and the end.


def test_new_recovery_codes_take_the_place_of_the_old_ones(client, session, dana, phone):
    done = send(client, CODES, phone.code())

    assert len(codes_in(done)) == 10
    with client.application.app_context():
        assert second_factors.codes_left(session, dana) == 10
    assert WRONG in send(client, ASK, "AAAA-AAAA-AAAA-AAAA").text
    assert send(client, ASK, codes_in(done)[0]).status_code == 303
    assert "9 recovery codes are left" in client.get("/account").text


def test_removing_it_needs_a_code_and_closes_the_staff_pages(app, client, session, dana, phone):
    sign_in(client, dana)
    elsewhere = app.test_client()
    sign_in(elsewhere, dana)

    assert WRONG in send(client, REMOVE, phone.wrong()).text
    assert client.get("/test/admin").status_code == 200
    assert send(client, REMOVE, phone.code()).location == "/account"

    assert client.get("/test/admin").location == f"{NEW}?next=/test/admin"
    assert not is_signed_in(elsewhere)
    assert session.scalars(select(RecoveryCode)).all() == []


@pytest.mark.parametrize("path", [CODES, REMOVE])
def test_a_wrong_code_changes_nothing(client, session, dana, phone, path):
    answer = send(client, path, phone.wrong())

    assert answer.status_code == 422
    assert second_factors.codes_left(session, dana) == 1
    assert session.scalars(select(Mail)).all() == []


@pytest.mark.parametrize("path", [NEW, CODES, REMOVE])
def test_a_form_without_an_operation_is_a_400(client, session, dana, path):
    phone = secret_in(client.get(NEW)) if path == NEW else give_phone(client, session, dana)

    assert post(client, path, {"code": phone.code()}).status_code == 400


def test_the_account_says_whether_it_is_set_up(client, session, dana):
    assert "Not set up" in client.get("/account").text

    give_phone(client, session, dana)

    assert "1 recovery code is left" in client.get("/account").text
