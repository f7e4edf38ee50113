"""Limits hold exactly, for all processes together, and nobody is found in what they store."""

import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.errors import TooManyRequestsError
from mapservice.store.site import rate_limits
from mapservice.store.tables import Allowance, LoginSession
from mapservice.web.site import rate_limits as limits
from mapservice.web.site.server_sessions import COOKIE
from testing import routes
from testing.accounts import CHEAP, fill_in, new_member, sign_in
from tests.limiting import use_up

LIMIT = limits.Limit("test", 10, 300)


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, **CHEAP)


def test_of_a_thousand_tries_at_once_exactly_the_limit_pass(engine):
    key = secrets.token_bytes(32)

    def try_once(_: int) -> bool:
        with db.transaction(engine) as session:
            return rate_limits.consume(session, key, most=10, seconds=3600) == 0

    with ThreadPoolExecutor(16) as threads:
        passed = sum(threads.map(try_once, range(1000)))

    with db.transaction(engine) as session:
        session.delete(session.get(Allowance, key))
    assert passed == 10


def test_of_two_hundred_sign_ins_at_once_exactly_ten_are_tried(config, engine):
    app = create_app(config, engine=engine, TESTING=True, **CHEAP)
    address, email = f"10.{secrets.randbelow(255)}.{secrets.randbelow(255)}.1", f"{uuid.uuid4()}@example.org"
    client = app.test_client()
    token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    cookie = client.get_cookie(COOKIE).value

    def try_once(_: int) -> int:
        mine = app.test_client()
        mine.set_cookie(COOKIE, cookie, secure=True)
        form = {"csrf_token": token, "email": email, "password": "not the right one at all"}
        return mine.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address}).status_code

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(try_once, range(200)))

    with db.transaction(engine) as session:
        for table in (LoginSession, Allowance):
            for row in session.scalars(select(table)):
                session.delete(row)
    assert answers.count(422) == 10
    assert answers.count(429) == 190


def test_what_was_used_up_comes_back_with_time(session):
    key = b"key"
    for _ in range(10):
        assert rate_limits.consume(session, key, most=10, seconds=300) == 0
    wait = rate_limits.consume(session, key, most=10, seconds=300)
    assert wait == 30

    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '31 seconds'")))

    assert rate_limits.consume(session, key, most=10, seconds=300) == 0
    assert rate_limits.consume(session, key, most=10, seconds=300) > 0


def test_no_more_comes_back_than_was_there(session):
    rate_limits.consume(session, b"key", most=3, seconds=60)
    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '9 days'")))

    assert [rate_limits.consume(session, b"key", most=3, seconds=60) > 0 for _ in range(4)] == [False] * 3 + [True]


def test_an_answer_says_how_long_to_wait(client):
    for _ in range(10):
        fill_in(client, "/sign-in", email="a@example.org", password="not the right one at all")

    answer = fill_in(client, "/sign-in", email="a@example.org", password="not the right one at all")

    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 30


@pytest.mark.parametrize(("path", "other"), [("/forgot", "/sign-up"), ("/sign-up", "/forgot")])
def test_asking_for_e_mails_is_limited_widely_by_network_and_kind(app, path, other):
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.9"
    with app.app_context():
        for _ in range(99):
            limits.consume(limits.limit("network_mails"), f"192.0.2.9/{path.replace('forgot', 'reset')[1:]}")

    assert [fill_in(client, path, email=f"b{n}@example.org").status_code for n in range(2)] == [303, 429]
    assert fill_in(client, other, email="b@example.org").status_code == 303


def try_one(app, address: str, email: str = "alice@example.org", **headers: str) -> int:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    client.environ_base.update(headers)
    return fill_in(client, "/sign-in", email=email, password="not the right one at all").status_code


def test_tries_are_counted_tightly_by_account_and_network_together(app):
    assert [try_one(app, "192.0.2.1") for _ in range(11)] == [422] * 10 + [429]
    assert try_one(app, "192.0.2.2") == 422
    assert try_one(app, "192.0.2.1", "bob@example.org") == 422


def test_a_household_is_one_network_whatever_its_addresses(app):
    assert [try_one(app, f"2001:db8:1:2::{n:x}") for n in range(11)] == [422] * 10 + [429]
    assert try_one(app, "2001:db8:1:3::1") == 422


