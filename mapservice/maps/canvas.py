"""folium's map without folium's page: no foreign URLs, no jQuery, no inline styles, a nonce on every script."""

import base64
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink, MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup, escape

from mapservice.errors import MapServiceError
from mapservice.geo.bbox import Bbox
from mapservice.maps import modules

#: URLs in folium → our own copies, as files under static/.
OUR_COPIES = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "vendor/leaflet-1.9.4/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "vendor/leaflet-1.9.4/leaflet.css",
    "https://cdn.jsdelivr.net/npm/topojson-client@3": "vendor/topojson-client-3.1.0/topojson-client.min.js",
}

#: A file of our own under static/: what our elements list in ``default_js`` and ``default_css``.
OUR_FILE = re.compile(r"(?:css|js|vendor)/[\w./-]+\.(?:css|js)")

#: Maximum zoom of a page; pins are anchors of zones, and there are no finer details.
MAX_ZOOM = 13

# Scripts that js/maps/basemap.js waits for by itself, so that everything else on a map is there before.
_NOT_WAITED_FOR = "vendor/protomaps-leaflet-"

# Forbidden by the content security policy: styles or event handlers as attributes, and elements that load.
_INLINE = re.compile(r"<[a-z][^>]*\s(?:style|on[a-z]+)\s*=|<(?:script|style|link|meta|iframe|base)\b", re.IGNORECASE)

# A tile layer of another host, which would learn who looks at which disease.
_TILES_ELSEWHERE = re.compile(r"L\.tileLayer[\w.]*\(\s*[\"'`](?:https?:)?//")

# jQuery, which folium's popups and tooltips need, and our pages do not have.
_JQUERY = re.compile(r"(?:^|=)\s*\$\(", re.MULTILINE)


class ForeignPartError(MapServiceError):
    """A map uses a script, a style or a piece of HTML that is not ours."""


@dataclass(frozen=True)
class MapParts:
    """A map as three pieces of HTML: for the head, for its place in the body, and for the end of the body."""

    header: Markup
    html: Markup
    script: Markup

    @property
    def script_hash(self) -> str:
        """The hash by which a content security policy allows the inline script, where that has no nonce."""
        content = self.script[self.script.index(">") + 1 : self.script.rindex("</script>")]
        return f"sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


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


