"""The ground and the members' layer, as the page gets them."""

import json
import re

import pytest

from mapservice.maps import modules
from mapservice.maps.canvas import Canvas, page_parts
from mapservice.maps.elements import ATTRIBUTION, CLUSTER_WORDS, MAX_BASEMAP_ZOOM, BaseLayer, ClusterLayer, ViewButtons
from mapservice.privacy.visibility import Role
from mapservice.store.zones import basemap


def words(**changed):
    """Every sentence the layer needs."""
    nested = {}
    for key in CLUSTER_WORDS:
        *groups, name = key.split(".")
        place = nested
        for group in groups:
            place = place.setdefault(group, {})
        place[name] = f"({key})"
    return nested | changed


def layer(**options):
    settings = {"stacks": "/c/all/stacks", "words": words(), "max_tiles": 64} | options
    return ClusterLayer("/c/all/clusters", "/c/all/cards", "/c/all/map", **settings)


def page(element):
    canvas = Canvas("Map")
    element.add_to(canvas)
    return page_parts(canvas, "n0nce")


def test_the_ground_says_who_made_it():
    script = page(BaseLayer()).script

    assert json.dumps(ATTRIBUTION) in script
    assert "/tiles/base/{z}/{x}/{y}.mvt" in script


def test_the_ground_ends_where_its_tiles_end():
    assert basemap.MAX_ZOOM == MAX_BASEMAP_ZOOM
    assert f'"maxDataZoom": {MAX_BASEMAP_ZOOM}' in page(BaseLayer()).script


def test_the_members_layer_brings_its_scripts_in_order():
    parts = page(layer())

    files = ("leaflet", "site/dom", "maps/marks", "members_map/freshness", "members_map/cards", "members_map/clusters")
    places = [parts.header.index(f"{file}.js") for file in files]
    assert places[0] == min(places)
    assert places[-1] == max(places)
    assert 'import { Clusters } from "/static/js/members_map/clusters.js";' in parts.script


def test_the_members_layer_knows_its_addresses_and_role():
    script = page(layer(role="caregiver", language="es")).script

    assert '"clusters": "/c/all/clusters"' in script
    assert '"cards": "/c/all/cards"' in script
    assert '"stacks": "/c/all/stacks"' in script
    assert '"table": "/c/all/map"' in script
    assert '"role": "caregiver"' in script
    assert '"language": "es"' in script


@pytest.mark.parametrize("missing", ["error", "badge", "roles"])
def test_a_missing_sentence_is_noticed(missing):
    with pytest.raises(ValueError, match=missing):
        layer(words={key: value for key, value in words().items() if key != missing})


def test_every_role_has_a_name_a_shape_and_a_colour():
    from mapservice.config import HOME

    shapes = re.findall(r"^  (\w+): \"M", (HOME / "static/js/maps/marks.js").read_text(), re.MULTILINE)
    colours = re.findall(r"--map-(\w+): #", (HOME / "static/css/map.css").read_text())

    assert set(shapes) == {*Role, "several"}
    for role in Role:
        assert f"roles.{role}" in CLUSTER_WORDS
        assert colours.count(role) == 2  # light and dark


def test_every_sentence_is_used_by_the_scripts():
    from mapservice.config import HOME

    files = modules.with_imports([ClusterLayer.modules["Clusters"]])
    scripts = "".join((HOME / "static" / file).read_text() for file in files)

    for key in CLUSTER_WORDS:
        group = key.split(".")[0]
        assert f'say("{key}"' in scripts or f"say(`{group}." in scripts, key


def test_words_enter_as_text():
    script = page(layer(words=words(error="</script><img src=x>"))).script

    assert "<img" not in script


def test_the_way_home_is_named_with_latitude_first_as_leaflet_wants_it():
    script = page(ViewButtons({"world": "World", "home": "Home"}, home=(7.0, 47.0, 9.0, 49.0))).script

    assert '"home": [[47.0, 7.0], [49.0, 9.0]]' in script


def test_who_shows_no_place_gets_no_way_home():
    assert '"home": null' in page(ViewButtons({"world": "World", "home": "Home"})).script


def test_a_map_is_a_guest_only_where_that_is_said():
    assert '"guest": false' in page(ViewButtons({"world": "World"})).script
    assert '"guest": true' in page(ViewButtons({"world": "World"}, is_guest=True)).script
