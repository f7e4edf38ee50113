"""The stylesheets suit pages in both directions of reading: what has a start and an end says so."""

import re
from collections.abc import Iterator

import pytest

from mapservice.config import HOME

STYLESHEETS = sorted((HOME / "static" / "css").glob("*.css"))

#: Geometry that is the same in both directions, as (property, value).
GEOMETRY = {
    ("inset", "0 auto auto 0"),  # Leaflet moves its marks from the left edge of the map
    ("inset", "50% auto auto 50%"),  # the middle of a mark
    ("border-width", "0 2px 2px 0"),  # two edges of a square, turned into an arrow that points down
}

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(r"(?:^|[{;])\s*([a-z-]+)\s*:\s*([^;{}]+?)\s*(?=[;}])")
_SIDE = re.compile(r"\b(left|right)\b")

#: Properties that place something at a side by their value.
_BY_VALUE = re.compile(
    r"text-align(-last)?|float|clear|caption-side|justify-(content|items|self)|(background|object)-position.*"
)

#: Properties whose four values are top, right, bottom, left; and those whose are the corners, from the top left.
_SIDES = re.compile(r"inset|(scroll-)?(margin|padding)|border-(width|style|color)")
_CORNERS = "border-radius"


def values_of(value: str) -> list[str]:
    """The values of a shorthand, with what stands between parentheses as one."""
    return re.findall(r"(?:[^\s(]|\((?:[^()]|\([^()]*\))*\))+", value.replace("!important", ""))


def is_one_sided(name: str, value: str) -> bool:
    """Whether a declaration tells the left from the right."""
    if _SIDE.search(name) or (_BY_VALUE.fullmatch(name) and _SIDE.search(value)):
        return True
    parts = values_of(value)
    if _SIDES.fullmatch(name):
        return len(parts) == 4 and parts[1] != parts[3]
    if name == _CORNERS and 2 <= len(parts) <= 4 and "/" not in parts:
        repeated = parts if len(parts) == 2 else parts[1:2]
        top_left, top_right, bottom_right, bottom_left = [*parts, *repeated][:4]
        return top_left != top_right or bottom_right != bottom_left
    return False


def one_sided(css: str) -> Iterator[str]:
    """The declarations of a stylesheet that are wrong on a page that runs from right to left."""
    for name, value in _DECLARATION.findall(_COMMENT.sub("", css)):
        if is_one_sided(name, value) and (name, value) not in GEOMETRY:
            yield f"{name}: {value}"


@pytest.mark.parametrize("path", STYLESHEETS, ids=lambda path: path.stem)
def test_nothing_is_at_the_left_or_right_that_could_be_at_the_start_or_end(path):
    assert list(one_sided(path.read_text())) == []


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-left: 1rem",
        "left: 0",
        "border-right-color: red",
        "border-top-left-radius: 1rem",
        "text-align: right",
        "float: left",
        "padding: 0.4rem 0.9rem 0.4rem 2.6rem",
        "margin: 0 calc(1rem + 2px) 0 0",
        "inset: 0 auto 0 0",
        "border-radius: 1rem 0",
        "border-radius: 0 1rem 1rem 0",
    ],
)
def test_a_declaration_that_tells_left_from_right_is_found(declaration):
    assert list(one_sided(f"a {{ color: red; {declaration}; }}")) == [declaration]
    assert list(one_sided(f"@media print {{ a {{ {declaration} }} }}")) == [declaration]


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-inline-start: 1rem",
        "text-align: start",
        "margin: 0 auto",
        "padding: 1rem 2rem 3rem",
        "border-radius: 1rem 1rem 0 0",
        "border-radius: 1rem",
        "padding: 0 max(1rem, (100% - 3rem) / 2)",
        "/* left: 0; */ color: red",
    ],
)
def test_a_declaration_that_suits_both_directions_is_not_found(declaration):
    assert list(one_sided(f"a {{ {declaration}; }}")) == []
