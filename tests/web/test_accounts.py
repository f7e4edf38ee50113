"""Accounts through the front door: a browser without JavaScript, a real database, letters in a folder."""

import re
import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mapservice import create_app, db, post
from mapservice.config import Config
from mapservice.store import members, staff
from mapservice.store.tables import Consent, HomeZone, LoginSession, Mail, Member
from mapservice.web import account, guards, operations, passwords, pseudonyms
from mapservice.web import letters as letters_module
from mapservice.web.sessions import COOKIE
from tests.accounts import CHEAP, PASSWORD, csrf_token, fill_in, new_member, sign_in
from tests.accounts import post as send

ALICE = "alice@example.org"
FORM = {"pseudonym": "Alice", "password": PASSWORD, "old_enough": "y", "taking_part": "y"}


@pytest.fixture
def app(config: Config, connection) -> Iterator[Flask]:
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)

    @app.get("/test/member")
    @guards.member_required
    def only_member(member):
        return member.pseudonym

    @app.route("/test/fresh", methods=["GET", "POST"])
    @guards.fresh_member_required
    def only_fresh(member):
        from flask import request

        return f"{member.pseudonym}: {dict(request.form.items(multi=True))}"

    @app.get("/test/admin")
    @guards.staff_required(staff.ADMIN)
    def only_admin(member):
        return member.pseudonym

    return app


def letters(session: Session) -> list[Mail]:
    return list(session.scalars(select(Mail).where(Mail.recipient != "").order_by(Mail.due_at)))


def link_in(letter: Mail) -> str:
    return re.search(r"^http://localhost:8000(/\S+)$", letter.body, re.MULTILINE)[1]


def sign_up(client: FlaskClient, email: str = ALICE, **fields: str):
    return fill_in(client, "/sign-up", email=email, **{**FORM, **fields})


def signed_up(client: FlaskClient, session: Session, email: str = ALICE, **fields: str) -> Member:
    sign_up(client, email, **fields)
    session.expire_all()
    fill_in(client, link_in(letters(session)[-1]))
    for each in letters(session):
        session.delete(each)
    session.commit()
    session.expire_all()
    return members.by_email(session, email)


def enter(client: FlaskClient, email: str = ALICE, password: str = PASSWORD, **fields: str):
    return fill_in(client, "/sign-in", email=email, password=password, **fields)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/test/member").status_code == 200


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


def test_never_stores_a_password(client, session):
    member = signed_up(client, session)

    assert member.password.startswith("$argon2id$")
    assert PASSWORD not in member.password


def test_the_hash_is_argon2id_with_64_mebibytes(config, connection):
    app = create_app(config, engine=connection, TESTING=True)
    with app.app_context():
        assert passwords.hashed(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=1$")


def test_a_hash_made_with_less_work_is_renewed_at_sign_in(client, session, config, connection):
    member = signed_up(client, session)
    before = member.password
    options = {"argon2__type": "ID", "argon2__memory_cost": 128, "argon2__time_cost": 1, "argon2__parallelism": 1}
    stronger = create_app(config, engine=connection, SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=options)

    assert enter(stronger.test_client()).status_code == 303

    session.expire_all()
    assert member.password != before
    assert "m=128" in member.password


# The same answer for known and unknown addresses.


def masked(page) -> tuple[int, str, str]:
    text = re.sub(r'(csrf_token" value=|nonce=|operation" value=)"[^"]*"', "", page.text)
    text = re.sub(r"(alice|nobody)@example\.org", "…", text)
    return page.status_code, page.headers.get("Location", ""), text


@pytest.mark.parametrize("path", ["/sign-up", "/sign-in", "/forgot", "/sign-up/another-letter"])
def test_never_tells_whether_an_address_has_an_account(app, client, session, path):
    signed_up(client, session)
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})

    answers = [
        masked(fill_in(app.test_client(), path, email=email, **fields)) for email in (ALICE, "nobody@example.org")
    ]
    after = [masked(app.test_client().get(answers[0][1] or "/sign-in")) for _ in range(2)]

    assert answers[0] == answers[1]
    assert after[0] == after[1]


