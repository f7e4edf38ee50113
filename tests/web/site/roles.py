"""A browser for each role, and routes with a fault: what tests of every route share."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from mapservice import create_app
from mapservice.store.accounts import staff
from testing.accounts import CHEAP, sign_in
from testing.appointing import appoint
from testing.routes import (
    policy,
)

#: Halfway is staff who gave the password and not the second factor.
ROLES = ("stranger", "member", "staff", "halfway")


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def browsers(app, session, bob, carol, dan) -> dict[str, FlaskClient]:
    """A browser for each role; the member is Bob, and Dan is a moderator too."""
    appoint(session, dan, staff.MODERATOR)
    session.commit()
    clients = {role: app.test_client() for role in ROLES}
    for role, person in zip(ROLES[1:], (bob, dan, dan), strict=True):
        sign_in(clients[role], person, has_code=role != "halfway")
    return clients


def one_let_in(app: Flask, browsers: dict[str, FlaskClient], rule: Rule) -> FlaskClient:
    """The browser of somebody for whom a route is."""
    return browsers["staff" if (policy(app, rule) or "").startswith("staff") else "member"]


def plant(app: Flask, path: str, view, *, policy: str | None, methods=("GET",)) -> None:
    """Add a route with a fault."""
    if policy is not None:
        view.policy = policy
    app.add_url_rule(path, f"planted{path}".replace("/", "_"), view, methods=methods)
