"""Colours that an operator chooses can be read, in light and in dark."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mapservice.config import HOME
from mapservice.text import colours
from mapservice.text.colours import DARK, LIGHT, MIN_CONTRAST, Scheme

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@given(colour=COLOURS)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_nearest_colour_can_be_read_and_a_readable_one_stays(colour: str, scheme: Scheme):
    nearest = colours.nearest_readable(colour, scheme)

    assert colours.is_readable(nearest, scheme)
    assert (nearest == colour) == colours.is_readable(colour, scheme)


@pytest.mark.parametrize(("scheme", "colour"), [(LIGHT, "#ffcc00"), (LIGHT, "#1a73e8"), (DARK, "#0d5656")])
def test_a_colour_without_contrast_is_noticed(scheme, colour):
    assert colours.lowest_contrast(colour, scheme) < MIN_CONTRAST


def test_contrast_is_that_of_wcag():
    assert round(colours.contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(colours.contrast("#0000ff", "#ffffff"), 2) == 8.59


def test_the_backgrounds_are_those_of_the_pages():
    themes = (HOME / "static/css/theme.css").read_text().split("@media")[:2]
    for theme, scheme in zip(themes, (LIGHT, DARK), strict=True):
        values = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", theme))
        assert scheme.papers == (values["paper"], values["paper-raised"], values["paper-sunken"])
        assert (scheme.raised, scheme.ink) == (values["paper-raised"], values["ink"])


def test_our_own_colours_can_be_read():
    assert colours.is_readable("#0d5656", LIGHT)
    assert colours.is_readable("#84d3c9", DARK)
