"""The page that folium makes with its FastMarkerCluster of the same pins, from a plain server of files."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import folium
from folium.plugins import FastMarkerCluster
from sqlalchemy import text

from bench import peers
from bench.invented_service import CENTRE, VIEWER, Service
from mapservice.privacy.visibility import audiences_seen

#: What is drawn first on such a page.
FIRST_MARK = ".marker-cluster, .leaflet-marker-icon"

# The page of folium names these by addresses of other hosts, beside others that its clusters do not need.
_FILES = (
    *("leaflet/dist/leaflet.js", "leaflet/dist/leaflet.css", "leaflet.markercluster/dist/leaflet.markercluster.js"),
    *("leaflet.markercluster/dist/MarkerCluster.css", "leaflet.markercluster/dist/MarkerCluster.Default.css"),
)

_ELSEWHERE = re.compile(r"""<(?:script src|link rel="stylesheet" href)="https?://[^"]*/([^"/]+)"/?>(?:</script>)?""")

#: Points on the page at most: with more, it takes minutes on a slow phone.
MAX_POINTS = 100_000

_PINS = text("""
    select st_y(pin), st_x(pin) from membership
    where condition_id = :condition and pin is not null and audience = any(:audiences)
    order by public_id limit :points
""")


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        """Write nothing."""


@contextmanager
def page(running: Service) -> Iterator[str | None]:
    """Serve the page with the pins that a member of the largest condition sees; its address, or None without npm."""
    scripts = peers.leaflet_packages()
    if scripts is None:
        yield None
        return
    with running.owner.connect() as connection:
        audiences = list(audiences_seen(VIEWER))
        values = {"condition": running.condition_id, "audiences": audiences, "points": MAX_POINTS}
        pins = [list(row) for row in connection.execute(_PINS, values)]
    with TemporaryDirectory() as folder:
        for name in _FILES:
            shutil.copy(scripts / name, folder)
        Path(folder, "index.html").write_text(_html(pins), encoding="utf-8")
        with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder)) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://localhost:{server.server_port}/"
            finally:
                server.shutdown()
                thread.join()


def _html(pins: list[list[float]]) -> str:
    """Return the page, with its own copies of the scripts that it needs and without the others."""
    drawn = folium.Map(location=CENTRE[::-1], zoom_start=3, tiles=None, maxZoom=18)
    FastMarkerCluster(pins, callback="function (row) { return L.marker(row); }").add_to(drawn)
    kept = {Path(name).name for name in _FILES}

    def local(match: re.Match[str]) -> str:
        # One copy of a name: folium asks for some of them as .min.js.
        name = match[1].replace(".min.", ".")
        if name not in kept:
            return ""
        return f'<script src="{name}"></script>' if name.endswith(".js") else f'<link rel="stylesheet" href="{name}"/>'

    return _ELSEWHERE.sub(local, drawn.get_root().render())
