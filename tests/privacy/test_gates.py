"""The three sentences of the design, each a gate: what is stored of a place, what is public, who is never shown."""

import ast
import datetime as dt
import re
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, func, select, text

from mapservice import create_app, db
from mapservice.config import HOME
from mapservice.db import get_session
from mapservice.files.formats import TYPES, Format
from mapservice.geo.zones import ZoneId
from mapservice.privacy.geomasking import MaskedPlace, Pin, Shown
from mapservice.store.accounts import sign_ups
from mapservice.store.places import homes as places
from mapservice.store.tables import HomeZone, Membership
from mapservice.web.accounts import access
from mapservice.web.site.browser_session import token_hash
from testing.accounts import CHEAP, fill_in
from testing.releasing import put_figures
from testing.routes import FORMS, public_pages
from tests.statements import statements

#: Files that hold the moment when they were made.
_PACKED = (TYPES[Format.GEOPACKAGE], TYPES[Format.XLSX])

#: What only members may read, by the names under which the statements of a page would ask for it.
OF_MEMBERS = ("membership", "zone_count", "zone_count_change", "zone_count_version", "home_zone")


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture(autouse=True)
def released(session, condition):
    """A release, so that public pages have figures."""
    put_figures(session, condition, 1, {"world": 210, "DE": 85, "DE.3": 25})


# What is stored of a place went through the mask.


@pytest.mark.parametrize(
    "place",
    [
        None,
        "DE",
        (7.85, 47.99),
        {"home": "DE", "shown": {}},
        Pin(7.85, 47.99),
        Shown(ZoneId("DE"), None),
        SimpleNamespace(home="DE", shown={}),
    ],
    ids=lambda place: type(place).__name__,
)
def test_never_stores_a_place_that_was_not_masked(session, alice, bob, place):
    for member in (alice, bob):
        homes = session.scalars(select(HomeZone.zone_id)).all()
        with pytest.raises(TypeError):
            places.save(session, member, place, since=dt.datetime.now(dt.UTC))
        assert session.scalars(select(HomeZone.zone_id)).all() == homes


def test_never_promises_to_store_anything_but_a_masked_place():
    assert typing.get_type_hints(places.save)["masked"] is MaskedPlace


#: The names under which a place is stored.
PLACES = {"pin", "shown_zone", "zone_id"}


def writers_of_places(source: str) -> set[str]:
    """The functions of a module that write a home, a shown zone or a pin."""
    if not any(name in source for name in PLACES):
        return set()
    writers = set()
    for function in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)):
        for node in ast.walk(function):
            targets = list(node.targets) if isinstance(node, ast.Assign) else []
            targets = [
                part for target in targets for part in (target.elts if isinstance(target, ast.Tuple) else [target])
            ]
            names = {target.attr for target in targets if isinstance(target, ast.Attribute)}
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"HomeZone", "Membership"}:
                names |= {keyword.arg for keyword in node.keywords if keyword.arg}
            if names & PLACES:
                writers.add(function.name)
    return writers


def callers_of(name: str, path: str) -> set[str]:
    """The functions of a module that call another one of it."""
    functions = [node for node in ast.walk(ast.parse(Path(path).read_text())) if isinstance(node, ast.FunctionDef)]
    return {
        function.name
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name
    }


def test_never_writes_a_place_but_through_the_gate():
    modules = {path: path.read_text() for path in (HOME / "mapservice").rglob("*.py")}

    writers = {(path.name, name) for path, source in modules.items() for name in writers_of_places(source)}

    assert writers == {("homes.py", "save"), ("homes.py", "_put")}
    # The gate with what it takes off the old zone, and two that take away.
    callers = {"save", "_take_from_old_zone", "take_off", "show_by_region"}
    assert callers_of("_put", places.__file__) == callers


@pytest.mark.parametrize(
    "line", ["row.pin = point", "a.shown_zone, a.pin = x", "s.add(tables.HomeZone(zone_id=1))", "Membership(pin=1)"]
)
def test_a_second_way_in_is_found(line):
    assert writers_of_places(f"def planted():\n    {line}\n") == {"planted"}


# What is public holds no count that was not released, and no person.


class Answer(NamedTuple):
    """What a public page answered, and the statements that it asked."""

    status: int
    mimetype: str | None
    data: bytes
    statements: list[str]

    @property
    def lasting(self) -> bytes:
        """What does not differ from one answer to the next."""
        # The moment of an answer is no matter; nor is that of a packed file, of which the table is another form.
        if self.mimetype in _PACKED:
            return b""
        return re.sub(rb'(nonce|data-passkey|name="csrf_token" value|"timeStamp"):?=?"[^"]*"', b"", self.data)


