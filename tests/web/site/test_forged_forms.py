"""Nothing is written from elsewhere: not without a token of one's own, nor from a page of another site."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.routing import Rule

from testing.accounts import csrf_token
from testing.combinations import is_due
from testing.routes import (
    address,
    form,
    people,
    unsafe,
)
from tests.web.site.roles import app, browsers, one_let_in

__all__ = ["app", "browsers"]

FORGED = {
    "no token": ({}, {}),
    "page of another site": ({"csrf_token": "own"}, {"Origin": "https://evil.example"}),
    "empty token": ({"csrf_token": ""}, {}),
    "made-up token": ({"csrf_token": "made-up"}, {}),
    "token of somebody else": ({"csrf_token": "foreign"}, {}),
    "page without an origin": ({"csrf_token": "own"}, {"Origin": "null"}),
    "page of a neighbour": ({"csrf_token": "own"}, {"Sec-Fetch-Site": "same-site"}),
    "address that cannot be read": ({"csrf_token": "own"}, {"Origin": "http://["}),
}

#: What is tried at every route; of the others, each route is sent two.
ALWAYS = ("no token", "page of another site")
OTHERS = tuple(kind for kind in FORGED if kind not in ALWAYS)


def taken_forgeries(app: Flask, browsers: dict[str, FlaskClient], connection: Connection, kind: str) -> list[str]:
    fields, headers = FORGED[kind]
    foreign = app.test_client().get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    token = {"own": csrf_token(app), "foreign": foreign}.get(fields.get("csrf_token", ""), fields.get("csrf_token"))
    before, taken = people(connection), []
    for number, (rule, method) in enumerate(unsafe(app)):
        if kind not in ALWAYS and not is_due(kind, OTHERS, number, times=2):
            continue
        data = {**form(rule), **({} if token is None else {"csrf_token": token})}
        browser = one_let_in(app, browsers, rule)
        answer = browser.open(address(app, rule), method=method, data=data, headers=headers)
        # Without the token in its address, such a page knows nothing to change.
        refused = 404 if is_authorised_by_address(app, rule) else 400
        if answer.status_code != refused or people(connection) != before:
            taken.append(rule.rule)
            before = people(connection)
    return taken


def is_authorised_by_address(app: Flask, rule: Rule) -> bool:
    """Whether a form for this route may come from anywhere, because its address has a random token."""
    return getattr(app.view_functions[rule.endpoint], "is_authorised_by_address", False)


def test_only_the_link_in_notifications_needs_no_form(app):
    assert {rule.endpoint for rule, _method in unsafe(app) if is_authorised_by_address(app, rule)} == {
        "notifications.switch_off"
    }


@pytest.mark.parametrize("kind", FORGED)
def test_never_takes_a_forged_form(app, browsers, connection, kind):
    assert taken_forgeries(app, browsers, connection, kind) == []
    assert browsers["member"].get("/me").status_code == 200


def test_a_service_that_asks_for_no_token_is_found(app, browsers, connection):
    app.config["WTF_CSRF_ENABLED"] = False

    assert "/account/name" in taken_forgeries(app, browsers, connection, "no token")


def test_a_service_that_asks_for_no_origin_is_found(app, browsers, connection):
    [check] = [function for function in app.before_request_funcs[None] if function.__name__ == "_check_origin"]
    app.before_request_funcs[None].remove(check)

    assert "/sign-in" in taken_forgeries(app, browsers, connection, "page of another site")
