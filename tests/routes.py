"""Every route as a test needs it: an address that exists, the form it takes, and what the tables of people hold."""

import uuid
from collections.abc import Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mapservice.geo.zone_data import TREE_VERSION
from mapservice.store.tables import Base
from mapservice.web.api.annotations import description_of
from tests.accounts import PASSWORD, csrf_token, version_at

SAFE = {"GET", "HEAD", "OPTIONS"}

#: The tables that tell something of a person, and the counts made from them. Sessions and allowances are
#: left out: they note that somebody looked.
OF_PEOPLE = (
    "member",
    "member_staff_role",
    "second_factor",
    "recovery_code",
    "pending_sign_up",
    "email_change",
    "home_zone",
    "membership",
    "consent",
    "mail",
    "operation",
    "zone_count",
)

VALUES = {
    "slug": "acute-lymphoblastic-leukaemia",
    "token": "made-up",
    "public_id": "nobody",
    "tree": TREE_VERSION,
    "code": "IS",
    "release": 1,
    "filename": "icon.svg",
    "number": 1,
    "format": "csv",
    "z": 0,
    "x": 0,
    "y": 0,
}

_SLUG = "acute-lymphoblastic-leukaemia"

#: A feature of each collection of the interface.
_FEATURES = {
    "countries": "DE",
    "regions": "DE.3",
    "figures-by-country": f"{_SLUG}:DE",
    "figures-by-region": f"{_SLUG}:DE.3",
}

#: What each parameter of the interface may be.
ASKED = {
    "q": "all",
    "page": "1",
    "condition": _SLUG,
    "by": "region",
    "language": "es",
    "with_few": "yes",
    "limit": "2",
    "offset": "0",
    "bbox": "5,45,15,55",
    "datetime": "2026-01-01/..",
    "release": "1",
}

#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = {
    "sign_up.ask": {"email": "newcomer@example.org", "condition": "acute-lymphoblastic-leukaemia"},
    "sign_up.complete": {
        "pseudonym": "Newcomer",
        "age": "adult",
        "turns_18": "",
        "password": "seven green kettles sing",
        "taking_part": "y",
    },
    "email_change.ask": {"email": "robert@example.org", "current_password": PASSWORD},
    "email_change.confirm": {},
    "email_change.freeze": {},
    "age.edit": {"turns_18": "2027-01"},
    "accounts.sign_in": {"email": "bob@example.org", "password": PASSWORD, "next": "/me"},
    "accounts.sign_out": {},
    "accounts.forgot": {"email": "bob@example.org"},
    "accounts.reset": {"password": "seven green kettles sing"},
    "account.again": {"password": PASSWORD, "next": "/me"},
    "account.rename": {"pseudonym": "Robert"},
    "account.change_password": {"current_password": PASSWORD, "password": "seven green kettles sing"},
    "account.end_session": {"session": "0" * 32},
    "account.delete": {"sure": "yes"},
    "factor.ask": {"code": "123456", "next": "/me"},
    "factor.set_up": {"code": "123456", "next": "/me"},
    "factor.renew_codes": {"code": "123456"},
    "factor.remove": {"code": "123456"},
    "memberships.join": {"role": "researcher", "pseudonym": "Lark", "for_minor": "yes", "consent": "yes"},
    "memberships.leave": {"sure": "yes"},
    "data.save": {"form": "json"},
    "consents.count": {"counted": "yes"},
    "consents.revoke": {"kind": "shown"},
    "place.save": {"zone": "DE", "audience": "members", "finer": "yes", "moved": "yes", "password": PASSWORD},
    "place.hide": {},
    "place.forget": {},
    "place.browse": {"in": "DE.3"},
    "moved.show_there": {"finer": "yes"},
    "hiding.hide_everywhere": {},
    "hiding.show_again": {"act": "1f" * 16},
    "hiding.undo": {"act": "1f" * 16},
    "review.finish": {},
    "handing.export": {
        "conditions": "acute-lymphoblastic-leukaemia",
        "by": "country",
        "release": "1",
        "format": "csv",
        "language": "en",
        "purpose": "A grant",
    },
}

WITH_OPERATION = {
    "memberships.join",
    "place.save",
    "moved.show_there",
    "factor.set_up",
    "factor.renew_codes",
    "factor.remove",
}

#: The parameters that the addresses of pages have.
QUERIES = {
    "sign_up.ask": ("condition",),
    "sign_up.check_mail": ("condition",),
    "accounts.sign_in": ("next",),
    "account.again": ("next",),
    "factor.ask": ("next",),
    "factor.set_up": ("next",),
    "conditions.search": ("q",),
    "conditions.suggest": ("q",),
    "conditions.index": ("letter", "page"),
    "map.show": ("role", "in", "page"),
    "map.table": ("role", "in", "page"),
    "map.tile": ("role",),
    "place.edit": ("country", "in"),
    "admin.show": ("q", "page"),
    "admin.list_releases": ("page",),
    "admin.preview": ("release",),
    "admin.read_ledger": ("page",),
    "comparison.show": ("before", "after"),
    "handing.choose": ("condition",),
    "exports.show": ("page",),
}


def rules(app: Flask) -> list[Rule]:
    """All routes."""
    return list(app.url_map.iter_rules())


def policy(app: Flask, rule: Rule) -> str | None:
    """Who may use a route, as its view says."""
    return getattr(app.view_functions[rule.endpoint], "policy", None)


def address(app: Flask, rule: Rule, **values: Any) -> str:
    """A path of a route."""
    fixed = rule.defaults or {}
    known = {**VALUES, "feature": _FEATURES.get(fixed.get("collection", "")), **values, **fixed}
    wanted = {name: known.get(name, "anything") for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, wanted)


def questions(app: Flask, rule: Rule) -> list[str]:
    """What an address of the interface may be asked: what it needs, then each of its other parameters."""
    description = description_of(app.view_functions[rule.endpoint])
    asks = description.asks if description else ()
    needed = [f"{each.name}={ASKED[each.name]}" for each in asks if each.repeats]
    others = [f"{each.name}={ASKED[each.name]}" for each in asks if not each.repeats]
    return ["&".join(needed), *("&".join([*needed, other]) for other in others)]


def is_interface(rule: Rule) -> bool:
    """Whether a route answers programs."""
    return rule.rule.startswith(("/api/", "/ogc"))


def unsafe(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each route and method that may write."""
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - SAFE):
            yield rule, method


def form(rule: Rule) -> dict[str, str]:
    """A form that a route would take, but for the token."""
    operation = {"operation": str(uuid.uuid4())} if rule.endpoint in WITH_OPERATION else {}
    return {**FORMS.get(rule.endpoint, {}), **operation}


def send(client: FlaskClient, rule: Rule, fields: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
    """Send a form to a route with the token of somebody who is signed in by ``accounts.sign_in``."""
    app = client.application
    path = address(app, rule)
    version = version_at(client, path)
    made_from = {} if version is None else {"version": str(version)}
    data = {"csrf_token": csrf_token(app), **made_from, **(form(rule) if fields is None else fields)}
    return client.post(path, data=data, **kwargs)


def people(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All that the tables of people hold."""
    return {
        name: sorted((tuple(row) for row in connection.execute(select(Base.metadata.tables[name]))), key=repr)
        for name in OF_PEOPLE
    }
