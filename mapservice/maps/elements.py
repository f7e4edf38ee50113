"""Our own elements for folium maps; each is a class with its script."""

from collections.abc import Mapping
from typing import Any

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from mapservice.privacy.visibility import Role

#: Attribution of the base map, on every map.
ATTRIBUTION = "Natural Earth · GeoNames"

#: Maximum zoom of the base map tiles, which are enlarged beyond it (mapservice.store.zones.basemap).
MAX_BASEMAP_ZOOM = 8

#: The messages of the members' map in the reader's language. Those with {n} may be a mapping of plural categories (one,
#: other, …) instead; a dot separates the keys of nested mappings.
CLUSTER_WORDS = (
    "again",
    "badge.country",
    "badge.district",
    "badge.region",
    "card",
    "card_error",
    "card_gone",
    "close",
    "cluster",
    "empty",
    "error",
    "in_view",
    "list",
    "loading",
    "more",
    "next",
    "not_fresh",
    "page",
    "pin",
    "previous",
    *(f"roles.{role}" for role in Role),
    "signed_out",
    "stack",
    "stack_gone",
    "stale",
    "unnamed",
    "wait_minutes",
    "wait_seconds",
    "you",
    "you_among",
)


class BaseLayer(JSCSSMixin, Layer):
    """The base map, painted from our own vector tiles in the colours of css/map.css, light or dark."""

    default_js = [("protomaps", "vendor/protomaps-leaflet-5.1.0/protomaps-leaflet.js")]
    modules = {"basemap": "js/maps/basemap.js"}

    _template = Template("""
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = basemap({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
    """)

    def __init__(self, tiles: str = "/tiles/base/{z}/{x}/{y}.mvt", attribution: str = ATTRIBUTION) -> None:
        super().__init__(name="ground", control=False)
        self._name = "ground"
        self.settings = {"url": tiles, "attribution": attribution, "maxDataZoom": MAX_BASEMAP_ZOOM}


class ClusterLayer(JSCSSMixin, Layer):
    """The members' map: counts visible to this viewer, loaded by view, and profile cards one at a time.

    ``clusters`` is the URL of the tiles, ``cards`` that of the cards without its last part (public id), ``stacks`` that
    of the people behind one mark without its last part (cell), ``table`` the URL of the page with the table, to which a
    badge links. ``words`` are the messages named in ``CLUSTER_WORDS``.
    ``tile_size`` is in pixels: with 512 the requested tiles are one zoom above the displayed one. One request asks for
    up to ``max_tiles``.

    :raise ValueError: if a message is missing.
    """

    modules = {"Clusters": "js/members_map/clusters.js"}
    default_css = [("map_markers_css", "css/map-markers.css")]

    _template = Template("""
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = new Clusters({{ this.settings|tojson }});
            {{ this._parent.get_name() }}.getContainer().clusters = {{ this.get_name() }};
        {% endmacro %}
    """)

    def __init__(
        self,
        clusters: str,
        cards: str,
        table: str,
        *,
        stacks: str,
        words: Mapping[str, Any],
        language: str = "en",
        role: str = "",
        tile_size: int = 256,
        max_tiles: int,
    ) -> None:
        super().__init__(name="clusters", control=False)
        missing = [key for key in CLUSTER_WORDS if not _lookup(words, key)]
        if missing:
            raise ValueError(f"The members' map has no words for: {', '.join(missing)}.")
        self._name = "clusters"
        self.settings = {
            "clusters": clusters,
            "cards": cards,
            "stacks": stacks,
            "table": table,
            "words": dict(words),
            "language": language,
            "role": role,
            "tileSize": tile_size,
            "maxTiles": max_tiles,
        }


class ViewButtons(JSCSSMixin, MacroElement):
    """Buttons for the whole world and for the own surroundings; also keeps the view when the page is loaded again.

    ``home`` is (west, south, east, north) or None; ``words`` are the labels of the buttons: world, home. It must
    precede the layers, so that they only request tiles of the kept view. With ``is_guest``, in a page embedded by
    another site, no view is kept, and a wheel or one finger scrolls that page instead of the map.
    """

    modules = {"addViewControls": "js/maps/view-controls.js"}

    _template = Template("""
        {% macro script(this, kwargs) %}
            addViewControls({{ this._parent.get_name() }}, {{ this.settings|tojson }});
        {% endmacro %}
    """)

    def __init__(
        self, words: Mapping[str, str], home: tuple[float, float, float, float] | None = None, *, is_guest: bool = False
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "views"
        corners = [[home[1], home[0]], [home[3], home[2]]] if home else None
        self.settings = {"words": dict(words), "home": corners, "guest": is_guest}


def _lookup(words: Mapping[str, Any], key: str) -> Any:
    """Return the value at a dotted key, or None."""
    value: Any = words
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
