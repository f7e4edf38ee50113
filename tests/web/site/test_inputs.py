"""No coordinate comes in, by any name; and no field or parameter that a page does not know."""

from collections.abc import Collection, Iterable

import pytest
from werkzeug.routing import Rule

from mapservice.config import HOME
from mapservice.web import SUBJECTS
from mapservice.web.api.annotations import annotation_of, documented
from mapservice.web.api.parameters import Parameter
from mapservice.web.site import form_fields
from testing.accounts import csrf_token
from testing.combinations import is_due
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
from testing.routes import (
    FORMS,
    QUERIES,
    address,
    form,
    is_interface,
    people,
    policy,
    rules,
    unsafe,
)
from tests.links import live_tokens
from tests.web.site.roles import app, browsers, one_let_in, plant

__all__ = ["app", "browsers"]


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
    plant(app, "/api/v1/near", documented({}, query=[Parameter(name, "", {})])(lambda **_: ""), policy="public")

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


#: What no page and no form knows, and the value with which it comes.
PARAMETERS = ("lat", "bbox", "point[]", "anything", "zone")
HUNG_ON = ("lat", "bbox", "fbclid")
OF_THE_INTERFACE = ("lat", "bbox", "fbclid", "condition[]")
FIELDS = ("lat", "lng", "bbox", "anything", "step_up_password2")
BODIES = ('{"lat": 47.999}', '{"operation": "x", "point": [7.85, 47.999]}', "[47.999]", "47.999", "[" * 100_000)


@pytest.mark.parametrize("name", PARAMETERS)
def test_never_takes_an_unknown_parameter_on_pages_that_know_the_viewer(app, browsers, name):
    pages = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and policy(app, rule) != "public"]
    for rule in due(name, PARAMETERS, pages):
        browser = one_let_in(app, browsers, rule)
        answer = browser.get(address(app, rule), query_string={name: "47.9990"})
        assert answer.status_code == 422, rule.rule
        assert "47.9990" not in answer.text


@pytest.mark.parametrize("name", HUNG_ON)
def test_a_public_page_does_not_read_what_others_hang_on_its_address(app, browsers, name):
    pages = [rule for rule in rules(app) if "GET" in (rule.methods or ()) and policy(app, rule) == "public"]
    for rule in due(name, HUNG_ON, [rule for rule in pages if not is_interface(rule)]):
        with browsers["stranger"].get(address(app, rule)) as plain:
            status = plain.status_code
        with browsers["stranger"].get(address(app, rule), query_string={name: "47.9990"}) as answer:
            assert answer.status_code == status
            assert b"47.9990" not in answer.data


@pytest.mark.parametrize("name", OF_THE_INTERFACE)
def test_never_takes_an_unknown_parameter_at_the_interface(app, browsers, name):
    described = [rule for rule in rules(app) if annotation_of(app.view_functions[rule.endpoint]) is not None]
    for rule in due(name, OF_THE_INTERFACE, described):
        answer = browsers["stranger"].get(address(app, rule), query_string={name: "47.9990"})
        assert answer.status_code == 400, rule.rule
        assert "47.9990" not in answer.text


@pytest.mark.parametrize("name", FIELDS)
def test_never_takes_an_unknown_field(app, browsers, session, connection, name):
    tokens = live_tokens(app, session, "bob@example.org")
    before = people(connection)
    for rule in due(name, FIELDS, [rule for rule, _method in unsafe(app)]):
        path = address(app, rule, token=tokens.get(rule.endpoint))
        data = {"csrf_token": csrf_token(app), **form(rule), name: "47.9990"}
        answer = one_let_in(app, browsers, rule).post(path, data=data)
        assert answer.status_code == 422, rule.rule
        assert "47.9990" not in answer.text
    assert people(connection) == before


@pytest.mark.parametrize("body", BODIES)
def test_never_takes_an_unknown_key_of_json(app, browsers, connection, body):
    before = people(connection)
    for rule in due(body, BODIES, [rule for rule, _method in unsafe(app)]):
        answer = one_let_in(app, browsers, rule).post(
            address(app, rule),
            data=body,
            headers={"X-CSRFToken": csrf_token(app), "Content-Type": "application/json"},
        )
        assert answer.status_code == 422, rule.rule
        assert "47.999" not in answer.text
    assert people(connection) == before


def due(kind: str, kinds: Collection[str], asked: Iterable[Rule]) -> list[Rule]:
    """The routes that are asked for one of the kinds."""
    return [rule for number, rule in enumerate(asked) if is_due(kind, kinds, number)]