def answers(client: FlaskClient, connection: Connection, paths: Iterable[str]) -> dict[str, Answer]:
    found = {}
    for path in paths:
        with statements(connection) as seen, client.get(path, headers={"Accept": "*/*"}) as answer:
            found[path] = Answer(answer.status_code, answer.mimetype, answer.data, seen)
    return found


def ask_for_members(pages: Mapping[str, Answer]) -> list[str]:
    """The pages that ask for what only members may read."""
    return [
        path
        for path, page in pages.items()
        for statement in page.statements
        if any(name in statement for name in OF_MEMBERS)
    ]


def asked_of_members(client: FlaskClient, connection: Connection) -> list[str]:
    """The public pages that ask for what only members may read."""
    return ask_for_members(answers(client, connection, public_pages(client.application)))


def who_is_shown(pages: Mapping[str, Answer], canaries: list[str]) -> list[str]:
    return [
        f"{path}: {canary}"
        for path, page in pages.items()
        for canary in canaries
        if canary in page.data.decode(errors="replace")
    ]


@pytest.fixture
def canaries(session, bob, carol) -> list[str]:
    """Names, addresses, ids and pins of the people who are on the map."""
    bob.pseudonym, carol.pseudonym = "Quillweave", "Zanderloft"
    session.commit()
    ids = session.scalars(select(Membership.public_id)).all()
    pins = session.execute(select(func.st_x(Membership.pin)).where(Membership.pin.is_not(None))).scalars()
    return ["Quillweave", "Zanderloft", "carol@example", "bob@example", *ids, *(f"{lng:.5f}" for lng in pins)]


def test_never_shows_a_person_or_an_unreleased_count_on_a_public_page(client, connection, request):
    """Each page is what it was before somebody joined, holds nothing of them and asks for nothing of members."""
    before = answers(client, connection, public_pages(client.application))
    canaries = request.getfixturevalue("canaries")

    pages = answers(client, connection, public_pages(client.application))

    for path, page in pages.items():
        expected = {200, 307, 308, 400, 404} if path.startswith(("/api/", "/ogc")) else {200, 303, 404}
        assert page.status in expected, path
    assert ask_for_members(pages) == []
    assert who_is_shown(pages, canaries) == []
    assert {path: page.lasting for path, page in pages.items()} == {path: page.lasting for path, page in before.items()}


def test_public_pages_that_ask_for_people_are_found(app, client, connection):
    public = set(public_pages(app))
    for table in OF_MEMBERS:
        count = text(f"select count(*) from {table}")
        plant = access.public(lambda count=count: str(get_session().scalar(count)))
        app.add_url_rule(f"/{table}", table, plant)

    planted = answers(client, connection, set(public_pages(app)) - public)

    assert {path.removeprefix("/") for path in ask_for_members(planted)} == set(OF_MEMBERS)


def test_a_public_page_that_shows_somebody_is_found(app, client, connection, session, canaries):
    public = set(public_pages(app))
    view = access.public(lambda: session.scalars(select(Membership.public_id)).first())
    app.add_url_rule("/planted", "planted", view)

    assert len(who_is_shown(answers(client, connection, set(public_pages(app)) - public), canaries)) == 1


def test_the_link_of_an_e_mail_shows_its_own_address_and_nobody_elses(app, client, connection, session, canaries):
    sign_ups.begin(session, token_hash("token"), email="newcomer@example.org", condition=None)
    session.commit()

    pages = answers(client, connection, set(public_pages(app, "token")) - set(public_pages(app)))

    assert who_is_shown(pages, canaries) == []
    assert b"newcomer@example.org" in pages["/confirm/token"].data


def test_never_tells_by_a_public_form_who_is_a_member(app, client, connection, bob):
    """Forms for strangers answer the same for Bob and for nobody, and ask for no place."""
    for endpoint, path in (("sign_in.forgot", "/forgot"), ("sign_up.ask", "/sign-up")):
        assert endpoint in FORMS
        pair = []
        with statements(connection) as seen:
            for email in ("bob@example.org", "nobody@example.org"):
                answer = fill_in(client, path, email=email)
                pair.append((answer.status_code, answer.location))
        assert pair[0] == pair[1]
        assert [statement for statement in seen if any(name in statement for name in OF_MEMBERS)] == []


def test_a_session_is_all_that_the_database_knows_of_a_stranger(engine):
    """The statements are those of the connection: the check would see others."""
    with engine.connect() as connection, statements(connection) as seen, db.open_session(connection) as session:
        session.scalar(select(func.count()).select_from(Membership))

    assert any("membership" in statement for statement in seen)
