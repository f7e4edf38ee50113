"""Known devices: tries from elsewhere never keep a member out, and a device is forgotten when its owner wants that."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update

from mapservice.hosting.gateway import Gateway
from mapservice.store.accounts import members
from mapservice.store.across import cleanup
from mapservice.store.tables import Allowance, KnownDevice
from mapservice.web.accounts import passwords, quick_exit
from mapservice.web.site import known_devices
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import PASSWORD, fill_in, new_member, post, sign_in
from tests.frontdoor import ALICE, link_in, queued_emails
from tests.limiting import use_up
from tests.mail.queued import waiting


@pytest.fixture
def alice(app, session):
    member = new_member(session, ALICE)
    with app.app_context():
        members.set_password(member, passwords.hashed(PASSWORD))
    session.commit()
    return member


def browser(app: Flask, address: str = "192.0.2.1") -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def enter(client: FlaskClient, password: str = PASSWORD, email: str = ALICE):
    return fill_in(client, "/sign-in", email=email, password=password)


@pytest.fixture
def home(app, alice) -> FlaskClient:
    """Alice's own browser, signed out."""
    client = browser(app)
    assert enter(client).status_code == 303
    client.delete_cookie(COOKIE)
    return client


def written(session, kind: str) -> list[str]:
    """Who gets the e-mails of a kind that wait."""
    return [email.recipient for email in waiting(session) if email.kind == kind]


def test_the_owner_hears_of_a_sign_in_on_a_device_that_is_not_known_and_of_no_other(app, session, alice):
    client = browser(app)
    enter(client)
    assert written(session, "new_device") == [ALICE]

    client.delete_cookie(COOKIE)
    enter(client)
    enter(browser(app), "wrong")
    assert written(session, "new_device") == [ALICE]

    enter(browser(app, "192.0.2.9"))
    assert written(session, "new_device") == [ALICE, ALICE]


def attack(app: Flask, address: str = "192.0.2.1") -> None:
    """Use up whatever can be used up from elsewhere."""
    for purpose, who in (("sign_in", f"{address}/{ALICE}"), ("network", address), ("account", ALICE)):
        use_up(app, purpose, who)


def count(session) -> int:
    return session.scalar(select(func.count()).select_from(KnownDevice))


def test_never_keeps_a_member_out_of_their_own_device(app, home):
    # Every allowance of others is used up, even that of the very network in which the member is.
    attack(app)

    for _ in range(8):
        home.delete_cookie(COOKIE)
        assert enter(home).status_code == 303
    assert enter(browser(app)).status_code == 429
    assert enter(browser(app, "198.51.100.7")).status_code == 429


def test_never_lets_others_in_the_network_keep_a_member_from_the_page_to_sign_in(app, home):
    use_up(app, "pages", "192.0.2.1")

    assert browser(app).get("/sign-in").status_code == 429
    assert enter(home).status_code == 303


def test_all_devices_of_a_member_have_one_allowance_of_pages(app, home, alice):
    use_up(app, "pages", f"device/{alice.id}")

    assert home.get("/").status_code == 429
    assert browser(app).get("/").status_code == 200


def test_a_device_that_was_forgotten_is_counted_with_its_network(app, session, home):
    session.execute(delete(KnownDevice))
    use_up(app, "pages", "192.0.2.1")

    assert home.get("/").status_code == 429


