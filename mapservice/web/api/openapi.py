"""The OpenAPI document of the API, generated from its routes and the annotations of their views."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app
from werkzeug.routing import Rule

from mapservice.config import Config
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.i18n.translation import use_locale
from mapservice.web.accounts.access import public
from mapservice.web.api.annotations import ANY, Annotation, ApiResponse, annotation_of, documented
from mapservice.web.api.parameters import Parameter
from mapservice.web.api.schemas import SCHEMAS, schema
from mapservice.web.site.redirects import base_url
from mapservice.web.site.responses import PROBLEM, json_response
from mapservice.web.site.service import current_site

bp = Blueprint("openapi", __name__)

#: The version of the API; not that of the service.
VERSION = "1.0.0"

#: OpenAPI 3.0 and not 3.1, because OGC API Features requires it. Source: OGC 17-069r4, conformance class oas30.
OPENAPI = "3.0.3"
KIND = "application/vnd.oai.openapi+json;version=3.0"


@bp.get("/api/v1/openapi.json")
@public
@documented({200: ApiResponse(_l("This document."), {KIND: {"type": "object"}})})
def show() -> Response:
    """Describe all URLs of the API, their parameters and responses."""
    return json_response(document(current_app), kind=KIND)


def document(app: Flask) -> dict[str, Any]:
    """Return the document; always in English, so that it is the same for everybody."""
    from apispec import APISpec  # only needed for this document

    config: Config = app.extensions["config"]
    with use_locale("en"):
        spec = APISpec(
            f"{current_site().site_name}: published figures",
            VERSION,
            OPENAPI,
            info={
                "description": "Released statistics only: self-reported members, rounded and blurred, not prevalence.",
                "license": {"name": config.figures_licence},
            },
            servers=[{"url": base_url()}],
        )
        for name, definition in SCHEMAS.items():
            spec.components.schema(name, definition)
        for rule, annotation in routes(app):
            path = re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule)
            spec.path(path, operations={"get": _operation(app, rule, annotation)})
        contents: dict[str, Any] = spec.to_dict()
    return contents


def routes(app: Flask) -> Iterator[tuple[Rule, Annotation]]:
    """Yield the routes with annotated views."""
    for rule in app.url_map.iter_rules():
        annotation = annotation_of(app.view_functions[rule.endpoint])
        if annotation is not None:
            yield rule, annotation


def _operation(app: Flask, rule: Rule, annotation: Annotation) -> dict[str, Any]:
    docstring = app.view_functions[rule.endpoint].__doc__ or ""
    fixed = "-".join(map(str, (rule.defaults or {}).values()))
    return {
        "operationId": f"{rule.endpoint}{f'.{fixed}' if fixed else ''}",
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": docstring.partition("\n")[0],
        "parameters": [
            *(_parameter(parameter, "path") for parameter in annotation.path),
            *(_parameter(parameter, "query") for parameter in annotation.query),
        ],
        "responses": {
            **{str(status): _response(response) for status, response in annotation.responses.items()},
            **{str(status): _problem(status) for status in sorted({*ANY, *annotation.errors})},
        },
    }


def _parameter(parameter: Parameter, place: str) -> dict[str, Any]:
    is_list = parameter.schema.get("type") == "array"
    return {
        "name": parameter.name,
        "in": place,
        "description": str(parameter.words),
        "required": place == "path" or parameter.repeats,
        "schema": parameter.schema,
        **({"style": "form", "explode": parameter.repeats} if is_list else {}),
    }


def _response(response: ApiResponse) -> dict[str, Any]:
    content = {
        kind: {"schema": schema(content_schema) if isinstance(content_schema, str) else content_schema}
        for kind, content_schema in response.content.items()
    }
    return {"description": str(response.words)} | ({"content": content} if content else {})


def _problem(status: int) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {PROBLEM: {"schema": schema("Problem")}}}
