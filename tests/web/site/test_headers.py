"""The headers of every answer, and which page others may show inside theirs: one, and no other."""

import re
from collections.abc import Iterable, Iterator

import pytest
from flask import request
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mapservice.web.site import headers
from testing.combinations import is_due
from testing.routes import (
    address,
    is_interface,
    rules,
)
from tests.web.site.roles import app, browsers, plant

__all__ = ["app", "browsers"]

METHODS = ("GET", "POST", "OPTIONS", "HEAD")

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


#: What routes answered, and to which method.
Answers = list[tuple[str, Rule, TestResponse]]


def answers_of(client: FlaskClient, rules_to_ask: Iterable[Rule]) -> Answers:
    """What routes answer to GET and to the forms they take, and each to one of the other methods, in turn."""
    answers: Answers = []
    for number, rule in enumerate(rules_to_ask):
        own = {"GET", "POST"} & (rule.methods or set())
        others = [method for method in METHODS if method not in own]
        for method in [*own, *(method for method in others if is_due(method, others, number))]:
            answer = client.open(address(client.application, rule), method=method, base_url="https://localhost")
            answers.append((method, rule, answer))
            answer.close()
    return answers


def missing_headers(answers: Answers) -> list[str]:
    """What is missing on which route."""
    return [
        f"{method} {rule.rule}: {problem}"
        for method, rule, answer in answers
        for problem in header_problems(rule, answer)
    ]


def frameable(answers: Answers) -> set[str]:
    """The endpoints with an answer that a page of another site may show inside it."""
    return {
        rule.endpoint
        for _method, rule, answer in answers
        if "frame-ancestors 'none'" not in answer.headers["Content-Security-Policy"]
        or answer.headers.get("X-Frame-Options") != "DENY"
    }


def header_problems(rule: Rule, answer: TestResponse) -> Iterator[str]:
    sent = answer.headers
    is_framed = rule.endpoint == "embed.show" and answer.status_code != 405
    ancestors, place = ("*", "()") if is_framed else ("'none'", "(self)")
    for name, value in (ALWAYS | (FRAMED if is_framed else FOR_EVERYBODY if is_interface(rule) else {})).items():
        if sent.get(name) != value:
            yield name
    if not is_interface(rule):
        yield from (name for name, _value in sent if name.startswith("Access-Control-"))
    policy = sent.get("Content-Security-Policy", "")
    rules = {"default-src 'none'", f"frame-ancestors {ancestors}"}
    if not rules <= set(policy.split("; ")) or re.search("unsafe|http", policy):
        yield "Content-Security-Policy"
    if sent.get("X-Frame-Options") != (None if is_framed else "DENY"):
        yield "X-Frame-Options"
    if f"geolocation={place}" not in sent.get("Permissions-Policy", ""):
        yield "Permissions-Policy"
    if answer.request.scheme == "https" and "max-age=" not in sent.get("Strict-Transport-Security", ""):
        yield "Strict-Transport-Security"
    is_file = rule.endpoint in {"static", "look.stylesheet"} or rule.endpoint.startswith("zone_data.")
    is_for_all = is_framed or is_file or is_interface(rule)
    if sent.get("Cache-Control") != "private, no-store" and not (is_for_all and answer.status_code in {200, 307}):
        yield "Cache-Control"
    varies = is_interface(rule) and "Cookie" in sent.get("Vary", "")
    if is_for_all and ("Set-Cookie" in sent or varies):
        yield "Set-Cookie"


_answered: dict[str, Answers] = {}


@pytest.fixture(params=["stranger", "member"])
def answered(request) -> Answers:
    """What every route answers to a stranger, and to a member; asked once: the answers are only read."""
    if request.param not in _answered:
        browser = request.getfixturevalue("browsers")[request.param]
        _answered[request.param] = answers_of(browser, rules(browser.application))
    return _answered[request.param]


def test_every_answer_has_its_headers(answered):
    assert missing_headers(answered) == []


def test_never_lets_another_site_show_any_other_page_than_the_one_for_that(answered):
    assert frameable(answered) == {"embed.show"}


def test_a_second_page_that_may_be_framed_is_found(app, browsers):
    plant(app, "/planted", headers.embeddable(lambda: ""), policy="public")

    asked = [rule for rule in rules(app) if rule.endpoint in {"embed.show", "planted_planted", "static"}]
    assert frameable(answers_of(browsers["stranger"], asked)) == {"embed.show", "planted_planted"}


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
    missing = missing_headers(answers_of(browsers["stranger"], chosen))
    assert {problem.rpartition(": ")[2] for problem in missing} == {name}
