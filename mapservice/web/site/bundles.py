"""Files that a page would otherwise load one by one, put together when they are first asked for: scripts and styles.

A page has one script at most, so that no module runs twice on it. Nothing is written to disk and nothing has to be
built: the address of a bundle has the version of all static files.
"""

import base64
import posixpath
import re
from functools import cache

from flask import url_for

from mapservice.maps import modules
from mapservice.web.site.compaction import compact

_EVERY_PAGE = ("js/site/session.js", "js/site/taps.js", "js/site/quick-exit.js")
_EVERY_MAP = ("js/maps/basemap.js", "js/maps/view-controls.js")
_FIGURES = (*_EVERY_MAP, "js/figures/figures.js", "js/figures/figure-table.js")
_MAP_STYLES = ("vendor/leaflet-1.9.4/leaflet.css", "css/map.css")

#: The bundles, as files under static/, and what is in them. A script exports what its modules export.
BUNDLES: dict[str, tuple[str, ...]] = {
    "bundles/members-map.js": (
        *_EVERY_PAGE,
        *_EVERY_MAP,
        "js/members_map/clusters.js",
        "js/members_map/map-page.js",
    ),
    "bundles/figures.js": (*_EVERY_PAGE, *_FIGURES, "js/figures/copy.js"),
    "bundles/embed.js": _FIGURES,
    "bundles/location.js": (*_EVERY_PAGE, "js/site/restored.js", "js/places/location.js"),
    "bundles/site.css": (
        "css/theme.css",
        "css/base.css",
        "css/site.css",
        "css/components.css",
        "css/forms.css",
        "css/pages.css",
    ),
    "bundles/members-map.css": (*_MAP_STYLES, "css/map-markers.css", "css/mappage.css"),
    "bundles/figures.css": (*_MAP_STYLES, "css/map-markers.css", "css/figures.css"),
    "bundles/location.css": (*_MAP_STYLES, "css/place.css"),
    "bundles/frame.css": ("css/theme.css", "css/base.css", "css/site.css", "css/components.css"),
}

_URL = re.compile(r"""url\((["']?)(?!data:|#|https?:)([^"')]+)\1\)""")


def address(script: str, styles: str, file: str) -> str:
    """Return the URL of a file under static/ on a page that has these bundles: that of a bundle if the file is in one.

    ``script`` and ``styles`` are names of bundles, such as "members-map".
    """
    for bundle in (f"bundles/{script}.js", f"bundles/{styles}.css"):
        if file in contents(bundle):
            return url_for("static", filename=bundle)
    return url_for("static", filename=file)


@cache
def contents(bundle: str) -> tuple[str, ...]:
    """Return the files that are in a bundle, including what its modules import."""
    files = BUNDLES[bundle]
    return tuple(modules.with_imports(files)) if bundle.endswith(".js") else files


@cache
def text(bundle: str) -> str:
    """Return a bundle, compact.

    :raise BrokenModuleError: if a script is not of the plain form, or two of them export the same name.
    """
    files = BUNDLES[bundle]
    if bundle.endswith(".js"):
        return compact(modules.joined(files))
    return compact("\n".join(_moved(modules.read(file), file, posixpath.dirname(bundle)) for file in files))


def _moved(styles: str, file: str, folder: str) -> str:
    """Return the styles of a file for another folder: drawings become part of them, other files get new addresses."""

    def moved(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(file), match[2]))
        if target.endswith(".svg"):
            drawing = base64.b64encode(modules.read(target).encode()).decode()
            return f'url("data:image/svg+xml;base64,{drawing}")'
        return f'url("{posixpath.relpath(target, folder)}")'

    return _URL.sub(moved, styles)
