"""Sessions on the server: what a cookie is worth, and when it is worth nothing any more."""

import datetime as dt

import pytest
from flask import session as browser_session
from sqlalchemy import func, select, update

from mapservice import create_app, db
from mapservice.store.accounts import login_sessions, members, staff
from mapservice.store.accounts.login_sessions import member_lifetime
from mapservice.store.tables import LoginSession, Mail
from mapservice.web.accounts import access
from mapservice.web.site.browser_session import BrowserSession, token_hash
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import CHEAP, PASSWORD, fill_in, new_member, post, sign_in
from testing.appointing import appoint, dismiss
from tests.web.site.logins import ALICE, age, alice, app, enter, is_signed_in, rows

__all__ = ["alice", "app"]


def test_the_cookie_is_kept_as_safe_as_a_browser_can(client, alice):
    cookies = enter(client).headers.getlist("Set-Cookie")

    [cookie] = [header for header in cookies if header.startswith("__Host-mapservice=")]
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={30 * 24 * 60 * 60}"):
        assert part in cookie
    assert "Domain" not in cookie


def test_never_stores_the_token(client, session, alice):
    enter(client)
    token = client.get_cookie(COOKIE).value

    stored = session.execute(select(LoginSession)).scalars().all()

    assert len(token) >= 43
    assert [row.token_hash for row in stored] == [token_hash(token)]
    assert token not in str([row.data for row in stored])


def test_never_stores_where_from_or_with_what_somebody_came(client, session, alice):
    enter(client)

    (row,) = session.scalars(select(LoginSession))

    assert set(row.data) <= {"security_stamp", "authenticated_at", "staff", "csrf_token", "_flashes"}


def test_a_visitor_has_no_session_until_something_is_stored(client, session):
    assert "Set-Cookie" not in client.get("/").headers
    assert rows(session) == 0

    client.get("/sign-in")

    assert rows(session) == 1


def test_never_works_again_after_signing_out(client, alice):
    enter(client)
    copied = client.get_cookie(COOKIE).value
    fill_in(client, "/account", at="/sign-out")

    client.set_cookie(COOKIE, copied, secure=True)

    assert not is_signed_in(client)


def test_never_outlives_the_password_it_began_with(client, session, alice):
    enter(client)

    # The row is still there, as where somebody signs in with the old password while the new one is being saved.
    members.set_password(alice, "another hash")
    session.commit()

    assert rows(session) == 1
    assert not is_signed_in(client)


def test_never_takes_over_the_token_that_a_browser_brought(app, client, alice):
    attacker = app.test_client()
    attacker.get("/sign-in")
    planted = attacker.get_cookie(COOKIE).value
    client.set_cookie(COOKIE, planted, secure=True)

    enter(client)

    assert client.get_cookie(COOKIE).value != planted
    assert is_signed_in(client)
    assert not is_signed_in(attacker)


def test_a_made_up_token_is_not_kept(client, session):
    client.set_cookie(COOKIE, "made-up", secure=True)

    client.get("/sign-in")

    assert client.get_cookie(COOKIE).value != "made-up"
    assert session.get(LoginSession, token_hash("made-up")) is None


def test_proving_who_one_is_gives_a_new_token(client, session, alice):
    enter(client)
    session.execute(update(LoginSession).values(started_at=func.now() - dt.timedelta(days=3)))
    session.commit()
    before = client.get_cookie(COOKIE).value

    fill_in(client, "/account/again", password=PASSWORD)

    assert client.get_cookie(COOKIE).value != before
    assert rows(session) == 1
    # But it does not begin the thirty days anew.
    assert session.scalar(select(LoginSession.started_at < func.now() - dt.timedelta(days=2)))


@pytest.mark.parametrize(
    ("columns", "lives"),
    [
        ({"seen_at": dt.timedelta(days=13)}, True),
        ({"seen_at": dt.timedelta(days=14, minutes=1)}, False),
        ({"started_at": dt.timedelta(days=29)}, True),
        ({"started_at": dt.timedelta(days=30, minutes=1)}, False),
    ],
)
def test_a_member_is_signed_out_in_the_end(client, session, alice, columns, lives):
    sign_in(client, alice)

    age(session, **columns)

    assert is_signed_in(client) is lives


@pytest.mark.parametrize(
    ("columns", "lives"),
    [
        ({"seen_at": dt.timedelta(minutes=19)}, True),
        ({"seen_at": dt.timedelta(minutes=21)}, False),
        ({"started_at": dt.timedelta(hours=7)}, True),
        ({"started_at": dt.timedelta(hours=8, minutes=1)}, False),
    ],
)
def test_staff_are_signed_out_sooner(client, session, alice, columns, lives):
    appoint(session, alice, staff.MODERATOR)
    session.commit()
    enter(client)

    age(session, **columns)

    assert is_signed_in(client) is lives


