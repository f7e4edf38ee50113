"""The schemas of API responses, as JSON Schema in the dialect of OpenAPI 3.0."""

from collections.abc import Mapping
from typing import Any

from mapservice.files.table import COLUMNS
from mapservice.geo.zones import FLOOR, Level

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer", "minimum": 0}
DAY: Schema = {"type": "string", "format": "date"}
FILE: Schema = {"type": "string", "format": "binary"}
_ADDRESS: Schema = {"type": "string", "format": "uri"}


def schema(name: str) -> Schema:
    """Return the schema with a name."""
    return {"$ref": f"#/components/schemas/{name}"}


def array_of(items: Schema) -> Schema:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def object_with(**members: Schema) -> Schema:
    """Return the schema of an object with these members and no other; those prefixed with ``maybe_`` are optional."""
    properties = {name.removeprefix("maybe_"): member for name, member in members.items()}
    required = [name for name in members if not name.startswith("maybe_")]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _open(**members: Schema) -> Schema:
    """Return the schema of an object with at least these members."""
    return {"type": "object", "properties": members, "required": list(members)}


def _columns() -> Schema:
    """Return the properties of a figure, which are the columns of the files."""
    kinds = {"integer": {"type": "integer"}, "date": DAY, "string": TEXT}
    cells: Mapping[str, Schema] = {name: dict(kinds[kind]) for name, kind in COLUMNS.items()}
    return object_with(**{**cells, "people": {"type": "integer", "nullable": True}})


def _features(properties: str, **members: Schema) -> Schema:
    return _open(
        type={"type": "string", "enum": ["FeatureCollection"]}, features=array_of(schema(properties)), **members
    )


def _feature(properties: Schema, **members: Schema) -> Schema:
    kind = {"type": "string", "enum": ["Feature"]}
    geometry = {"type": "object", "nullable": True, "properties": {"type": TEXT, "coordinates": {"type": "array"}}}
    return object_with(type=kind, id=TEXT, geometry=geometry, properties=properties, **members)


_PAGED = {"links": array_of(schema("Link")), "numberMatched": NUMBER, "numberReturned": NUMBER}
_PAGED |= {"timeStamp": {"type": "string", "format": "date-time"}}

_CODES: Schema = {"type": "object", "additionalProperties": array_of(TEXT)}

SCHEMAS: dict[str, Schema] = {
    "Problem": object_with(type=TEXT, title=TEXT, status=NUMBER, detail=TEXT, code=TEXT),
    "Link": object_with(href=_ADDRESS, rel=TEXT, maybe_type=TEXT, maybe_title=TEXT),
    "ConditionEntry": object_with(slug=TEXT, name=TEXT, codes=_CODES, synonyms=NUMBER, url=_ADDRESS),
    "Conditions": object_with(conditions=array_of(schema("ConditionEntry")), page=NUMBER, pages=NUMBER, matched=NUMBER),
    "Condition": object_with(
        slug=TEXT, name=TEXT, summary=TEXT, codes=_CODES, synonyms=array_of(TEXT), url=_ADDRESS, page=_ADDRESS,
        figures=_ADDRESS,
    ),
    "Release": object_with(
        number=NUMBER, released_on=DAY, profile=TEXT, threshold=NUMBER, rounded_to=NUMBER, plus_minus=NUMBER,
        url=_ADDRESS, figures=_ADDRESS,
    ),
    "Releases": object_with(releases=array_of(schema("Release")), maybe_current=NUMBER),
    "Figure": _feature(_columns()),
    "Figures": _features("Figure"),
    "LandingPage": object_with(title=TEXT, description=TEXT, links=array_of(schema("Link"))),
    "Conformance": object_with(conformsTo=array_of(_ADDRESS)),
    "Collection": object_with(
        id=TEXT, title=TEXT, description=TEXT, itemType=TEXT, crs=array_of(TEXT), extent={"type": "object"},
        links=array_of(schema("Link")),
    ),
    "Collections": object_with(collections=array_of(schema("Collection")), links=array_of(schema("Link"))),
    "Place": _feature(
        object_with(
            zone=TEXT, level=TEXT, country=TEXT, country_name=TEXT, iso_3166=TEXT, region_name=TEXT,
            people_at_least={"type": "integer", "minimum": FLOOR[Level.REGION]},
        ),
        maybe_links=array_of(schema("Link")),
    ),
    "Places": _features("Place", **_PAGED),
    "FigureItem": _feature(_columns(), maybe_links=array_of(schema("Link"))),
    "FigureItems": _features("FigureItem", **_PAGED),
}  # fmt: skip