def difference(app: Flask, path: str, tries: int = 41) -> float:
    """By how many seconds an unknown address takes longer: the median over pairs, who is first by turns."""
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})
    browser = app.test_client()
    longer = []
    for number in range(tries):
        took = {}
        for email in sorted((ALICE, f"nobody{number}@example.org"), reverse=number % 2 == 1):
            token = browser.get(path).text.partition('name="csrf_token" value="')[2].partition('"')[0]
            started = time.perf_counter()
            browser.post(path, data={"csrf_token": token, "email": email, **fields})
            took[email == ALICE] = time.perf_counter() - started
        longer.append(took[False] - took[True])
    return statistics.median(longer)


@pytest.mark.parametrize("path", ["/sign-in", "/forgot", "/sign-up"])
def test_never_tells_by_the_time_it_takes(app, client, session, path):
    signed_up(client, session)

    assert abs(difference(app, path)) < 0.005


def work(app: Flask, monkeypatch, path: str, email: str, **fields: str) -> list[tuple[str, str]]:
    """Which hashes a form made and checked, and with how much work: 100 ms each, too much to time on a busy machine."""
    context, done = app.extensions["security"].pwd_context, []
    with monkeypatch.context() as patched:
        for name in ("hash", "verify"):
            real = getattr(context, name)

            def noted(*args, name=name, real=real):
                answer = real(*args)
                done.append((name, (answer if name == "hash" else args[1]).rpartition("$")[0].rpartition("$")[0]))
                return answer

            patched.setattr(context, name, noted)
        fill_in(app.test_client(), path, email=email, **fields)
    return done


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/forgot"])
def test_never_hashes_more_for_a_known_address(config, connection, client, session, monkeypatch, path):
    signed_up(client, session)
    app = create_app(config, engine=connection, TESTING=True, LIMITS=False)  # with the work of production
    with app.app_context():
        members.by_email(session, ALICE).password = passwords.hashed(PASSWORD)
        session.commit()
        passwords._nobodys_hash()
    fields = {"/sign-up": FORM, "/sign-in": {"password": "not the right one at all"}}.get(path, {})

    known, unknown = (work(app, monkeypatch, path, email, **fields) for email in (ALICE, "nobody@example.org"))

    assert known == unknown
    expected = {"/sign-in": "verify", "/sign-up": "hash"}.get(path)
    assert known == ([(expected, "$argon2id$v=19$m=65536,t=3,p=1")] if expected else [])


def test_the_check_of_time_can_fail(app, client, session, monkeypatch):
    signed_up(client, session)
    monkeypatch.setattr(letters_module, "to_nobody", lambda: time.sleep(0.01))

    assert difference(app, "/forgot", tries=11) > 0.005


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


# Passwords.


@pytest.mark.parametrize(
    "password",
    [
        "too short today",
        "aaaaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "123456789012345678",
        "qwertyuiopasdfghjkl",
        "correct horse battery staple",
        "passwordpassword",
        "Password 1234567",
        "alice@example.org",
        "mapservice-alice",
        "ab ab ab ab ab ab ab",
        "x" * 129,
    ],
)
def test_passwords_that_are_refused(client, password):
    if password == "too short today":
        password = password[:14]

    page = sign_up(client, password=password)

    assert page.status_code == 422
    assert 'id="password-error"' in page.text


@pytest.mark.parametrize(
    "password",
    ["fifteen letters", "vier stille worte", "ночь улица фонарь аптека", "x7!Kq9#Lm2$Pw5%", "🌊 sea, 🏔 hill, 🌲 tree"],
)
def test_passwords_that_are_taken(app, password):
    with app.test_request_context():
        assert passwords.problem(password, "alice@example.org", "Mapservice") is None


def test_what_looks_the_same_is_the_same_password(client, session):
    signed_up(client, session, password="cafe\u0301 in the early morning")

    assert enter(client, password="café in the early morning").status_code == 303


