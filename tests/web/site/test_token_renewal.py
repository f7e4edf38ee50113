"""Another tab's request that is on its way while the token is renewed is the member's, and for seconds only."""

import datetime as dt

import pytest
from sqlalchemy import select

from mapservice.store.accounts import login_sessions
from mapservice.store.accounts.login_sessions import member_lifetime
from mapservice.store.tables import LoginSession
from mapservice.web.site.browser_session import BrowserSession, token_hash
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import PASSWORD, fill_in, sign_in
from tests.web.site.logins import age, alice, app, enter, is_signed_in, rows

__all__ = ["alice", "app"]


def prove(client) -> str:
    """The token of before, after the password was given once more."""
    before = client.get_cookie(COOKIE).value
    fill_in(client, "/account/again", password=PASSWORD)
    assert client.get_cookie(COOKIE).value != before
    return before


def with_token(app, token: str):
    other = app.test_client()
    other.set_cookie(COOKIE, token, secure=True)
    return other


def test_a_request_that_was_on_its_way_while_the_token_was_renewed_is_the_members(app, client, alice):
    enter(client)
    late = with_token(app, prove(client))

    assert is_signed_in(late)
    assert late.get("/test/keep/blue").text == "kept"
    assert client.get("/test/kept").text == "blue"
    assert is_signed_in(client)


@pytest.mark.parametrize(("seconds", "lives"), [(9, True), (11, False)])
def test_the_token_of_before_is_worth_something_for_ten_seconds(app, client, session, alice, seconds, lives):
    enter(client)
    late = with_token(app, prove(client))

    age(session, renewed_at=dt.timedelta(seconds=seconds))

    assert is_signed_in(late) is lives
    assert is_signed_in(client)


def test_never_is_proved_by_the_token_of_before(app, client, alice):
    enter(client)
    late = with_token(app, prove(client))

    assert client.get("/test/fresh").text == "Alice"
    assert late.get("/test/fresh").location.startswith("/account/again")


def test_never_is_a_token_from_before_signing_in(app, client, session, alice):
    client.get("/sign-in")
    planted = client.get_cookie(COOKIE).value

    enter(client)

    assert rows(session) == 1
    assert not is_signed_in(with_token(app, planted))


def test_never_is_a_token_from_before_signing_out(app, client, session, alice):
    enter(client)
    before = prove(client)
    after = client.get_cookie(COOKIE).value

    fill_in(client, "/account", at="/sign-out")

    assert not is_signed_in(with_token(app, before))
    assert not is_signed_in(with_token(app, after))


def test_signing_out_with_the_token_of_before_ends_the_login(app, client, alice):
    enter(client)
    late = with_token(app, prove(client))

    fill_in(late, "/account", at="/sign-out")

    assert not is_signed_in(client)


def test_never_is_a_token_from_before_changing_the_password(app, client, alice):
    enter(client)
    before = prove(client)

    new = "five other words of mine"
    assert fill_in(client, "/account/password", current_password=PASSWORD, password=new).status_code == 303

    assert is_signed_in(client)
    assert not is_signed_in(with_token(app, before))


def test_two_tabs_that_give_the_password_at_once_stay_signed_in(app, session, alice):
    """Both have read the login before either has written into it."""
    client = app.test_client()
    token = sign_in(client, alice)
    answers = []
    with app.test_request_context():
        tabs = [BrowserSession(token, member_lifetime(app.extensions["config"])) for _ in range(2)]
        for number, tab in enumerate(tabs):
            tab["authenticated_at"] = float(number)
            tab[f"tab {number}"] = "mine"
        for tab in tabs:
            answers.append(app.response_class())
            app.session_interface.save_session(app, tab, answers[-1])

    cookies = [answer.headers.getlist("Set-Cookie") for answer in answers]
    assert [len(header) for header in cookies] == [1, 0]
    (row,) = session.scalars(select(LoginSession))
    assert row.token_hash == token_hash(tabs[0].token)
    assert (row.data["tab 0"], row.data["tab 1"]) == ("mine", "mine")


def test_signing_out_elsewhere_spares_the_tab_whose_token_was_just_renewed(app, client, session, alice):
    enter(client)
    before = prove(client)

    login_sessions.end_all(session, alice.id, but=token_hash(before))
    session.commit()

    assert is_signed_in(client)
