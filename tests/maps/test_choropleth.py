"""The layer of published figures, as the page gets it."""

import re
from itertools import pairwise

import pytest

from mapservice.config import HOME
from mapservice.maps.canvas import Canvas, page_parts
from mapservice.maps.choropleth import FIGURE_WORDS, SCALES, FigureLayer, colour_class, colour_scale
from mapservice.privacy.disclosure import DEFAULT

CLASSES = 5
WORDS = {key: f"({key})" for key in FIGURE_WORDS}


def page(words=WORDS):
    canvas = Canvas("Map")
    FigureLayer("/c/all/figures/7.json", "/ground/1/countries.json", "/ground/1/regions.json", words=words).add_to(
        canvas
    )
    return page_parts(canvas, "n0nce")


@pytest.mark.parametrize(("shown", "rank"), [(15, 1), (20, 1), (25, 2), (45, 2), (50, 3), (95, 3), (100, 4), (250, 5)])
def test_a_figure_belongs_to_the_class_that_begins_at_or_below_it(shown, rank):
    assert colour_class(shown, SCALES[0]) == rank


@pytest.mark.parametrize("scale", SCALES)
def test_the_classes_are_few_and_begin_where_figures_begin(scale):
    assert len(scale) == CLASSES
    assert all(least % DEFAULT.base == 0 for least in scale)
    assert scale[0] == DEFAULT.smallest


@pytest.mark.parametrize(("largest", "scale"), [(0, 0), (15, 0), (995, 0), (1000, 1), (90_000, 1)])
def test_a_large_community_has_wider_classes(largest, scale):
    assert colour_scale(largest) == SCALES[scale]


def test_every_class_has_a_colour_in_light_and_dark_on_map_and_table():
    css = (HOME / "static/css/figures.css").read_text()

    for rank in range(1, CLASSES + 1):
        assert len(re.findall(rf"--figure-{rank}: #", css)) == 2
        assert f".figure-area-{rank} " in css
        assert f".figure-swatch-{rank} " in css


def brightness(colour: str) -> float:
    """How bright a colour looks, from 0 to 1, also to who sees no hue (ITU-R BT.709)."""
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_never_tells_classes_apart_by_hue_alone():
    css = (HOME / "static/css/figures.css").read_text()
    colours = [brightness(hexadecimal) for hexadecimal in re.findall(r"--figure-\d: #([0-9a-f]{6})", css)]
    light, dark = colours[:CLASSES], colours[CLASSES:]

    assert all(one - other > 0.08 for one, other in pairwise(light))
    assert all(other - one > 0.08 for one, other in pairwise(dark))


def test_the_layer_brings_its_scripts_in_order_and_knows_its_addresses():
    parts = page()

    files = ("leaflet.js", "topojson", "site/dom.js", "maps/marks.js", "figures/figures.js")
    places = [parts.header.index(file) for file in files]
    assert places == sorted(places)
    assert 'import { Figures } from "/static/js/figures/figures.js";' in parts.script
    assert '"figures": "/c/all/figures/7.json"' in parts.script
    assert '"classes": [15, 25, 50, 100, 250]' in parts.script
    assert "//" not in re.sub(r"\s//.*", "", parts.header + parts.html + parts.script)


def test_a_missing_sentence_is_noticed():
    with pytest.raises(ValueError, match="few"):
        page({key: words for key, words in WORDS.items() if key != "few"})


def test_every_sentence_is_used_by_the_script():
    script = (HOME / "static/js/figures/figures.js").read_text()

    assert [key for key in FIGURE_WORDS if f'"{key}"' not in script] == []


def test_words_enter_as_text():
    assert "<img" not in page(WORDS | {"few": "</script><img src=x>"}).script