class Canvas(folium.Map):
    """A map in an element whose size is set by css/map.css.

    ``label`` is its accessible name; ``center`` is lng, lat; ``bounds`` (west, south, east, north) is shown completely
    instead of center and zoom. ``words`` are the labels of the buttons: zoom_in, zoom_out. Two maps on one page need
    two names.
    """

    default_js = [folium.folium._default_js[0]]  # leaflet, and nothing else of folium's list
    default_css = [folium.folium._default_css[0], ("map_css", "css/map.css")]

    _template = Template("""
        {% macro html(this, kwargs) %}
            <div class="map-canvas" id="{{ this.get_name() }}" role="region" aria-label="{{ this.label|e }}"></div>
        {% endmacro %}

        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }},
                ...{{ this.options|tojavascript }},
            });
            {{ this.get_name() }}.attributionControl.setPrefix(false);
            // By keyboard the buttons come before what stands on the map.
            {
                const element = {{ this.get_name() }}.getContainer();
                element.prepend(element.querySelector(".leaflet-control-container"));
            }
            L.control.zoom({
                zoomInTitle: {{ this.words.zoom_in|tojson }},
                zoomOutTitle: {{ this.words.zoom_out|tojson }},
            }).addTo({{ this.get_name() }});
            {% if this.bounds %}
            {{ this.get_name() }}.fitBounds({{ this.bounds|tojson }}, {animate: false});
            {% endif %}
        {% endmacro %}
    """)

    def __init__(
        self,
        label: str,
        *,
        name: str = "canvas",
        center: tuple[float, float] = (10.0, 30.0),
        zoom: int = 2,
        bounds: Bbox | None = None,
        last_zoom: int = MAX_ZOOM,
        words: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        lng, lat = center
        super().__init__(
            location=(lat, lng),
            zoom_start=zoom,
            tiles=None,
            zoom_control=False,
            world_copy_jump=True,
            **options,
        )
        # With tiles=None folium waits for a tile layer to set the zooms.
        self.options |= {"minZoom": 2, "maxZoom": last_zoom}
        self._name, self._id = "map", name
        self.label = label
        self.words = {"zoom_in": "Zoom in", "zoom_out": "Zoom out"} | dict(words or {})
        self.bounds = [[bounds.south, bounds.west], [bounds.north, bounds.east]] if bounds else None

    def render(self, **kwargs: Any) -> str:
        """Add links, element and script to the figure, without the page around them."""
        JSCSSMixin.render(self, **kwargs)  # type: ignore[no-untyped-call]
        return ""


def page_parts(
    canvas: Canvas,
    nonce: str | None,
    address: Callable[[str], str] = "/static/{}".format,
    *,
    outside_tiles: bool = False,
) -> MapParts:
    """Return the pieces of a map for a page of ours; ``address`` maps a file under static/ to its URL.

    Without a ``nonce`` the pieces are the same every time, and the page has to allow the script by its hash.
    ``outside_tiles`` is for operators who configured tiles of another host, as their privacy page then says.

    :raise ForeignPartError: if a part of the map has a URL, or a form, that is not ours.
    """
    pieces = map_pieces(canvas, outside_tiles=outside_tiles)
    link, classic = Markup('<link rel="stylesheet" href="{}">'), Markup('<script src="{}"{} {}></script>')
    preload = Markup('<link rel="modulepreload" href="{}"{}>')
    header = [
        *(link.format(address(file)) for file in pieces.styles),
        *(classic.format(address(file), _nonce(nonce), _loading(file)) for file in pieces.scripts),
        *(preload.format(address(file), _nonce(nonce)) for file in modules.with_imports(pieces.modules)),
    ]
    # Several files may be at one address.
    header = list(dict.fromkeys(header))
    return MapParts(Markup("\n").join(header), pieces.html, module_element(imports(pieces, address), nonce))


def map_pieces(canvas: Canvas, *, outside_tiles: bool = False) -> Pieces:
    """Return the pieces of a map.

    :raise ForeignPartError: as ``page_parts``.
    """
    figure = canvas.get_root()
    if not isinstance(figure, Figure):
        raise ForeignPartError("The map stands in no figure.")
    _set_ids(canvas)
    canvas.render()

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


def imports(pieces: Pieces, address: Callable[[str], str]) -> str:
    """Return the script of a map, after the imports that it needs."""
    lines = [
        f"import {{ {', '.join(names)} }} from {htmlsafe_json_dumps(address(file))};"
        for file, names in pieces.modules.items()
    ]
    return "\n".join([*lines, pieces.script])


def module_element(script: str, nonce: str | None) -> Markup:
    """Return a script as an inline module: it is executed after the page and the scripts before it."""
    return Markup('<script type="module"{}>\n{}\n</script>').format(_nonce(nonce), Markup(script))  # noqa: S704


def _loading(file: str) -> Markup:
    """Return when a script is executed: in order, or whenever it is there if no other script waits for it."""
    return Markup('async fetchpriority="low"') if file.startswith(_NOT_WAITED_FOR) else Markup("defer")


def _nonce(nonce: str | None) -> Markup:
    return Markup("") if nonce is None else Markup(' nonce="{}"').format(nonce)


def _files(links: list[Element], kind: type[CssLink] | type[JavascriptLink]) -> list[str]:
    """Return our files in the links of one kind.

    :raise ForeignPartError: if there is anything except links.
    """
    for part in links:
        if not isinstance(part, (CssLink, JavascriptLink)):
            raise ForeignPartError(f"The map puts something else into the head of the page: {type(part).__name__}.")
    return [_our_file(part.url) for part in links if isinstance(part, kind)]


def _modules(canvas: Canvas) -> dict[str, list[str]]:
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
