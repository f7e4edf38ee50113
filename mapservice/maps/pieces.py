"""A map in pieces: its files, its HTML and its script, none of which is foreign."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from markupsafe import Markup, escape

from mapservice.errors import MapServiceError

#: URLs in folium → our own copies, as files under static/.
OUR_COPIES = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "vendor/leaflet-1.9.4/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "vendor/leaflet-1.9.4/leaflet.css",
    "https://cdn.jsdelivr.net/npm/topojson-client@3": "vendor/topojson-client-3.1.0/topojson-client.min.js",
}

#: A file of our own under static/: what our elements list in ``default_js`` and ``default_css``.
OUR_FILE = re.compile(r"(?:css|js|vendor)/[\w./-]+\.(?:css|js)")

# Forbidden by the content security policy: styles or event handlers as attributes, and elements that load.
_INLINE = re.compile(r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<(?:script|style|link|meta|iframe|base)\b", re.IGNORECASE)

# A tile layer of another host, which would learn who looks at which disease.
_TILES_ELSEWHERE = re.compile(r"L\.tileLayer[\w.]*\(\s*[\"'`](?:https?:)?//")

# jQuery, which folium's popups and tooltips need, and our pages do not have.
_JQUERY = re.compile(r"(?:^|=)\s*\$\(", re.MULTILINE)


class ForeignPartError(MapServiceError):
    """A map uses a script, a style or a piece of HTML that is not ours."""


@dataclass(frozen=True)
class Pieces:
    """A map before its files are included in a page: styles, classic scripts and modules, as files of our own.

    ``modules`` are the names that the ``script`` imports from each module.
    """

    styles: list[str]
    scripts: list[str]
    modules: Mapping[str, list[str]]
    html: Markup
    script: str


def map_pieces(canvas: folium.Map, *, outside_tiles: bool = False) -> Pieces:
    """Return the pieces of a map.

    :raise ForeignPartError: if a part of the map has a URL, or a form, that is not ours.
    """
    figure = canvas.get_root()
    if not isinstance(figure, Figure):
        raise ForeignPartError("The map stands in no figure.")
    _set_ids(canvas)
    canvas.render()  # type: ignore[no-untyped-call]

    links = [part for name, part in figure.header._children.items() if name != "meta_http"]
    html = figure.html.render()
    script = figure.script.render()
    # Texts are quoted; those in the script contain no "<", because |tojson writes it as \\u003c.
    if _INLINE.search(re.sub(r'"[^"]*"', '""', html)) or _INLINE.search(script) or "</script" in script.lower():
        raise ForeignPartError("An element of the map brings a style, a script or an event handler inside its HTML.")
    if _JQUERY.search(script):
        raise ForeignPartError("An element of the map needs jQuery; popups are written in our own scripts.")
    if _TILES_ELSEWHERE.search(script) and not outside_tiles:
        raise ForeignPartError("The map would ask another host for its tiles.")
    # Safe: folium's templates write these, with all texts escaped or as JSON.
    return Pieces(_files(links, CssLink), _files(links, JavascriptLink), _modules(canvas), Markup(html), script)  # noqa: S704


def _files(links: list[Element], kind: type[CssLink] | type[JavascriptLink]) -> list[str]:
    """Return our files in the links of one kind.

    :raise ForeignPartError: if there is anything except links.
    """
    for part in links:
        if not isinstance(part, (CssLink, JavascriptLink)):
            raise ForeignPartError(f"The map puts something else into the head of the page: {type(part).__name__}.")
    return [_our_file(part.url) for part in links if isinstance(part, kind)]


def _modules(canvas: folium.Map) -> dict[str, list[str]]:
    """Return the imports of the elements of a map: the names by file, both sorted."""
    names_by_file: dict[str, set[str]] = {}
    for element in _elements(canvas):
        for name, file in getattr(element, "modules", {}).items():
            names_by_file.setdefault(_our_file(file), set()).add(name)
    return {file: sorted(names_by_file[file]) for file in sorted(names_by_file)}


def _elements(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _elements(child)


def _our_file(url: str) -> str:
    """Return the file under static/ for a URL of folium.

    :raise ForeignPartError: if there is none.
    """
    file = OUR_COPIES.get(url, url)
    if not OUR_FILE.fullmatch(file) or ".." in file:
        raise ForeignPartError(f"No copy of our own for {escape(url)}.")
    return file


def _set_ids(element: Element, path: str = "") -> None:
    """Name the elements by their position in the map instead of randomly, so that a page is the same every time."""
    for number, child in enumerate(element._children.values()):
        if isinstance(child, MacroElement):
            child._id = f"{element._id}{path}_{number}"
            _set_ids(child)
