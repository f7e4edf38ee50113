"""What comes in with a request, by rules, templates and code, and whether its name is one for a coordinate."""

import ast
import re

from flask import Flask

from mapservice.config import HOME
from mapservice.web.api.annotations import annotation_of
from testing.routes import rules

#: Names under which a place finer than a zone could come in. The x, y and z of a tile name a part of the map.
COORDINATES = set(
    re.findall(
        r"[a-z]+",
        "lat lats latitude lng lngs lon lons long longitude latlng lnglat latlon coord coords coordinate coordinates "
        "bbox bounds box radius distance dist near point geo geom geometry geojson geohash gps position location "
        "accuracy altitude north south east west wkt wkb shape polygon postcode postal zip street house",
    )
)

#: The one exception: a GIS pages through the public shapes of countries and regions. Nobody is involved.
SHAPES_IN_A_BOX = {("ogc.list_places", "bbox"), ("ogc.list_figures", "bbox")}
WHERE_A_BOX_IS_READ = {("ogc_parameters.py", "bbox")}


def is_coordinate(name: str) -> bool:
    """Whether a name, or a word of it, is one for a coordinate."""
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower())
    return bool(COORDINATES & {*words, "".join(words)})


def inputs_of_rules(app: Flask) -> set[str]:
    """Names in the addresses of all routes, of their gaps and of their fixed parts."""
    return {name for rule in rules(app) for name in rule.arguments} | {
        word for rule in rules(app) for word in re.findall(r"[\w-]+", re.sub(r"<[^>]*>", "", rule.rule))
    }


def inputs_of_template(source: str) -> set[str]:
    """Fields of the forms in a template, and parameters of the links it makes."""
    fields = re.findall(r"<(?:input|select|textarea|button)\b[^>]*?\bname=[\"']?([^\"'\s>{]+)", source)
    links = [name for call in re.findall(r"url_for\(([^)]*)\)", source) for name in re.findall(r"(\w+)=", call)]
    return {*fields, *links, *re.findall(r"[?&](\w+)=", source)}


def inputs_of_code(source: str) -> set[str]:
    """Names under which Python code reads something of a request, or names a field of a form."""
    values = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            what = ast.unparse(node.func)
            if re.search(r"(request|_?form|args|values|json|payload)\.\w+$|forms\.\w+$|choice|Parameter$", what):
                values |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
        if isinstance(node, ast.Subscript) and "request." in ast.unparse(node.value):
            values |= {node.slice.value} if isinstance(node.slice, ast.Constant) else set()
        if isinstance(node, ast.ClassDef) and any("Form" in ast.unparse(base) for base in node.bases):
            names = [
                target for statement in node.body if isinstance(statement, ast.Assign) for target in statement.targets
            ]
            values |= {target.id for target in names if isinstance(target, ast.Name)}
    return {value for value in values if isinstance(value, str)}


def coordinates_in_code() -> set[tuple[str, str]]:
    """Where code of the pages and of the interface names an input for a coordinate."""
    modules = (HOME / "mapservice" / "web").rglob("*.py")
    return {(path.name, name) for path in modules for name in inputs_of_code(path.read_text()) if is_coordinate(name)}


def coordinates_asked_for(app: Flask) -> set[tuple[str, str]]:
    """Which view of the interface takes which parameter for a coordinate."""
    noted = [(rule.endpoint, annotation_of(app.view_functions[rule.endpoint])) for rule in rules(app)]
    return {
        (endpoint, parameter.name)
        for endpoint, description in noted
        if description is not None
        for parameter in (*description.path, *description.query)
        if is_coordinate(parameter.name)
    }