@pytest.mark.parametrize(
    ("purpose", "who", "others"),
    [
        ("network", "192.0.2.1", ("192.0.2.2", "alice@example.org")),
        ("network", "2001:db8:1::/48", ("2001:db8:2::1", "alice@example.org")),
        ("account", "alice@example.org", ("192.0.2.1", "bob@example.org")),
    ],
)
def test_each_alone_has_a_wide_limit(app, purpose, who, others):
    use_up(app, purpose, who)

    assert try_one(app, "2001:db8:1:77::1" if ":" in who else "192.0.2.1") == 429
    assert try_one(app, *others) == 422


def test_a_clinic_of_thirty_people_resets_and_signs_up(app):
    for path in ("/forgot", "/sign-up"):
        answers = []
        for number in range(30):
            client = app.test_client()
            client.environ_base["REMOTE_ADDR"] = "192.0.2.50"
            answers.append(fill_in(client, path, email=f"p{number}@example.org").status_code)
        assert answers == [303] * 30
    assert [try_one(app, "192.0.2.50", f"p{n}@example.org") for n in range(30)] == [422] * 30


@pytest.mark.parametrize("path", ["/api/v1/conditions", "/ogc"])
def test_never_lets_programs_use_up_what_people_need(app, path):
    use_up(app, "interface", "192.0.2.60")
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.60"

    assert client.get(path).status_code == 429
    assert client.get("/").status_code == 200
    assert try_one(app, "192.0.2.60") == 422


def test_never_lets_pages_use_up_what_programs_need(app):
    use_up(app, "pages", "192.0.2.61")
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "192.0.2.61"

    assert client.get("/").status_code == 429
    assert client.get("/api/v1/conditions").status_code == 200


def test_every_limit_is_a_setting(config, connection):
    strict = replace(config, limit_sign_in="2 per day")
    app = create_app(strict, engine=connection, TESTING=True, **CHEAP)

    assert [try_one(app, "192.0.2.1") for _ in range(3)] == [422, 422, 429]
    with pytest.raises(ValueError, match="MAPSERVICE_LIMIT_SIGN_IN must be like 10 per 5 minutes, not 'often'"):
        Config.from_environment({"MAPSERVICE_LIMIT_SIGN_IN": "often"})


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP"])
def test_never_believes_a_forwarded_address_without_a_proxy(app, header):
    assert [try_one(app, "192.0.2.1", **{header: f"198.51.100.{n}"}) for n in range(11)] == [422] * 10 + [429]