def test_never_lets_strangers_keep_a_member_from_a_new_password(app, session, home):
    stranger = browser(app, "198.51.100.7")
    assert [fill_in(stranger, "/forgot", email=ALICE).status_code for _ in range(5)] == [303] * 5
    use_up(app, "network_mails", "192.0.2.1/reset")
    assert len(written(session, "reset")) == 3

    answers = [fill_in(home, "/forgot", email=ALICE) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {303}
    assert len(written(session, "reset")) == 6
    assert fill_in(home, "/forgot", email="bob@example.org").status_code == 429


def test_never_tells_whose_account_was_used_on_a_device(app, home):
    use_up(app, "sign_in", "192.0.2.1/bob@example.org")
    theirs = [enter(home, "not the right one at all") for _ in range(11)][-1]
    others = enter(home, "not the right one at all", "bob@example.org")

    assert (theirs.status_code, others.status_code) == (429, 429)
    assert words_of(theirs.text) == words_of(others.text)


def words_of(page: str) -> str:
    return re.sub(r"<[^>]*>", "", page.partition("<main")[2])


def test_a_known_device_has_a_limit_too(app, home):
    assert [enter(home, "not the right one at all").status_code for _ in range(9)] == [422] * 9
    assert [enter(home, "not the right one at all").status_code for _ in range(2)][-1] == 429


def test_a_known_device_is_known_for_its_own_member_alone(app, session, home):
    new_member(session, "bob@example.org")

    assert [enter(home, "x", "bob@example.org").status_code for _ in range(11)] == [422] * 10 + [429]
    assert enter(home).status_code == 303


def test_the_cookie_opens_nothing_and_cannot_be_made_up(app, session, home):
    cookie = home.get_cookie(known_devices.COOKIE)
    assert (cookie.secure, cookie.http_only, cookie.same_site, cookie.path) == (True, True, "Lax", "/")
    assert home.get("/account").status_code == 303

    for value in ("x", f"{cookie.value}x", cookie.value.partition(".")[0], "a." + "0" * 32, "ü.x"):
        other = browser(app)
        other.set_cookie(known_devices.COOKIE, value, secure=True)
        assert [enter(other, "x").status_code for _ in range(11)][-1] == 429
        with app.app_context():
            assert known_devices.token_in(f"{known_devices.COOKIE}={value}", app.config["SECRET_KEY"]) is None
        # The next one begins with an allowance of its own.
        session.execute(delete(Allowance))


def test_stores_no_token(session, home):
    token = home.get_cookie(known_devices.COOKIE).value
    row = session.scalars(select(KnownDevice)).one()

    assert token.encode() not in row.token_hash
    assert row.token_hash == known_devices.token_hash(token)


def test_signing_in_again_makes_no_second_device(session, home):
    before = home.get_cookie(known_devices.COOKIE).value
    assert enter(home).status_code == 303

    assert count(session) == 1
    assert home.get_cookie(known_devices.COOKIE).value == before


def test_signing_out_keeps_the_device_unless_asked_to_forget_it(app, session, home, alice):
    sign_in(home, alice)
    assert post(home, "/sign-out").status_code == 303
    assert count(session) == 1
    assert home.get_cookie(known_devices.COOKIE)

    sign_in(home, alice)
    assert "Sign out and forget this device" in home.get("/account").text
    assert post(home, "/sign-out", {"forget": "yes"}).status_code == 303
    assert count(session) == 0
    assert home.get_cookie(known_devices.COOKIE) is None
    assert home.get("/account").status_code == 303


def test_leaving_quickly_forgets_the_device_without_a_script_and_without_a_database(home, monkeypatch):
    link = home.get("/").text.partition('id="leave"')[2].partition(">")[0]
    assert 'href="/leave"' in link
    monkeypatch.setattr("mapservice.db.transaction", None)
    monkeypatch.setattr("mapservice.db.open_session", None)

    answer = home.get("/leave")

    assert (answer.status_code, answer.location) == (303, quick_exit.AWAY)
    assert home.get_cookie(known_devices.COOKIE) is None


def test_never_forgets_a_device_because_another_site_says_so(home):
    for site in ("cross-site", "same-site"):
        assert home.get("/leave", headers={"Sec-Fetch-Site": site}).status_code == 303
    assert home.get_cookie(known_devices.COOKIE)


def test_a_new_password_forgets_all_devices_but_the_one_it_was_chosen_on(app, session, home, alice):
    elsewhere = browser(app, "198.51.100.1")
    assert enter(elsewhere).status_code == 303
    assert count(session) == 2

    new = {"current_password": PASSWORD, "password": "five other words, unrelated"}
    assert fill_in(elsewhere, "/account/password", **new).status_code == 303
    assert count(session) == 1
    attack(app)
    assert enter(home, new["password"]).status_code == 429
    elsewhere.delete_cookie(COOKIE)
    assert enter(elsewhere, new["password"]).status_code == 303


def test_who_is_kept_out_gets_in_by_a_new_password(app, session, alice):
    client = browser(app)
    attack(app)
    page = enter(client)
    assert page.status_code == 429
    assert 'href="/forgot"' in page.text

    fill_in(client, "/forgot", email=ALICE)
    link = link_in(queued_emails(session)[-1])
    assert fill_in(client, link, password="five other words, unrelated").status_code == 303

    assert enter(client, "five other words, unrelated").status_code == 303


@pytest.mark.parametrize("way", ["everywhere", "deleted"])
def test_devices_end_with_all_sessions_and_with_the_account(session, home, alice, way):
    sign_in(home, alice)
    if way == "everywhere":
        post(home, "/account/sessions/end", {"session": "all"})
    else:
        post(home, "/account/delete", {"sure": "yes"})

    assert count(session) == 0
    assert home.get_cookie(known_devices.COOKIE) is None


def test_a_device_that_nobody_uses_is_forgotten_after_a_year(config, session, home):
    session.execute(update(KnownDevice).values(used_on=func.current_date() - 365))
    cleanup.delete_expired(session, config)
    assert count(session) == 1
    session.execute(update(KnownDevice).values(used_on=func.current_date() - 366))
    cleanup.delete_expired(session, config)
    assert count(session) == 0


def test_the_gateway_knows_the_cookie_and_the_name_of_the_lane(app, home):
    token = home.get_cookie(known_devices.COOKIE).value
    key = app.config["SECRET_KEY"]

    assert known_devices.token_in(f"a=b; {known_devices.COOKIE}={token}", key) == token
    assert known_devices.token_in(f"{known_devices.COOKIE}={token}; {known_devices.COOKIE}={token}", key) is None
    assert known_devices.token_in(f"{known_devices.COOKIE}={token}", "another key") is None
    assert Gateway(app.wsgi_app).passwords.name == passwords.PASSWORD_LANE


def test_never_hashes_a_password_where_pages_wait(app, alice):
    assert enter(browser(app)).status_code == 303
    client = browser(app)
    client.environ_base[passwords.LANE] = "pages"

    assert enter(client).status_code == 503


def test_every_field_for_a_password_is_called_so(app):
    """By its name the gateway knows which requests take long."""
    for path in Path(app.root_path).parent.joinpath("templates").rglob("*.html"):
        for part in path.read_text().split("<input")[1:]:
            field = part.partition(">")[0]
            assert (
                'type="password"' not in field
                or "password" in field.partition('name="')[2].partition(" ")[0]
                or ('default("step_up_password")' in field)
            ), path
    from wtforms import PasswordField

    from mapservice.web.accounts import access, account_forms, sign_up_forms

    forms = [form for module in (account_forms, sign_up_forms) for form in vars(module).values()]
    assert "password" in access.PASSWORD_FIELD
    names = [
        name
        for form in forms
        if isinstance(form, type)
        for name, field in vars(form).items()
        if getattr(field, "field_class", None) is PasswordField
    ]
    assert names
    assert all("password" in name for name in names)
