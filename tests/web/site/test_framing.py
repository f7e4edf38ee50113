"""Who may show which page inside theirs: one page may be shown by all whom the operator lets, all others by nobody."""

import re
from collections.abc import Iterable

import pytest
from flask import Flask
from werkzeug.routing import Rule

from mapservice import create_app
from mapservice.config import Config
from mapservice.web.site import headers
from testing.accounts import CHEAP, sign_in
from testing.routes import address, rules
from tests.web.catalogue.test_condition_pages import LEUKAEMIA
from tests.web.figures.test_embed import EMBED


def frameable(client, asked: Iterable[Rule]) -> set[str]:
    """The endpoints with an answer, to any method, that a page of another site may show."""
    app, endpoints = client.application, set()
    for rule in asked:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            with client.open(address(app, rule), method=method) as answer:
                is_refused = "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
                if not is_refused or answer.headers.get("X-Frame-Options") != "DENY":
                    endpoints.add(rule.endpoint)
    return endpoints


@pytest.fixture
def unlimited(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.mark.parametrize("is_member", [False, True])
def test_never_lets_another_site_show_any_other_page(unlimited, bob, is_member):
    client = unlimited.test_client()
    if is_member:
        sign_in(client, bob)

    assert frameable(client, rules(unlimited)) == {"embed.show"}


def test_a_second_page_that_may_be_framed_is_found(unlimited, client):
    unlimited.add_url_rule("/planted", "planted", headers.embeddable(lambda: ""))

    asked = [rule for rule in rules(unlimited) if rule.endpoint in {"embed.show", "planted", "static"}]
    assert frameable(unlimited.test_client(), asked) == {"embed.show", "planted"}


def test_the_rest_of_its_headers_are_as_strict_as_everywhere(client):
    page, other = client.get(EMBED).headers, client.get(LEUKAEMIA).headers

    def policy(headers) -> str:
        return re.sub(r" 'nonce-[\w-]+'", "", headers["Content-Security-Policy"])

    assert policy(page) == policy(other).replace("frame-ancestors 'none'", "frame-ancestors *")
    assert "X-Frame-Options" not in page
    assert page["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert page["Permissions-Policy"] == other["Permissions-Policy"].replace("(self)", "()")
    for name in ("X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"):
        assert page[name] == other[name]


@pytest.mark.parametrize(
    ("sites", "ancestors"),
    [("https://a.example https://*.b.example:8443", "https://a.example https://*.b.example:8443"), ("", "'none'")],
)
def test_an_operator_says_which_sites_may_show_it(connection, tmp_path, sites, ancestors):
    app = create_app(Config(state=tmp_path, framed_by=sites), engine=connection, TESTING=True, **CHEAP)

    answer = app.test_client().get(EMBED)

    assert answer.headers["Content-Security-Policy"].endswith(f"frame-ancestors {ancestors}")
    assert ("X-Frame-Options" in answer.headers) is (not sites)


@pytest.mark.parametrize(
    "sites",
    ["https://a.example; script-src *", "'unsafe-inline'", "https://a.example,b", "a.example/x", "data:", "* \u00e4"],
)
def test_a_setting_that_is_no_list_of_sites_is_refused(sites):
    with pytest.raises(ValueError, match="MAPSERVICE_FRAMED_BY"):
        Config(framed_by=sites)