# Names.


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "x" * 41,
        "alice@example.org",
        "a＠b.example",
        "Al\u200bice",
        "\u202eecilA",
        "Al\u2066ice\u2069",
        "Al\u200dice",
        "\u3164",
        "Alice\u0000",
        "Alice\nBob",
        "\u0301Alice",
        "A" + "\u0301\u0302\u0303\u0304\u0305\u0306",
        "\U000e0041lice",
        "\ue000",
        "...",
        "A\ufe01lice",
        "\u2800\u2800",
    ],
)
def test_names_that_are_refused(app, name):
    with app.test_request_context():
        assert pseudonyms.problem(pseudonyms.usual_form(name))


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Zoë 3",
        "محمد",
        "می\u200cروم",
        "דוד",
        "张伟",
        "Đặng Thị",
        "क्\u200dष",
        "👩\u200d🚀",
        "O'Neil-K.",
        "❤\ufe0f",
        "x" * 40,
    ],
)
def test_names_that_are_taken(app, name):
    with app.test_request_context():
        assert pseudonyms.problem(pseudonyms.usual_form(name)) is None


def test_a_name_is_shown_as_text(client, session):
    bob = new_member(session, "bob@example.org", pseudonym="<b onx=1>Bob</b>")
    sign_in(client, bob)

    assert "<b onx" not in client.get("/account").text


# Who may do what.


def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back(client, session):
    signed_up(client, session)

    answer = client.get("/test/member?page=1")
    assert answer.location == "/sign-in?next=/test/member?page%3D1"

    assert enter(client, next="/test/member?a=1").location == "/test/member?a=1"


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example"]
)
def test_never_goes_on_to_another_site(client, session, target):
    signed_up(client, session)

    assert enter(client, next=target).location == "/"


def test_an_unverified_member_does_not_pass(client, session):
    sign_in(client, new_member(session, ALICE, is_verified=False))

    answer = client.get("/test/member")

    assert answer.status_code == 403
    assert "confirm your e-mail" in answer.text


def test_an_unverified_member_who_knows_the_password_gets_the_letter_again(client, session):
    sign_up(client)

    assert enter(client).location == "/sign-up/check-your-mail"
    assert len(letters(session)) == 2
    assert not is_signed_in(client)


def test_a_closed_account_is_signed_out_at_once(client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    assert is_signed_in(client)

    member.active = False
    session.commit()

    assert not is_signed_in(client)


def test_staff_pages_are_for_staff(client, session):
    member = new_member(session, ALICE)
    sign_in(client, member)
    assert client.get("/test/admin").status_code == 403

    staff.appoint(session, member, staff.ADMIN)
    session.commit()

    assert not is_signed_in(client)
    sign_in(client, member)
    assert client.get("/test/admin").text == "Alice"


def test_a_script_is_answered_in_json(client, session):
    wants = {"Accept": "application/json"}

    assert client.get("/test/member", headers=wants).status_code == 401
    sign_in(client, new_member(session, ALICE), is_fresh=False)
    assert client.get("/test/fresh", headers=wants).json["error"] == "fresh"


def test_guards_note_their_policy(app):
    policies = {name: getattr(view, "policy", None) for name, view in app.view_functions.items()}

    assert policies["only_member"] == "member"
    assert policies["only_fresh"] == "fresh"
    assert policies["account.delete"] == "member"


# The password once more.


def test_a_form_is_kept_while_the_password_is_asked_for(client, session):
    member = signed_up(client, session)
    sign_in(client, member, is_fresh=False)

    asked = send(client, "/test/fresh", {"zone": "DE-1", "role": ["a", "b"]})
    assert asked.status_code == 403
    assert 'action="/test/fresh"' in asked.text
    assert 'name="zone" value="DE-1"' in asked.text
    assert asked.text.count('name="role"') == 2

    wrong = send(client, "/test/fresh", {"zone": "DE-1", guards.PROOF: "something else entirely"})
    assert wrong.status_code == 403
    assert "something else entirely" not in wrong.text

    done = send(client, "/test/fresh", {"zone": "DE-1", guards.PROOF: PASSWORD})
    assert done.status_code == 200
    assert "DE-1" in done.text
    assert guards.PROOF not in done.text


def test_a_page_asks_for_the_password_and_goes_back(client, session):
    sign_in(client, signed_up(client, session), is_fresh=False)

    asked = client.get("/test/fresh?page=1")
    assert asked.location == "/account/again?next=/test/fresh?page%3D1"

    assert fill_in(client, asked.location, at="/account/again", password="no", next="/test/fresh").status_code == 422
    back = fill_in(client, asked.location, at="/account/again", password=PASSWORD, next="/test/fresh?a=1")
    assert back.location == "/test/fresh?a=1"
    assert client.get("/test/fresh?page=1").status_code == 200


# Passwords forgotten and changed.


def test_a_forgotten_password_is_replaced_and_everybody_else_signed_out(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(letters(session)[-1])

    assert fill_in(client, link, password="five other words, unrelated").location == "/sign-in"

    assert not is_signed_in(elsewhere)
    assert enter(client).status_code == 422
    assert enter(client, password="five other words, unrelated").status_code == 303
    assert client.get(link).status_code == 404


@pytest.mark.parametrize("path", ["/reset/made-up", "/confirm/made-up"])
def test_a_made_up_link_opens_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_link_of_one_kind_is_none_of_the_other(client, session):
    sign_up(client)
    token = link_in(letters(session)[0]).rpartition("/")[2]

    assert client.get(f"/reset/{token}").status_code == 404


def test_a_link_to_reset_ends_after_thirty_minutes(client, session, monkeypatch):
    signed_up(client, session)
    fill_in(client, "/forgot", email=ALICE)
    link = link_in(letters(session)[-1])
    now = time.time()

    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 29 * 60)
    assert client.get(link).status_code == 200
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: now + 31 * 60)
    assert client.get(link).status_code == 404


