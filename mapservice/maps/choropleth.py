"""The public map: countries and regions coloured by their published figures, with a bubble for each."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

#: Lower bounds of the colour classes, in people: for a community of hundreds, and for one of tens of thousands. The
#: first is the smallest possible figure. Fixed, so that maps and releases can be compared.
SCALES = ((15, 25, 50, 100, 250), (15, 50, 250, 1000, 5000))

#: Maximum zoom of a map of figures, which has nothing finer than regions; and a minimum below that of any map:
#: static/js/figures/figures.js determines at which zoom the world fits.
MAX_ZOOM, MIN_ZOOM = 8, -2

#: The messages of the layer in the reader's language; those with {n} as in ``elements.CLUSTER_WORDS``.
FIGURE_WORDS = ("again", "error", "few", "loading", "open", "place")


def colour_scale(largest: int) -> tuple[int, ...]:
    """Return the colour classes of a map with this largest figure.

    >>> colour_scale(210)[-1], colour_scale(20_000)[-1]
    (250, 5000)
    """
    return SCALES[largest >= SCALES[1][3]]


def colour_class(shown: int, scale: Sequence[int]) -> int:
    """Return the colour class of a published figure, from 1 for the smallest.

    >>> [colour_class(shown, SCALES[0]) for shown in (15, 20, 25, 250, 900)]
    [1, 1, 2, 5, 5]
    """
    return max(bisect_right(scale, shown), 1)


class FigureLayer(JSCSSMixin, Layer):
    """The figures of one release, drawn by country, and by region at higher zooms.

    ``figures`` is the URL of the release's figures, ``countries`` and ``regions`` those of the shapes; ``words`` are
    the messages named in ``FIGURE_WORDS``, ``scale`` is one of ``SCALES``. The minimum zoom is the one at which the
    world fits into the map. The figures are also written on the map, so that nothing depends on colour alone.

    :raise ValueError: if a message is missing.
    """

    default_js = [("topojson", "https://cdn.jsdelivr.net/npm/topojson-client@3")]
    modules = {"Figures": "js/figures/figures.js"}
    default_css = [("map_markers_css", "css/map-markers.css")]

    _template = Template("""
        {% macro script(this, kwargs) %}
            const {{ this.get_name() }} = new Figures({{ this.settings|tojson }});
            {{ this._parent.get_name() }}.getContainer().figures = {{ this.get_name() }};
        {% endmacro %}
    """)

    def __init__(
        self,
        figures: str,
        countries: str,
        regions: str,
        *,
        words: Mapping[str, Any],
        scale: Sequence[int] = SCALES[0],
        language: str = "en",
    ) -> None:
        super().__init__(name="figures", control=False)
        missing = [key for key in FIGURE_WORDS if key not in words]
        if missing:
            raise ValueError(f"The map of figures has no words for: {', '.join(missing)}.")
        self._name = "figures"
        self.settings = {
            "figures": figures,
            "countries": countries,
            "regions": regions,
            "classes": list(scale),
            "words": dict(words),
            "language": language,
        }