@pytest.mark.parametrize("hops", [1, 2])
def test_never_believes_what_stands_left_of_the_proxies(config, connection, hops):
    app = create_app(replace(config, trusted_hops=hops), engine=connection, TESTING=True, **CHEAP)
    proxies = ", 192.0.2.7" + ", 10.0.0.1" * (hops - 1)

    answers = [try_one(app, "10.0.0.2", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}{proxies}") for n in range(11)]

    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize(
    ("forwarded", "seen"),
    [
        ("198.51.100.9, 192.0.2.1, 192.0.2.2", "192.0.2.1"),
        ("192.0.2.2", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_as_many_proxies_are_believed_as_the_settings_name(tmp_path, connection, forwarded, seen):
    config = Config(state=tmp_path, secret_key="5e" * 32, anchor_key="a0" * 32, trusted_hops=2)
    app = create_app(config, engine=connection, TESTING=True)
    app.add_url_rule("/test/address", "address", limits.address)

    assert app.test_client().get("/test/address", headers={"X-Forwarded-For": forwarded}).text == seen


def test_never_more_than_two_hundred_pages_a_minute(client):
    answers = [client.get("/sign-up/check-your-mail").status_code for _ in range(220)]

    # Some came back while the test ran.
    assert 200 <= answers.count(200) <= 215
    assert answers[-1] == 429
    with client.get("/static/icon.svg") as picture:
        assert picture.status_code == 200


#: The forms that count toward the pages of a member. None of them is needed to become less visible: hiding in one
#: condition or everywhere, leaving, withdrawing a consent, deleting and signing out are not among them.
COUNTED_FORMS = {
    *("sign_up.ask", "sign_up.complete", "accounts.sign_in", "accounts.forgot", "accounts.reset", "account.again"),
    *("account.rename", "account.change_password", "email_change.ask"),
    *("factor.ask", "factor.set_up", "factor.renew_codes", "factor.remove"),
    *("memberships.join", "consents.count", "place.save", "place.browse", "moved.show_there", "review.finish"),
    *("data.save", "handing.export", "language.choose"),
}


def is_unlimited(app, rule) -> bool:
    return getattr(app.view_functions[rule.endpoint], "is_unlimited", False)


def test_every_form_counts_toward_the_pages_of_a_member_or_is_a_way_to_withdraw(app):
    counted = {rule.endpoint for rule, _method in routes.unsafe(app) if not is_unlimited(app, rule)}

    assert counted == COUNTED_FORMS


def test_never_keeps_a_member_from_withdrawing_by_a_limit(app, bob):
    client = app.test_client()
    ways = [rule for rule, _method in routes.unsafe(app) if is_unlimited(app, rule)]
    assert {"account.delete", "account.end_session", "place.hide", "consents.revoke"} <= {
        each.endpoint for each in ways
    }

    # Deleting comes last; after it there is nobody to withdraw.
    for rule in sorted(ways, key=lambda rule: rule.endpoint == "account.delete"):
        sign_in(client, bob)
        use_up(app, "pages", str(bob.id))
        assert client.get("/me/review").status_code == 429
        assert routes.send(client, rule).status_code != 429, rule


@pytest.mark.parametrize("path", ["/me", "/me/consents", "/me/place/forget", "/account", "/account/delete"])
def test_never_keeps_a_member_from_the_page_with_the_button_by_a_limit(app, bob, path):
    client = app.test_client()
    sign_in(client, bob)
    use_up(app, "pages", str(bob.id))

    assert client.get(path).status_code == 200


def test_one_member_has_one_allowance_wherever_they_are(app, session):
    member = new_member(session, "alice@example.org")
    answers = []
    for number in range(3):
        client = app.test_client()
        sign_in(client, member)
        client.environ_base["REMOTE_ADDR"] = f"192.0.2.{number}"
        answers += [client.get("/sign-up/check-your-mail").status_code for _ in range(75)]

    assert 429 in answers[200:]
    assert 429 not in answers[:200]


def test_never_stores_an_address_or_an_account(app, client, session):
    fill_in(client, "/sign-in", email="alice@example.org", password="x")

    keys = session.scalars(select(Allowance.key)).all()

    assert {len(key) for key in keys} == {32}
    with app.app_context():
        assert limits.bucket_key(limits.limit("account"), "alice@example.org") in keys
    other = create_app(
        Config(state=app.extensions["config"].state, secret_key="77" * 32, anchor_key="a0" * 32),
        engine=app.extensions["engine"],
    )
    with other.app_context():
        assert limits.bucket_key(limits.limit("account"), "alice@example.org") not in keys


def test_parts_of_a_key_cannot_be_mistaken_for_one_another(app):
    with app.app_context():
        one = limits.bucket_key(limits.Limit("a", 1, 1), "b|1:c")
        other = limits.bucket_key(limits.Limit("a|1:b", 1, 1), "c")

    assert one != other


def test_an_account_is_not_charged_for_an_address_without_allowance(app, session):
    with app.test_request_context():
        for _ in range(LIMIT.most):
            limits.consume(LIMIT, "address")
        with pytest.raises(TooManyRequestsError):
            limits.consume(LIMIT, "address", "account")

        key = limits.bucket_key(LIMIT, "account")

    assert session.get(Allowance, key) is None


def test_full_buckets_are_forgotten(session):
    rate_limits.consume(session, b"old", most=3, seconds=60)
    session.execute(update(Allowance).values(filled_at=func.now() - text("interval '2 days'")))
    rate_limits.consume(session, b"new", most=3, seconds=60)

    assert rate_limits.delete_full(session) == 1


def test_one_address_gets_three_mails_of_a_kind_in_any_day(app, session):
    def ask(kind: str = "reset", email: str = "alice@example.org") -> bool:
        with app.test_request_context():
            return limits.may_mail(kind, email)

    def later(hours: int) -> None:
        session.execute(update(Allowance).values(filled_at=Allowance.filled_at - text(f"interval '{hours} hours'")))

    assert [ask() for _ in range(5)] == [True] * 3 + [False] * 2
    assert ask("sign-up")
    assert ask(email="bob@example.org")
    later(23)
    assert not ask()
    later(2)
    assert [ask() for _ in range(4)] == [True] * 3 + [False]


def test_asking_fifty_times_to_sign_up_does_not_stop_a_reset(app):
    with app.test_request_context():
        assert sum(limits.may_mail("sign-up", "alice@example.org") for _ in range(50)) == 3
        assert limits.may_mail("reset", "alice@example.org")
