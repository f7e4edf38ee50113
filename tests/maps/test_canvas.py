"""folium's map as our pages show it: nothing foreign, nothing the security policy forbids."""

import re

import folium
import folium.plugins
import pytest
from folium.elements import JSCSSMixin
from folium.template import Template

from mapservice.config import HOME
from mapservice.geo.bbox import Bbox
from mapservice.maps.canvas import Canvas, page_parts
from mapservice.maps.elements import BaseLayer
from mapservice.maps.pieces import OUR_COPIES, ForeignPartError

NONCE = "n0nce"


@pytest.fixture
def canvas():
    canvas = Canvas("Where people live")
    BaseLayer().add_to(canvas)
    return canvas


def everything(parts):
    return parts.header + parts.html + parts.script


def test_never_names_another_host(canvas):
    folium.CircleMarker((50.0, 8.0), radius=5).add_to(canvas)
    folium.GeoJson({"type": "Point", "coordinates": [8.0, 50.0]}).add_to(canvas)

    page = everything(page_parts(canvas, NONCE))

    assert "//" not in re.sub(r"\s//.*", "", page)
    assert "= basemap(" in page


def test_every_script_has_the_nonce(canvas):
    page = everything(page_parts(canvas, NONCE))

    scripts = re.findall(r"<script[^>]*>", page)
    assert len(scripts) >= 3
    scripts += re.findall(r'<link rel="modulepreload"[^>]*>', page)
    assert len(scripts) >= 4
    assert all(f'nonce="{NONCE}"' in script for script in scripts)


def test_never_brings_styles_or_handlers_inside_the_page(canvas):
    page = everything(page_parts(canvas, NONCE))

    assert "<style" not in page
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", page)
    assert "javascript:" not in page


def test_never_forbids_to_zoom_the_page(canvas):
    assert "viewport" not in everything(page_parts(canvas, NONCE))


def test_every_linked_file_is_there(canvas):
    parts = page_parts(canvas, NONCE)

    files = re.findall(r'(?:href|src)="/static/([^"]+)"', parts.header)
    assert files
    for file in (*files, *OUR_COPIES.values()):
        assert (HOME / "static" / file).is_file(), file


def test_the_page_says_where_static_files_are(canvas):
    parts = page_parts(canvas, NONCE, address=lambda file: f"/files/7/{file}?a&b")

    assert 'src="/files/7/vendor/leaflet-1.9.4/leaflet.js?a&amp;b"' in parts.header
    assert 'href="/files/7/js/maps/basemap.js?a&amp;b"' in parts.header
    assert 'import { basemap } from "/files/7/js/maps/basemap.js?a\\u0026b";' in parts.script


def test_leaflet_comes_before_what_needs_it(canvas):
    header = page_parts(canvas, NONCE).header

    assert header.index("leaflet.js") < header.index("protomaps-leaflet.js") < header.index("basemap.js")


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example/thing.js",
        "//cdn.example/thing.js",
        "http://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js",
        "vendor/../../secret.js",
        "javascript:alert(1)",
    ],
)
def test_an_unknown_address_is_refused(canvas, url):
    class Foreign(JSCSSMixin):
        default_js = [("thing", url)]
        _template = Template("")

    canvas.add_child(Foreign())

    with pytest.raises(ForeignPartError):
        page_parts(canvas, NONCE)


@pytest.mark.parametrize("url", ["https://cdn.example/thing.js", "//cdn.example/thing.js", "vendor/../../secret.js"])
def test_an_unknown_module_is_refused(canvas, url):
    class Foreign(folium.Marker):
        modules = {"thing": url}

    Foreign((0, 0)).add_to(canvas)

    with pytest.raises(ForeignPartError):
        page_parts(canvas, NONCE)


@pytest.mark.parametrize(
    "element",
    [
        folium.plugins.MarkerCluster(),
        folium.Marker((0, 0), popup="text"),
        folium.TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr="x"),
        folium.Marker((0, 0), tooltip=folium.Tooltip("text", style="color: red")),
    ],
    ids=["links elsewhere", "needs jQuery", "tiles of strangers", "inline style"],
)
def test_what_breaks_the_promise_is_refused(canvas, element):
    element.add_to(canvas)

    with pytest.raises(ForeignPartError):
        page_parts(canvas, NONCE)


def test_an_operator_may_ask_for_the_tiles_of_another_host(canvas):
    folium.TileLayer("https://tiles.example/{z}/{x}/{y}.png", attr="x").add_to(canvas)

    assert "tiles.example" in page_parts(canvas, NONCE, outside_tiles=True).script


def test_texts_enter_as_texts():
    canvas = Canvas('"><script>alert(1)</script> & style=x', words={"zoom_in": "</script><b>"})

    page = everything(page_parts(canvas, NONCE))

    assert "<script>alert" not in page
    assert "<b>" not in page


def test_the_same_map_is_the_same_page():
    first, second = (Canvas("Map") for _ in range(2))
    for canvas in (first, second):
        BaseLayer().add_to(canvas)

    assert page_parts(first, NONCE) == page_parts(second, NONCE)


def test_zooms_center_and_bounds_reach_the_script():
    script = page_parts(Canvas("Map", center=(8.5, 50.25), zoom=6, bounds=Bbox(5.0, 47.0, 15.0, 55.0)), NONCE).script

    assert "center: [50.25, 8.5]" in script
    assert '"maxZoom": 13' in script
    assert "fitBounds([[47.0, 5.0], [55.0, 15.0]]" in script
