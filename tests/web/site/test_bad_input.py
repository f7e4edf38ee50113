"""Odd characters get a clear answer, wherever they come in: no stack trace, no echo, nothing half saved."""

import re
from urllib.parse import quote, quote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient

from mapservice.store.accounts import staff
from testing.accounts import csrf_token, sign_in
from testing.appointing import appoint
from testing.combinations import is_due
from testing.routes import QUERIES, address, form, is_interface, people, policy, questions, rules, unsafe
from tests.links import live_tokens
from tests.web.site.roles import app

__all__ = ["app"]

ALL = "/conditions/acute-lymphoblastic-leukaemia"

#: As bytes of an address, because not all of them are text.
ODD = {
    "nothing": "",
    "NUL": quote("a\0b"),
    "lone surrogate and no UTF-8": "%ed%a0%80%ff%fe%c0%80",
    "turned around, on two lines": quote("\u202egro.elpmaxe\u202c\u2066\r\nSet-Cookie: b=c"),
    "ten thousand letters that grow": quote("\ufdfa" * 3_400 + "e" + "\u0301" * 2_000),
    "markup": quote("<script>alert(1)</script>\"' or 1=1; -- {{7*7}} ../../etc/passwd"),
}

OF_A_RELEASE = {"api.current_release", "api.show_release", "api.current_figures", "api.figures"}
OF_A_RELEASE |= {"ogc.list_figures", "ogc.show_figure"}

#: Where a number is expected.
ODD_NUMBERS = {
    "a number without end": "9" * 5_000,
    "a number beyond PostgreSQL": "9" * 21,
    "less than nothing": "-1",
}


@pytest.fixture
def as_carol(app, carol) -> FlaskClient:
    client = app.test_client()
    sign_in(client, carol)
    return client


@pytest.fixture
def as_dan(app, session, dan) -> FlaskClient:
    appoint(session, dan, staff.MODERATOR)
    session.commit()
    client = app.test_client()
    sign_in(client, dan)
    return client


def problems_of(answer) -> list[str]:
    """What is wrong with an answer to something odd."""
    problems = []
    if answer.status_code >= 500:
        problems.append(f"{answer.status_code}")
    if b"<script>alert" in answer.data or b"Traceback" in answer.data:
        problems.append("markup or a trace of the code")
    if "Set-Cookie: b=c" in str(answer.headers) or "\n" in answer.headers.get("Location", ""):
        problems.append("header")
    return problems


def urlencoded(client: FlaskClient, path: str, fields: dict[str, str], raw: dict[str, str]):
    """Send a form of which some fields are bytes of our own."""
    token = {"csrf_token": csrf_token(client.application)}
    pairs = [f"{name}={quote_plus(value)}" for name, value in {**token, **fields}.items() if name not in raw]
    pairs += [f"{name}={value}" for name, value in raw.items()]
    return client.post(path, data="&".join(pairs), content_type="application/x-www-form-urlencoded")


def is_for_staff(app: Flask, rule) -> bool:
    return (policy(app, rule) or "").startswith("staff")


def due_fields(rule, number: int, odd: str) -> list[str]:
    """The fields of the route of a number in which something odd is tried: its own, and one that views never see."""
    beside = ["session", "csrf_token"]
    fields = [*form(rule), *(field for field in beside if is_due(field, beside, number))]
    return [field for at, field in enumerate(fields, start=number) if is_due(odd, ODD, at)]


@pytest.mark.parametrize("odd", ODD)
def test_odd_characters_in_any_field_of_any_form_get_a_clear_answer(app, session, connection, as_bob, as_dan, bob, odd):
    problems, tokens = [], live_tokens(app, session, bob.email)
    for number, (rule, _method) in enumerate(unsafe(app)):
        # With a link that works where the route needs one.
        path, before = address(app, rule, token=tokens.get(rule.endpoint)), people(connection)
        for field in due_fields(rule, number, odd):
            if rule.endpoint == "settings.delete" and field != "sure":
                continue  # that is how one leaves
            browser = as_dan if is_for_staff(app, rule) else as_bob
            answer = urlencoded(browser, path, form(rule), {field: ODD[odd]})
            problems += [f"{rule.rule} {field}: {problem}" for problem in problems_of(answer)]
            if answer.status_code < 400:
                sign_in(as_bob, bob)
                tokens, before = live_tokens(app, session, bob.email), people(connection)
        if people(connection) != before:
            problems.append(f"{rule.rule}: what was refused was kept")
    assert problems == []


