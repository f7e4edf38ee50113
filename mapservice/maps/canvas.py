"""folium's map without folium's page: no foreign URLs, no jQuery, no inline styles, a nonce on every script."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import folium
from folium.elements import JSCSSMixin
from folium.template import Template
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from mapservice.geo.bbox import Bbox
from mapservice.maps import modules
from mapservice.maps.pieces import Pieces, map_pieces

#: Maximum zoom of a page; pins are anchors of zones, and there are no finer details.
MAX_ZOOM = 13

# Scripts that js/maps/basemap.js waits for by itself, so that everything else on a map is there before.
_NOT_WAITED_FOR = "vendor/protomaps-leaflet-"


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