def test_a_visit_is_noted_once_a_minute(client, session, alice):
    sign_in(client, alice)
    half = dt.timedelta(seconds=30)

    age(session, seen_at=half)
    is_signed_in(client)
    assert session.scalar(select(LoginSession.seen_at == func.now() - half))

    age(session, seen_at=dt.timedelta(seconds=90))
    is_signed_in(client)
    assert session.scalar(select(LoginSession.seen_at == func.now()))


def test_taking_a_role_away_signs_out(client, session, alice):
    appoint(session, alice, staff.ADMIN)
    session.commit()
    sign_in(client, alice)

    dismiss(session, alice, staff.ADMIN)
    session.commit()

    assert not is_signed_in(client)
    assert staff.staff_roles(session, alice) == frozenset()


def test_a_session_stays_when_the_view_is_undone(client, session):
    assert client.get("/test/keep/blue").text == "kept"

    assert client.get("/test/kept").text == "blue"
    assert session.scalar(select(func.count()).select_from(Mail)) == 0


def test_never_comes_back_when_a_slow_page_ends_after_signing_out(app, session, alice):
    client = app.test_client()
    token = sign_in(client, alice)
    with app.test_request_context():
        slow = BrowserSession(token, member_lifetime(app.extensions["config"]))
        slow["word"] = "late"
        login_sessions.end(session, token_hash(token))
        session.commit()

        app.session_interface.save_session(app, slow, app.response_class())

    assert rows(session) == 0


def test_never_comes_back_under_a_new_token_either(app, session, alice):
    token = sign_in(app.test_client(), alice)
    with app.test_request_context():
        slow = BrowserSession(token, member_lifetime(app.extensions["config"]))
        slow["authenticated_at"] = 1.0
        login_sessions.end(session, token_hash(token))
        session.commit()

        app.session_interface.save_session(app, slow, app.response_class())

    assert rows(session) == 0


def test_static_files_and_pages_without_a_cookie_ask_for_no_session(app, client, monkeypatch):
    asked = []
    monkeypatch.setattr(login_sessions, "find", lambda *args, **kwargs: asked.append(args))

    client.get("/static/icon.svg").close()
    client.get("/")
    client.set_cookie(COOKIE, "x", secure=True)
    client.get("/static/icon.svg").close()

    assert asked == []


def test_expired_sessions_are_forgotten(client, session, alice, config):
    sign_in(client, alice)
    client.application.test_client().get("/sign-in")
    age(session, seen_at=dt.timedelta(days=2))

    assert login_sessions.delete_expired(session, member=member_lifetime(config)) == 1
    age(session, seen_at=dt.timedelta(days=15))
    assert login_sessions.delete_expired(session, member=member_lifetime(config)) == 1


@pytest.mark.parametrize("path", ["/account", "/sign-in", "/test/member", "/test/keep/blue"])
def test_without_a_database_the_answer_is_a_503(config, path):
    nowhere = db.new_engine("postgresql://nobody@/none?host=/nonexistent")
    app = create_app(config, engine=nowhere, **CHEAP)
    app.add_url_rule("/test/member", "m", access.member_required(lambda member: member.pseudonym))
    app.add_url_rule("/test/keep/<word>", "k", lambda word: browser_session.update(word=word) or word)
    client = app.test_client()
    client.set_cookie(COOKIE, "x" * 43, secure=True)

    for browser in (client, app.test_client()):
        answer = browser.get(path)
        if browser is client or path in {"/sign-in", "/test/keep/blue"}:
            assert answer.status_code == 503
            assert answer.headers["Retry-After"]
            assert "Content-Security-Policy" in answer.headers
            assert "Set-Cookie" not in answer.headers


def test_a_write_without_a_database_is_a_503(config):
    app = create_app(config, engine=db.new_engine("postgresql://nobody@/none?host=/nonexistent"), **CHEAP)
    client = app.test_client()
    client.set_cookie(COOKIE, "x" * 43, secure=True)

    assert client.post("/sign-out").status_code == 503


def test_another_person_begins_a_session_of_their_own(client, session, alice):
    bob = new_member(session, "bob@example.org", pseudonym="Bob")
    sign_in(client, bob)
    client.get("/test/keep/blue")

    post(client, "/sign-in", {"email": ALICE, "password": PASSWORD})

    assert client.get("/test/member").text == "Alice"
    assert client.get("/test/kept").text == "nothing"
    assert rows(session) == 1
