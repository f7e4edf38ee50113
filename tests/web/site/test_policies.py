"""Who may do what, asked of every route there is: a route that nobody thought about turns this red."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from mapservice import create_app
from mapservice.config import HOME
from mapservice.web import SUBJECTS
from mapservice.web.accounts import access
from mapservice.web.api.annotations import annotation_of, documented
from mapservice.web.api.parameters import Parameter
from mapservice.web.site import form_fields
from testing.accounts import CHEAP, csrf_token, sign_in
from testing.inputs import (
    SHAPES_IN_A_BOX,
    WHERE_A_BOX_IS_READ,
    coordinates_asked_for,
    coordinates_in_code,
    inputs_of_code,
    inputs_of_rules,
    inputs_of_template,
    is_coordinate,
)
from testing.releasing import put_figures
from testing.routes import (
    FORMS,
    QUERIES,
    WITH_OPERATION,
    address,
    form,
    is_interface,
    people,
    policy,
    rules,
    send,
    unsafe,
)
from tests.links import live_tokens

KNOWN_POLICY = re.compile(r"public|member|fresh|staff:[a-z]+(:fresh)?")

#: Halfway is staff who gave the password and not the second factor.
ROLES = ("stranger", "member", "staff", "halfway")


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def browsers(app, session, bob, carol, dan) -> dict[str, FlaskClient]:
    """A browser for each role; the member is Bob."""
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


# Each route has a policy, and keeps to it.


def without_policy(app: Flask) -> list[str]:
    return [rule.rule for rule in rules(app) if not KNOWN_POLICY.fullmatch(policy(app, rule) or "")]


def test_every_route_has_a_policy(app):
    assert without_policy(app) == []


@pytest.mark.parametrize("bad", [None, "", "everyone", "staff:", "staff:admin:stale"])
def test_a_route_without_a_policy_is_found(app, bad):
    plant(app, "/planted", lambda: "", policy=bad)

    assert without_policy(app) == ["/planted"]


def test_every_route_that_writes_is_tried_with_a_form(app):
    assert {rule.endpoint for rule, _method in unsafe(app)} <= set(FORMS)


def answers(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str, str, int, bytes]]:
    """The policy, method and path of each route, and the status and body of its answer."""
    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            with client.get(address(app, rule)) as answer:
                yield policy(app, rule) or "", "GET", rule.rule, answer.status_code, answer.data
    # Whoever is signed out or gone may do nothing more.
    last = ("accounts.sign_out", "account.delete")
    for rule, _method in sorted(unsafe(app), key=lambda each: each[0].endpoint in last):
        if rule.endpoint != "accounts.sign_out":
            answer = send(client, rule)
            yield policy(app, rule) or "", "POST", rule.rule, answer.status_code, answer.data


def let_in(app: Flask, browsers: dict[str, FlaskClient], role: str) -> list[str]:
    """What somebody may see or do who should not."""
    found = []
    for wanted, method, path, status, body in answers(app, browsers[role]):
        if wanted == "public" or (wanted in {"member", "fresh"} and role in {"member", "staff", "halfway"}):
            continue
        # Strangers are asked to sign in, which a form without a session's token is told by a 400.
        refused = {"stranger": {303, 400}, "halfway": {303}}.get(role, {403})
        if status not in refused or b"Bob" in body or b"Carol" in body:
            found.append(f"{method} {path}: {status}")
    return found


@pytest.mark.parametrize("role", ["stranger", "member", "halfway"])
def test_never_lets_in_who_may_not(app, browsers, role):
    plant(app, "/planted", access.staff_required("admin")(lambda member: member.pseudonym), policy=None)

    assert let_in(app, browsers, role) == []


@pytest.mark.parametrize("endpoint", ["memberships.mine", "map.show", "map.tile", "place.edit", "account.show"])
def test_removing_one_guard_is_found(app, browsers, bob, endpoint):
    view = app.view_functions[endpoint].__wrapped__
    app.view_functions[endpoint] = lambda **values: view(bob, **values)
    app.view_functions[endpoint].policy = "member"

    assert len(let_in(app, browsers, "stranger")) == 1


def test_a_page_for_staff_that_lets_members_in_is_found(app, browsers):
    plant(app, "/planted", access.member_required(lambda member: ""), policy="staff:admin")

    assert let_in(app, browsers, "halfway") == let_in(app, browsers, "member") == ["GET /planted: 200"]
    assert let_in(app, browsers, "stranger") == []


def test_who_may_is_let_in(app, browsers):
    turned_away = [
        (method, path, status)
        for role in ("member", "staff")
        for wanted, method, path, status, _body in answers(app, browsers[role])
        if method == "GET"
        and wanted == "member"
        and status not in {200, 302, 404}
        # Who has no second factor, or gave it before, is not asked for it and sent on.
        and (path, status) != ("/sign-in/code", 303)
    ]

    assert turned_away == []


# Nothing is written from elsewhere, or by a method that a page does not have.


FORGED = {
    "no token": ({}, {}),
    "empty token": ({"csrf_token": ""}, {}),
    "made-up token": ({"csrf_token": "made-up"}, {}),
    "token of somebody else": ({"csrf_token": "foreign"}, {}),
    "page of another site": ({"csrf_token": "own"}, {"Origin": "https://evil.example"}),
    "page without an origin": ({"csrf_token": "own"}, {"Origin": "null"}),
    "page of a neighbour": ({"csrf_token": "own"}, {"Sec-Fetch-Site": "same-site"}),
    "address that cannot be read": ({"csrf_token": "own"}, {"Origin": "http://["}),
}


def taken_forgeries(app: Flask, browsers: dict[str, FlaskClient], connection: Connection, kind: str) -> list[str]:
    fields, headers = FORGED[kind]
    foreign = app.test_client().get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    token = {"own": csrf_token(app), "foreign": foreign}.get(fields.get("csrf_token", ""), fields.get("csrf_token"))
    before, found = people(connection), []
    for rule, method in unsafe(app):
        data = {**form(rule), **({} if token is None else {"csrf_token": token})}
        browser = one_let_in(app, browsers, rule)
        answer = browser.open(address(app, rule), method=method, data=data, headers=headers)
        if answer.status_code != 400 or people(connection) != before:
            found.append(rule.rule)
            before = people(connection)
    return found


@pytest.mark.parametrize("kind", FORGED)
def test_never_takes_a_forged_form(app, browsers, connection, kind):
    assert taken_forgeries(app, browsers, connection, kind) == []
    assert browsers["member"].get("/me").status_code == 200


def test_a_service_that_asks_for_no_token_is_found(app, browsers, connection):
    app.config["WTF_CSRF_ENABLED"] = False

    assert "/account/name" in taken_forgeries(app, browsers, connection, "no token")


def test_a_service_that_asks_for_no_origin_is_found(app, browsers, connection):
    [check] = [each for each in app.before_request_funcs[None] if each.__name__ == "_check_origin"]
    app.before_request_funcs[None].remove(check)

    assert "/sign-in" in taken_forgeries(app, browsers, connection, "page of another site")


def test_a_method_that_a_page_does_not_have_is_a_kind_405(app, browsers):
    for rule in rules(app):
        for method in {"POST", "PUT", "DELETE", "PATCH"} - (rule.methods or set()):
            others = {each for other in rules(app) if other.rule == rule.rule for each in other.methods or ()}
            if method in others:
                continue
            answer = one_let_in(app, browsers, rule).open(address(app, rule), method=method)
            assert answer.status_code == 405, (method, rule.rule)
            assert re.search("You cannot use this (page|address) in this way", answer.text)
            assert set(answer.headers["Allow"].split(", ")) == others


# No coordinate comes in, by any name.


def test_never_has_an_input_for_a_coordinate(app):
    templates = [path.read_text() for path in (HOME / "templates").rglob("*.html")]
    modules = [path.read_text() for path in (HOME / "mapservice" / "web").rglob("*.py")]
    names = inputs_of_rules(app).union(
        *map(inputs_of_template, templates),
        *map(inputs_of_code, modules),
        *(subject.queries for subject in SUBJECTS),
        form_fields.EVERY_FORM,
        *FORMS.values(),
    )

    assert {"zone", "audience", "slug", "country", "in", "role", "operation", "email", "page", "csrf_token"} <= names
    assert coordinates_in_code() == WHERE_A_BOX_IS_READ
    assert coordinates_asked_for(app) == SHAPES_IN_A_BOX
    assert [name for name in names if is_coordinate(name)] == ["bbox"]


@pytest.mark.parametrize("name", ["bbox", "lat"])
def test_an_interface_that_takes_a_coordinate_elsewhere_is_found(app, name):
    plant(app, "/api/v1/near", documented({}, asks=[Parameter(name, "", {})])(lambda **_: ""), policy="public")

    assert coordinates_asked_for(app) - SHAPES_IN_A_BOX == {("planted_api_v1_near", name)}
    assert inputs_of_code(f'Parameter("{name}", words, schema)') == {name}


@pytest.mark.parametrize(
    "name", ["lat", "homeLat", "map_lng", "bbox", "max-radius", "geo.point", "LONGITUDE", "x_coord"]
)
def test_a_name_for_a_coordinate_is_found(name):
    assert is_coordinate(name)


def test_an_input_is_found_wherever_it_comes_in(app):
    plant(app, "/near/<float:lat>", lambda lat: "", policy="public")

    assert {"near", "lat"} <= inputs_of_rules(app)
    assert inputs_of_template('<input type="hidden"\n name="lng"> <a href="{{ url_for("a.b", bbox=1) }}?geo=1">') == {
        "lng", "bbox", "geo",
    }  # fmt: skip
    assert inputs_of_code('request.args.get("lat"); request.form["lng"]; request.json["lon"]') == {"lat", "lng", "lon"}
    assert inputs_of_code('forms.allow_only("bbox")\nclass PlaceForm(_Form):\n    radius = Field()') == {
        "bbox",
        "radius",
    }


def test_every_parameter_of_an_address_is_known_at_the_entrance():
    assert {name for names in QUERIES.values() for name in names} == frozenset().union(
        *(subject.queries for subject in SUBJECTS)
    )


@pytest.mark.parametrize("name", ["lat", "bbox", "point[]", "anything", "zone"])
def test_never_takes_an_unknown_parameter_on_pages_that_know_the_viewer(app, browsers, name):
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and policy(app, rule) != "public":
            browser = one_let_in(app, browsers, rule)
            answer = browser.get(address(app, rule), query_string={name: "47.9990"})
            assert answer.status_code == 422, rule.rule
            assert "47.9990" not in answer.text


@pytest.mark.parametrize("name", ["lat", "bbox", "fbclid"])
def test_a_public_page_does_not_read_what_others_hang_on_its_address(app, browsers, name):
    for rule in rules(app):
        if "GET" in (rule.methods or ()) and policy(app, rule) == "public" and not is_interface(rule):
            with browsers["stranger"].get(address(app, rule)) as plain:
                status = plain.status_code
            with browsers["stranger"].get(address(app, rule), query_string={name: "47.9990"}) as answer:
                assert answer.status_code == status
                assert b"47.9990" not in answer.data


@pytest.mark.parametrize("name", ["lat", "bbox", "fbclid", "condition[]"])
def test_never_takes_an_unknown_parameter_at_the_interface(app, browsers, name):
    for rule in rules(app):
        if annotation_of(app.view_functions[rule.endpoint]) is not None:
            answer = browsers["stranger"].get(address(app, rule), query_string={name: "47.9990"})
            assert answer.status_code == 400, rule.rule
            assert "47.9990" not in answer.text


@pytest.mark.parametrize("name", ["lat", "lng", "bbox", "anything", "step_up_password2"])
def test_never_takes_an_unknown_field(app, browsers, session, connection, name):
    tokens = live_tokens(app, session, "bob@example.org")
    before = people(connection)
    for rule, _method in unsafe(app):
        path = address(app, rule, token=tokens.get(rule.endpoint))
        data = {"csrf_token": csrf_token(app), **form(rule), name: "47.9990"}
        answer = one_let_in(app, browsers, rule).post(path, data=data)
        assert answer.status_code == 422, rule.rule
        assert "47.9990" not in answer.text
    assert people(connection) == before


@pytest.mark.parametrize(
    "body", ['{"lat": 47.999}', '{"operation": "x", "point": [7.85, 47.999]}', "[47.999]", "47.999", "[" * 100_000]
)
def test_never_takes_an_unknown_key_of_json(app, browsers, connection, body):
    before = people(connection)
    for rule, _method in unsafe(app):
        answer = one_let_in(app, browsers, rule).post(
            address(app, rule),
            data=body,
            headers={"X-CSRFToken": csrf_token(app), "Content-Type": "application/json"},
        )
        assert answer.status_code == 422, rule.rule
        assert "47.999" not in answer.text
    assert people(connection) == before


# The headers of every answer.

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


def missing_headers(client: FlaskClient, wanted: list[Rule]) -> list[str]:
    """What is missing on which route."""
    app, found = client.application, []
    for rule in wanted:
        for method in ("GET", "POST", "OPTIONS"):
            path = address(app, rule)
            answer = client.open(path, method=method, base_url="https://localhost")
            found += [f"{method} {path}: {problem}" for problem in header_problems(rule, answer)]
            answer.close()
    return found


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
    is_for_all = is_framed or rule.endpoint == "static" or rule.endpoint.startswith("ground.") or is_interface(rule)
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

    wanted = [rule for rule in rules(app) if rule.rule == "/privacy"]
    assert {each.rpartition(": ")[2] for each in missing_headers(browsers["stranger"], wanted)} == {name}


def test_the_forms_of_this_test_are_taken(app, session: Session, browsers, condition):
    """Else a refusal would prove nothing."""
    statuses = {}
    put_figures(session, condition, 1, {"world": 210})
    for rule, _method in sorted(unsafe(app), key=lambda each: each[0].endpoint == "account.delete"):
        if rule.endpoint not in {
            *("sign_up.complete", "accounts.reset", "email_change.confirm", "email_change.freeze"),
            *("accounts.sign_out", "accounts.leave"),
        }:
            with send(one_let_in(app, browsers, rule), rule) as answer:
                statuses[rule.endpoint] = answer.status_code

    # The password of the cast cannot be used, and after leaving there is no place to change.
    refused = {"accounts.sign_in", "account.again", "account.change_password", "email_change.ask", "factor.set_up"}
    refused |= {"place.save", "place.hide", "hiding.show_again", "moved.show_there", "consents.count", "data.save"}
    # A file, or a list to choose from, is the answer itself.
    assert statuses.pop("handing.export") == statuses.pop("place.browse") == 200
    assert {name: status for name, status in statuses.items() if status != 303 and name not in refused} == {}
    assert set(statuses) >= WITH_OPERATION
