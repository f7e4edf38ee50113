"""Behind no, one and two reverse proxies, whichever of the usual lines they have: who asks, and over https or not."""

import re
from dataclasses import replace

import pytest
from flask import request

from mapservice import create_app
from mapservice.config import HOME
from mapservice.web.accounts.access import public
from testing.accounts import CHEAP

PEER = "127.0.0.1"
VISITOR = "203.0.113.7"
OUTER = "10.0.0.2"


@pytest.fixture
def ask(config, connection):
    def ask(hops, headers, path="/test/seen"):
        app = create_app(replace(config, trusted_hops=hops), engine=connection, TESTING=True, LIMITS=False, **CHEAP)
        app.add_url_rule("/test/seen", "seen", public(lambda: f"{request.remote_addr} {request.scheme}"))
        return app.test_client().get(path, headers=headers, base_url="http://map.example.org")

    return ask


@pytest.mark.parametrize(
    ("hops", "addresses", "schemes", "seen"),
    [
        (0, None, None, f"{PEER} http"),
        (0, VISITOR, "https", f"{PEER} http"),
        (1, VISITOR, "https", f"{VISITOR} https"),
        (1, VISITOR, "http", f"{VISITOR} http"),
        (1, f"198.51.100.1, {VISITOR}", "https", f"{VISITOR} https"),
        (1, VISITOR, "http, https", f"{VISITOR} https"),
        # The inner proxy sets it anew, passes it on, or adds its own word.
        (2, f"{VISITOR}, {OUTER}", "https", f"{VISITOR} https"),
        (2, f"{VISITOR}, {OUTER}", "https, https", f"{VISITOR} https"),
        (2, f"{VISITOR}, {OUTER}", "https, http", f"{VISITOR} https"),
        (2, f"{VISITOR}, {OUTER}", "http, https", f"{VISITOR} http"),
        # What a visitor brought along stands before the words of the proxies.
        (2, f"198.51.100.1, {VISITOR}, {OUTER}", "https, http, https", f"{VISITOR} http"),
        # The inner proxy was asked itself, or replaces the list: who the visitor is, is lost.
        (2, VISITOR, "https", f"{PEER} https"),
        (2, None, None, f"{PEER} http"),
        (2, "", ",", f"{PEER} http"),
    ],
)
def test_the_word_of_the_outermost_trusted_proxy_counts(ask, hops, addresses, schemes, seen):
    headers = {"X-Forwarded-For": addresses, "X-Forwarded-Proto": schemes}

    assert ask(hops, {name: value for name, value in headers.items() if value is not None}).text == seen


@pytest.mark.parametrize("hops", [1, 2])
def test_the_documented_lines_leave_the_sign_in_page_its_form(ask, hops):
    lines = re.findall(r"proxy_set_header X-Forwarded-Proto (\S+);", (HOME / "docs" / "operators.md").read_text())
    assert lines == ["https", "$http_x_forwarded_proto"], "of the outermost proxy, and of one behind it"

    scheme, address = None, VISITOR
    for line in [lines[0], lines[1]][:hops]:
        scheme = line.replace("$http_x_forwarded_proto", scheme or "")
    headers = {"X-Forwarded-For": address if hops == 1 else f"{address}, {OUTER}", "X-Forwarded-Proto": scheme}

    page = ask(hops, headers, path="/sign-in")

    assert 'name="password"' in page.text
    assert "Strict-Transport-Security" in page.headers
    assert 'name="password"' not in ask(0, headers, path="/sign-in").text, "the control: nobody is believed"
