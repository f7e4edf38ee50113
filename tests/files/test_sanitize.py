"""Text that is harmless where it is opened."""

import pytest

from mapservice.files.sanitize import cell, plain


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "\n=", "\n"])
def test_never_lets_a_cell_begin_like_a_formula(start):
    assert cell(f"{start}1+1").startswith("'")


def test_a_harmless_cell_stays_as_it_is():
    assert cell("Côte d'Ivoire (north) = south") == "Côte d'Ivoire (north) = south"


@pytest.mark.parametrize(
    "control", ["\0", "\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u200f", "\ufeff", "\ud800"]
)
def test_controls_are_taken_out(control):
    assert plain(f"a{control}b") == "ab"


def test_a_text_stands_on_one_line():
    assert plain(" a\n\tb\r\nc ") == "a b c"


def test_letters_of_all_scripts_stay():
    assert plain("Île-de-France مرحبا 日本 हिन्दी") == "Île-de-France مرحبا 日本 हिन्दी"
