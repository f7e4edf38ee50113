"""Every route as a test needs it: an address that exists, the form it takes, and what the tables of people hold."""

import importlib
import uuid
from collections.abc import Iterator
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mapservice.config import HOME
from mapservice.files.formats import Format
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.store.across.subjects import PLAN
from mapservice.store.tables import Base
from mapservice.web.api.annotations import annotation_of
from testing.accounts import csrf_token, version_at

SAFE = {"GET", "HEAD", "OPTIONS"}

#: Tables of people that note that somebody was here.
NOTE_VISITS = {"login_session", "known_device"}

#: The tables that tell something of a person, and the counts made from them, but for those that note that somebody
#: looked: sessions, devices.
OF_PEOPLE = (
    *(entry.table for entry in PLAN if entry.person and entry.table not in NOTE_VISITS),
    "zone_count",
    "zone_count_change",
    "zone_count_version",
)

VALUES = {
    "slug": "acute-lymphoblastic-leukaemia",
    "token": "made-up",
    "public_id": "nobody",
    "cell": "13-4274-2847",
    "group": "elsewhere",
    "report_id": uuid.UUID(int=0),
    "text_id": uuid.UUID(int=0),
    "remark_id": uuid.UUID(int=0),
    "thread_id": uuid.UUID(int=0),
    "passkey_id": uuid.UUID(int=0),
    "tree": TREE_VERSION,
    "code": "IS",
    "release": 1,
    "filename": "icon.svg",
    "kind": "terms",
    "question": "symptoms",
    "written_in": "en",
    "digest": "00",
    "size": 64,
    "light": "0d5656",
    "dark": "84d3c9",
    "version": "0",
    "number": 1,
    "older": 1,
    "newer": 1,
    "format": "csv",
    "z": 0,
    "x": 0,
    "y": 0,
    "language": "en",
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


def declared(name: str) -> dict[str, Any]:
    """What is declared under a name for the tests of every subject, taken together."""
    parameters: dict[str, Any] = {}
    for of_subject in of_every_subject(name):
        parameters |= dict.fromkeys(of_subject) if isinstance(of_subject, set) else of_subject
    return parameters


def of_every_subject(name: str) -> list[Any]:
    """What the subjects declare under a name, in the order of their names."""
    subjects = sorted(path.stem for path in (HOME / "testing" / "forms").glob("[!_]*.py"))
    modules = [importlib.import_module(f"testing.forms.{subject}") for subject in subjects]
    return [getattr(module, name) for module in modules if hasattr(module, name)]


#: What each route that writes is sent: a form that it would take.
FORMS: dict[str, dict[str, str]] = declared("FORMS")

#: The parameters that the addresses of pages have.
QUERIES: dict[str, tuple[str, ...]] = declared("QUERIES")

#: The routes whose form carries an operation id.
WITH_OPERATION = set(declared("WITH_OPERATION"))

#: The rows of tables, by their names.
Rows = dict[str, list[tuple[Any, ...]]]

_ROWS_WRITTEN = text("select sum(n_tup_ins + n_tup_upd + n_tup_del) from pg_stat_xact_user_tables")
_ROWS_WRITTEN_IN = text(f"{_ROWS_WRITTEN} where relname = any(:tables)")

# What was read on the connection of a test, and how many rows had been written by then.
_READ: WeakKeyDictionary[Connection, tuple[int, Rows]] = WeakKeyDictionary()


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
    arguments = {name: known.get(name, "anything") for name in rule.arguments}
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, arguments)


def questions(app: Flask, rule: Rule) -> list[str]:
    """What an address of the interface may be asked: what it needs, then each of its other parameters."""
    description = annotation_of(app.view_functions[rule.endpoint])
    asks = description.query if description else ()
    needed = [f"{parameter.name}={ASKED[parameter.name]}" for parameter in asks if parameter.repeats]
    others = [f"{parameter.name}={ASKED[parameter.name]}" for parameter in asks if not parameter.repeats]
    return ["&".join(needed), *("&".join([*needed, other]) for other in others)]


def public_pages(app: Flask, token: str = "made-up") -> list[str]:
    """Every public page, with each of its parameters."""
    paths = []
    for rule in rules(app):
        if policy(app, rule) == "public" and "GET" in (rule.methods or ()):
            path = address(app, rule, token=token)
            queries = {
                "order": "thanks",
                "q": "all",
                "letter": "A",
                "page": "1",
                "next": "/me",
                "condition": "marfan-syndrome",
                "kind": "stories",
                "written_in": "es",
            }
            paths += [path, *(f"{path}?{name}={queries[name]}" for name in QUERIES.get(rule.endpoint, ()))]
            asked = questions(app, rule) if is_interface(rule) else []
            paths += [f"{path}?{query}" for query in asked]
            if "format" in rule.arguments:
                paths += [f"{address(app, rule, format=form.value)}?{asked[0]}" for form in Format]
    return paths


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
    """Send a form to a route with the token of somebody who is signed in by ``sign_in.sign_in``."""
    app = client.application
    path = address(app, rule)
    version = version_at(client, path)
    made_from = {} if version is None else {"version": str(version)}
    data = {"csrf_token": csrf_token(app), **made_from, **(form(rule) if fields is None else fields)}
    return client.post(path, data=data, **kwargs)


def rows_written(connection: Connection) -> int:
    """How many rows the transaction of a test has written so far, also those that were undone."""
    return int(connection.scalar(_ROWS_WRITTEN) or 0)


def people(connection: Connection) -> Rows:
    """All that the tables of people hold; they are read again only after something was written.

    What is read within a savepoint that is undone later would be taken for what is there.
    """
    written = int(connection.scalar(_ROWS_WRITTEN_IN, {"tables": list(OF_PEOPLE)}) or 0)
    if connection not in _READ or _READ[connection][0] != written:
        _READ[connection] = (
            written,
            {
                name: sorted((tuple(row) for row in connection.execute(select(Base.metadata.tables[name]))), key=repr)
                for name in OF_PEOPLE
            },
        )
    return _READ[connection][1]
