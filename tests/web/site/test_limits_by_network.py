"""Who shares a limit: an account in a network, a household, a clinic; programs apart from people; behind proxies."""

from dataclasses import replace

import pytest

from mapservice import create_app
from mapservice.config import Config
from mapservice.web.site import rate_limits as limits
from testing.accounts import CHEAP, fill_in, new_member, sign_in
from tests.limiting import try_one, use_up


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
