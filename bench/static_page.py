"""A static page with the marks of the members' map baked into it and the same base map, from the same web process."""

import gzip
import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mapservice.maps.elements import ATTRIBUTION, MAX_BASEMAP_ZOOM
from mapservice.web.site.static_files import current_version

if TYPE_CHECKING:
    from playwright.sync_api import Page

#: Where the service has it, and the file in its folder in which it is.
PATH, FILE = "/static-page", "static-page.html"

# The view of the members' map, and its marks with all that is needed to draw them.
_READ = """() => {
    const { clusters } = document.querySelector(".map-canvas");
    const map = clusters._map;
    const marks = clusters._marks().map((mark) => {
        const { lat, lng } = mark.getLatLng();
        return [lat, lng, mark.options.icon.options.className, mark.getElement().innerHTML];
    });
    const { lat, lng } = map.getCenter();
    return { center: [lat, lng], zoom: map.getZoom(), marks };
}"""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Static page</title>
<link rel="stylesheet" href="/static/v-{version}/vendor/leaflet-1.9.4/leaflet.css">
<link rel="stylesheet" href="/static/v-{version}/css/map.css">
<link rel="stylesheet" href="/static/v-{version}/css/map-markers.css">
<script src="/static/v-{version}/vendor/leaflet-1.9.4/leaflet.js" defer></script>
<script src="/static/v-{version}/vendor/protomaps-leaflet-5.1.0/protomaps-leaflet.js" defer></script>
<link rel="modulepreload" href="/static/v-{version}/js/maps/basemap.js">
</head>
<body>
<div class="map-canvas" id="map"></div>
<script type="module">
import {{ basemap }} from "/static/v-{version}/js/maps/basemap.js";
const {{ center, zoom, marks }} = {view};
const map = L.map("map", {{ center, zoom }});
basemap(map, {base}).addTo(map);
for (const [lat, lng, className, html] of marks) {{
  const icon = L.divIcon({{ className: `map-mark ${{className}}`, html, iconSize: null }});
  L.marker([lat, lng], {{ icon }}).addTo(map);
}}
</script>
</body>
</html>
"""


def write(folder: Path, opened: "Page") -> int:
    """Write the page with the view of a members' map that is open; return how many marks it has."""
    view = opened.evaluate(_READ)
    base = {"url": "/tiles/base/{z}/{x}/{y}.mvt", "attribution": ATTRIBUTION, "maxDataZoom": MAX_BASEMAP_ZOOM}
    html = _PAGE.format(version=current_version(), view=_script(view), base=_script(base))
    (folder / FILE).write_text(html, encoding="utf-8")
    return len(view["marks"])


def serve(folder: Path, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer as a server of files does: compressed, and with a mark by which a browser asks whether it has changed."""
    content = gzip.compress((folder / FILE).read_bytes(), 9, mtime=0)
    mark = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = [("ETag", mark), ("Cache-Control", "no-cache"), ("Vary", "Accept-Encoding")]
    if environ.get("HTTP_IF_NONE_MATCH") == mark:
        start_response("304 NOT MODIFIED", headers)
        return []
    kind = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip")]
    start_response("200 OK", [*headers, *kind, ("Content-Length", str(len(content)))])
    return [content]


def _script(value: object) -> str:
    return json.dumps(value).replace("<", "\\u003c")