def test_changing_the_password_ends_all_other_sessions(app, client, session):
    member = signed_up(client, session)
    elsewhere = app.test_client()
    sign_in(elsewhere, member)
    enter(client)
    before = client.get_cookie(COOKIE).value

    fields = {"current_password": PASSWORD, "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).location == "/account"

    assert is_signed_in(client)
    assert client.get_cookie(COOKIE).value != before
    assert not is_signed_in(elsewhere)
    assert letters(session)[-1].subject == "Your password was changed"


def test_changing_the_password_needs_the_old_one(client, session):
    signed_up(client, session)
    enter(client)

    fields = {"current_password": "not that one, surely", "password": "five other words, unrelated"}
    assert fill_in(client, "/account/password", **fields).status_code == 422
    assert enter(client.application.test_client()).status_code == 303


# The account.


def test_a_member_takes_another_name(client, session):
    sign_in(client, new_member(session, ALICE))

    assert send(client, "/account/name", {"pseudonym": " New\u00a0 name "}).status_code == 303
    assert 'value="New name"' in client.get("/account").text
    assert send(client, "/account/name", {"pseudonym": "a@b.example"}).status_code == 422


def test_a_member_ends_the_session_of_another_device(app, client, session):
    member = new_member(session, ALICE)
    elsewhere, third = app.test_client(), app.test_client()
    for each in (client, elsewhere, third):
        sign_in(each, member)
    handle = re.findall(r'name="session" value="([0-9a-f]{32})"', client.get("/account").text)[0]

    send(client, "/account/sessions/end", {"session": handle})

    assert [is_signed_in(each) for each in (client, elsewhere, third)].count(True) == 2
    assert is_signed_in(client)


def test_never_ends_the_session_of_somebody_else(app, client, session):
    elsewhere = app.test_client()
    sign_in(elsewhere, new_member(session, "bob@example.org", pseudonym="Bob"))
    handles = [account._handle(row) for row in session.scalars(select(LoginSession))]
    sign_in(client, new_member(session, ALICE))

    for handle in handles:
        send(client, "/account/sessions/end", {"session": handle})

    assert is_signed_in(elsewhere)


def test_a_member_signs_out_everywhere(app, client, session):
    member = new_member(session, ALICE)
    elsewhere = app.test_client()
    sign_in(client, member)
    sign_in(elsewhere, member)

    send(client, "/account/sessions/end", {"session": "all"})

    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_deleting_takes_two_steps_and_no_password(app, client, session):
    member = new_member(session, ALICE)
    elsewhere = app.test_client()
    sign_in(client, member, is_fresh=False)
    sign_in(elsewhere, member)

    assert client.get("/account/delete").status_code == 200
    assert 'name="sure" value="yes"' in send(client, "/account/delete").text
    assert is_signed_in(client)
    assert send(client, "/account/delete", {"sure": "yes"}).location == "/"

    assert not is_signed_in(elsewhere)
    for table in (Member, Consent, HomeZone, Mail):
        assert session.scalar(select(func.count()).select_from(table)) == 0


# Forgery.


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
    assert csrf_token(client.application).split(".")[0] in answer.text


def test_no_page_is_changed_by_get(client, session):
    sign_in(client, new_member(session, ALICE))

    for path in ("/sign-out", "/account/name", "/account/sessions/end"):
        assert client.get(path).status_code == 405


# Demo and words.


def test_the_demo_shows_its_letters_to_this_machine_alone(tmp_path, connection, session):
    config = Config(state=tmp_path / "state", secret_key="5e" * 32, anchor_key="a0" * 32, demo=True)
    app = create_app(config, engine=connection, LIMITS=False, **CHEAP)
    client = app.test_client()
    sign_up(client)
    assert "/outbox" in client.get("/sign-up/check-your-mail").text
    assert "More letters are being written" in client.get("/outbox").text

    assert post.deliver_due(connection, config) == 1

    assert f'href="http://localhost:8000{link_in_outbox(client)}"' in client.get("/outbox").text
    assert client.get("/outbox", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 404
    assert client.get("/outbox", base_url="http://evil.example:8000").status_code == 404


def link_in_outbox(client: FlaskClient) -> str:
    return re.search(r"http://localhost:8000(/confirm/[^\"<]+)", client.get("/outbox").text)[1]


def test_never_shows_letters_outside_a_demo(client):
    assert client.get("/outbox").status_code == 404


def test_demo_logins_work_and_exist_in_a_demo_only(tmp_path, connection, session):
    config = Config(state=tmp_path / "state", secret_key="5e" * 32, anchor_key="a0" * 32, demo=True)
    client = create_app(config, engine=connection, LIMITS=False).test_client()

    for _ in range(2):
        staff.ensure_demo_logins(session, config)
    session.commit()

    for login in staff.DEMO_LOGINS:
        with client.application.test_request_context():
            assert passwords.problem(login.password) is None
        assert enter(client, login.email, login.password).status_code == 303
        send_out = client.application.test_client()
        assert send_out.get("/account").status_code == 303
        client.delete_cookie(COOKIE)
    with pytest.raises(staff.SetupError):
        staff.ensure_demo_logins(session, Config(state=tmp_path))


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


def test_operation_ids_are_read_from_forms_and_headers(app):
    known = uuid.uuid4()
    with app.test_request_context(method="POST", data={"operation": str(known)}):
        assert operations.operation_id() == known
        assert f'value="{known}"' in app.jinja_env.globals["operation_field"]()
    with app.test_request_context(method="POST", headers={"X-Operation-Id": str(known)}):
        assert operations.operation_id() == known


def test_never_writes_an_address_into_the_log(client, session, capfd):
    signed_up(client, session)
    enter(client, password="not the right one at all")
    with db.transaction(client.application.extensions["engine"]) as transaction:
        transaction.execute(select(1))

    assert "alice" not in "".join(capfd.readouterr()).lower()


@pytest.mark.parametrize(("workers", "most"), [(1, 4), (2, 2), (9, 1)])
def test_never_hashes_more_than_four_passwords_at_once(tmp_path, engine, monkeypatch, workers, most):
    config = Config(state=tmp_path, secret_key="5e" * 32, anchor_key="a0" * 32, workers=workers)
    app = create_app(config, engine=engine, **CHEAP)
    lock, now, seen = threading.Lock(), [0], [0]

    def slow(_text: str) -> str:
        with lock:
            now[0] += 1
            seen[0] = max(seen[0], now[0])
        time.sleep(0.02)
        with lock:
            now[0] -= 1
        return "hash"

    def hash_one(_: int) -> str:
        with app.app_context():
            return passwords.hashed(PASSWORD)

    monkeypatch.setattr(passwords, "hash_password", slow)

    with ThreadPoolExecutor(16) as threads:
        assert set(threads.map(hash_one, range(32))) == {"hash"}

    assert seen[0] == most


def test_who_waits_too_long_for_a_hash_is_asked_to_come_back(app, monkeypatch):
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    with app.app_context():
        hashing = app.extensions["hashing"]
        while hashing.acquire(blocking=False):
            pass

        with pytest.raises(passwords.TooManyRequestsError):
            passwords.hashed(PASSWORD)
