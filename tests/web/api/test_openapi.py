"""The description of the interface says what there is, all of it and nothing else."""

import re

import pytest
import schemathesis
from requests import PreparedRequest
from schemathesis.core.failures import FailureGroup

from mapservice.config import HOME
from mapservice.files.formats import TYPES, Format
from mapservice.files.table import COLUMNS
from mapservice.web.api.openapi import document, routes
from testing.routes import address, is_interface, questions, rules

#: Addresses of people, below those of programs.
OF_PEOPLE = {"/api", "/api/v1"}


def described(app) -> dict:
    with app.test_request_context():
        return document(app)


def test_the_document_names_every_address_and_no_other(app):
    there_are = {re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule) for rule in rules(app) if is_interface(rule)}

    assert set(described(app)["paths"]) == there_are - OF_PEOPLE


def test_an_address_that_is_not_described_is_found(app):
    app.add_url_rule("/api/v1/planted", "planted", lambda: "")

    with pytest.raises(AssertionError):
        test_the_document_names_every_address_and_no_other(app)


def test_every_part_of_a_path_is_described(app):
    for path, operations in described(app)["paths"].items():
        named = [parameter["name"] for parameter in operations["get"]["parameters"] if parameter["in"] == "path"]
        assert named == re.findall(r"{(\w+)}", path)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(app):
    operations = [path["get"] for path in described(app)["paths"].values()]

    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all(operation["summary"].endswith(".") for operation in operations)
    assert all(parameter["description"] for operation in operations for parameter in operation["parameters"])


def test_files_are_described_with_their_types_and_columns(app):
    document = described(app)
    figures = document["paths"]["/api/v1/releases/{number}/figures.{format}"]["get"]

    assert set(figures["responses"]["200"]["content"]) == {kind.partition(";")[0] for kind in TYPES.values()}
    assert [parameter["schema"]["enum"] for parameter in figures["parameters"] if parameter["name"] == "format"] == [
        list(Format)
    ]
    assert list(document["components"]["schemas"]["Figure"]["properties"]["properties"]["properties"]) == list(COLUMNS)


def test_the_document_is_openapi(client):
    answer = client.get("/api/v1/openapi.json")

    assert answer.json["openapi"].startswith("3.0.")
    schemathesis.openapi.from_dict(answer.json).validate()


def test_every_answer_is_as_it_is_described(app, client):
    schema = schemathesis.openapi.from_dict(described(app))
    seen = 0
    for rule, _description in routes(app):
        operation = schema[re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)]["GET"]
        for asked in questions(app, rule):
            for form in Format if "format" in rule.arguments else [""]:
                with client.get(f"{address(app, rule, number=2, format=form)}?{asked}") as answer:
                    check(operation, answer)
                    assert answer.status_code in {200, 307}, rule.rule
                    seen += 1
        with client.get(f"{address(app, rule)}?unknown=1") as answer:
            check(operation, answer)
    assert seen > 60


def test_the_examples_of_the_documentation_work(client):
    guide = (HOME / "docs" / "interfaces.md").read_text()
    paths = re.findall(r"https://map\.example\.org(/[^\s'\"`)]*)", guide)

    assert len(paths) >= 6
    for path in paths:
        with client.get(path.replace("/12/", "/2/"), follow_redirects=True) as answer:
            assert answer.status_code == 200, path


def check(operation, answer) -> None:
    """Hold an answer against its description: status, type and, where it is JSON, every member."""
    response = operation.definition.raw["responses"].get(str(answer.status_code))
    assert response is not None, (operation.label, answer.status_code)
    if answer.data or "content" in response:
        assert answer.mimetype in {content_type.partition(";")[0] for content_type in response["content"]}, (
            operation.label
        )
    operation.validate_response(
        schemathesis.Response(
            status_code=answer.status_code,
            headers={name.lower(): [value] for name, value in answer.headers},
            content=answer.data,
            request=PreparedRequest(),
            elapsed=0.0,
            verify=False,
        )
    )


def test_an_answer_that_is_not_as_described_is_found(app, client):
    schema = schemathesis.openapi.from_dict(described(app))

    answer = client.get("/api/v1/releases/2")
    with pytest.raises(FailureGroup, match="distinct failures"):
        check(schema["/api/v1/conditions"]["GET"], answer)
