"""What our maps are made of beside folium's own layers; each element is a class with the script that makes it."""

from collections.abc import Mapping
from typing import Any

from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from mapservice.privacy.visibility import Role

#: Who made the ground; to be read on every map.
ATTRIBUTION = "Natural Earth · GeoNames"

#: Up to here the ground has tiles of its own; beyond, these are drawn larger (mapservice.store.zones.basemap).
MAX_BASEMAP_ZOOM = 8

#: The sentences that the members' map needs in the reader's language. In those with {n} a mapping of plural
#: categories (one, other, …) may stand for the sentence; a dot parts the mappings.
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
    """The members' map: what the server counts for this viewer, drawn tile by tile, and cards one at a time.

    ``clusters`` and ``cards`` are addresses without their last parts (z/x/y, public id); ``table`` is the
    address of the page with the table, where a badge leads. ``words`` are the sentences named in
    ``CLUSTER_WORDS``. ``tile_size`` is in pixels: with 512 the tiles asked for are one zoom above the one shown.

    :raise ValueError: if a sentence is missing.
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
        words: Mapping[str, Any],
        language: str = "en",
        role: str = "",
        tile_size: int = 256,
    ) -> None:
        super().__init__(name="clusters", control=False)
        missing = [key for key in CLUSTER_WORDS if not _found(words, key)]
        if missing:
            raise ValueError(f"The members' map has no words for: {', '.join(missing)}.")
        self._name = "clusters"
        self.settings = {
            "clusters": clusters,
            "cards": cards,
            "table": table,
            "words": dict(words),
            "language": language,
            "role": role,
            "tileSize": tile_size,
        }


class ViewButtons(JSCSSMixin, MacroElement):
    """Buttons that show the whole world and one's own surroundings, and the view kept while the page comes again.

    ``home`` is (west, south, east, north) or None; ``words`` names the buttons: world, home. It stands before the
    layers, so that they ask for the view that is kept and for no other. With ``is_guest``, inside the page of another
    site, no view is kept, and a wheel or one finger moves that page instead of the map.
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
        super().__init__()
        self._name = "views"
        corners = [[home[1], home[0]], [home[3], home[2]]] if home else None
        self.settings = {"words": dict(words), "home": corners, "guest": is_guest}


def _found(words: Mapping[str, Any], key: str) -> Any:
    """What stands under a dotted key, or None."""
    found: Any = words
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
