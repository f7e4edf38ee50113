"""The headers of every answer."""

import re
from collections.abc import Iterator

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from testing.routes import (
    address,
    is_interface,
    rules,
)
from tests.web.site.roles import app, browsers

__all__ = ["app", "browsers"]

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

# The page that other sites may show inside theirs; to a method that it does not have, it answers like every other.
FRAMED = {"Cross-Origin-Resource-Policy": "cross-origin", "Cross-Origin-Embedder-Policy": "require-corp"}

#: What programs on pages of others may read.
FOR_EVERYBODY = {"Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*"}


def missing_headers(client: FlaskClient, rules_to_ask: list[Rule]) -> list[str]:
    """What is missing on which route."""
    app, problems = client.application, []
    for rule in rules_to_ask:
        for method in ("GET", "POST", "OPTIONS"):
            path = address(app, rule)
            answer = client.open(path, method=method, base_url="https://localhost")
            problems += [f"{method} {path}: {problem}" for problem in header_problems(rule, answer)]
            answer.close()
    return problems


def header_problems(rule: Rule, answer) -> Iterator[str]:
    headers = answer.headers
    is_framed = rule.endpoint == "embed.show" and answer.status_code != 405
    ancestors, place = ("*", "()") if is_framed else ("'none'", "(self)")
    for name, value in (ALWAYS | (FRAMED if is_framed else FOR_EVERYBODY if is_interface(rule) else {})).items():
        if headers.get(name) != value:
            yield name
    if not is_interface(rule):
        yield from (name for name, _value in headers if name.startswith("Access-Control-"))
    policy = headers.get("Content-Security-Policy", "")
    rules = {"default-src 'none'", f"frame-ancestors {ancestors}"}
    if not rules <= set(policy.split("; ")) or re.search("unsafe|http", policy):
        yield "Content-Security-Policy"
    if ("X-Frame-Options" in headers) is is_framed:
        yield "X-Frame-Options"
    if f"geolocation={place}" not in headers.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    if answer.request.scheme == "https" and "max-age=" not in headers.get("Strict-Transport-Security", ""):
        yield "Strict-Transport-Security"
    is_file = rule.endpoint in {"static", "look.stylesheet"} or rule.endpoint.startswith("zone_data.")
    is_for_all = is_framed or is_file or is_interface(rule)
    if headers.get("Cache-Control") != "private, no-store" and not (is_for_all and answer.status_code in {200, 307}):
        yield "Cache-Control"
    varies = is_interface(rule) and "Cookie" in headers.get("Vary", "")
    if is_for_all and ("Set-Cookie" in headers or varies):
        yield "Set-Cookie"


@pytest.mark.parametrize("role", ["stranger", "member"])
def test_every_answer_has_its_headers(app, browsers, role):
    assert missing_headers(browsers[role], rules(app)) == []


def test_only_an_encrypted_answer_asks_for_encryption(client):
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert "Strict-Transport-Security" in client.get("/", base_url="https://localhost").headers


@pytest.mark.parametrize(
    "name", [*ALWAYS, "Content-Security-Policy", "X-Frame-Options", "Strict-Transport-Security", "Cache-Control"]
)
def test_a_missing_header_is_found(app, browsers, name):
    def take_away(response):
        if request.path == "/privacy":
            del response.headers[name]
        return response

    # The first to be added is the last to run.
    app.after_request_funcs[None].insert(0, take_away)

    chosen = [rule for rule in rules(app) if rule.rule == "/privacy"]
    assert {missing.rpartition(": ")[2] for missing in missing_headers(browsers["stranger"], chosen)} == {name}