def odd_addresses(app: Flask, rule, text: str) -> list[str]:
    """The addresses of a route with something odd in each of its parameters and in each part that varies."""
    path = address(app, rule)
    asked = [question.rpartition("=")[0] for question in questions(app, rule)] if is_interface(rule) else []
    paths = [f"{path}?{query}={text}" for query in asked or QUERIES.get(rule.endpoint, ("q",))]
    # Numbers are put in as text, for the address of a visitor is not made by us.
    known = {argument: "1" if argument in {"z", "x", "y", "tree"} else "anything" for argument in rule.arguments}
    pattern = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
    return [*paths, *(pattern.format(**{**known, name: text}) for name in rule.arguments)]


@pytest.mark.parametrize("odd", ODD | ODD_NUMBERS)
def test_odd_characters_in_any_address_get_a_clear_answer(app, client, as_carol, as_dan, odd):
    kinds = ODD | ODD_NUMBERS
    opened = [rule for rule in rules(app) if "GET" in (rule.methods or ())]
    addresses = [(rule, path) for rule in opened for path in odd_addresses(app, rule, kinds[odd])]
    problems = []
    for number, (rule, path) in enumerate(addresses):
        if is_due(odd, kinds, number):
            browser = as_dan if is_for_staff(app, rule) else client if policy(app, rule) == "public" else as_carol
            with browser.get(path) as answer:
                problems += [f"{path[:80]}: {problem}" for problem in problems_of(answer)]
                clear = {200, 302, 303, 307, 308, 404, 422} | ({400} if is_interface(rule) else set())
                if answer.status_code not in clear:
                    problems.append(f"{path[:80]}: {answer.status_code}")
    assert problems == []


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cookie", '__Host-mapservice="\\377\\000"; a=b; ;;=\x80'),
        ("Cookie", "__Host-mapservice=" + "x" * 5_000),
        ("Referer", "http://["),
        ("Origin", "http://[::1"),
        ("Host", "["),
        ("Host", "a b"),
        ("Host", "localhost:99999999"),
        ("Accept", "\xff;q=x, */*;q=-1"),
        ("Accept-Language", "de-\xff;q=2, *-*"),
        ("Accept-Encoding", "gzip;q=NaN"),
        ("Content-Length", "-5"),
        ("Content-Type", "multipart/form-data"),
        ("Content-Type", "multipart/form-data; boundary=" + "x" * 500),
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-7"),
        ("Content-Type", "\xff/\xff; ="),
        ("X-Forwarded-For", "a, b\x7f"),
        ("X-Operation-Id", "\xff" * 50),
        ("If-Modified-Since", "the day before yesterday"),
        ("If-None-Match", '"'),
        ("Range", "bytes=9-1,-,x"),
        ("Sec-Fetch-Site", "\xff"),
        ("X-CSRFToken", "\xff.\xff"),
    ],
)
def test_odd_headers_get_a_clear_answer(app, as_bob, header, value):
    problems = []
    for path, method in (("/", "GET"), ("/me", "GET"), ("/static/icon.svg", "GET"), ("/sign-in", "POST"),
                         (f"{ALL}/hide", "POST"), ("/search.json", "GET")):  # fmt: skip
        answer = as_bob.open(path, method=method, headers={header: value}, data=b"a=b" if method == "POST" else None)
        problems += [f"{method} {path}: {problem}" for problem in problems_of(answer)]
        answer.close()
    assert problems == []


def test_a_fault_of_a_page_would_be_found(app, client):
    app.add_url_rule("/planted", "planted", lambda: 1 / 0)

    assert problems_of(client.get("/planted")) == ["500"]


#: Public pages that are there only once somebody has written something.
UNWRITTEN = {"about.show", "look.logo", "article_changes.show", "sitemap.texts"}

#: Public pages that lead on: for people who have given their password, and a story that is not public.
LEADS_AWAY = {"quick_exit.leave", "two_factor.ask", "suspended.show", "stories.show", "forum.show"}


def test_public_pages_are_for_everybody(app, client):
    """So that the crawl above has met pages, and not only refusals."""
    seen = 0
    for rule in rules(app):
        if policy(app, rule) == "public" and "GET" in (rule.methods or ()) and "token" not in rule.arguments:
            with client.get(f"{address(app, rule)}?{questions(app, rule)[0]}".rstrip("?")) as answer:
                # Before the first release there are no figures; the other pages are there.
                of_release = rule.endpoint in OF_A_RELEASE or "release" in rule.arguments
                is_unwritten = rule.endpoint in UNWRITTEN
                away = {303} if rule.endpoint in LEADS_AWAY else set()
                assert answer.status_code in ({404} if of_release or is_unwritten else {200, 308} | away), rule.rule
            seen += 1
    assert seen >= 12
