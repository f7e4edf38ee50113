"""Maps: folium maps and our own elements. No HTTP, no SQL.

Use the modules in ``DRAWING`` as attributes, such as ``maps.canvas``: each is loaded when it is first used, because
folium takes as long to load as all pages together, and most processes draw no map at their start.
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

#: The modules that need folium.
DRAWING = ("canvas", "choropleth", "elements", "standalone")

if TYPE_CHECKING:
    from mapservice.maps import canvas, choropleth, elements, standalone

    __all__ = ["DRAWING", "canvas", "choropleth", "elements", "load", "standalone"]
else:

    def __getattr__(name: str) -> ModuleType:
        if name in DRAWING:
            return importlib.import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def load() -> None:
    """Load all modules that need folium."""
    for name in DRAWING:
        importlib.import_module(f"{__name__}.{name}")
