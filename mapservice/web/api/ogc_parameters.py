"""The parameters of collections, and how they are parsed. Source: OGC API Features, Part 1: Core (OGC 17-069r4)."""

import datetime as dt
import math
import re
from typing import NamedTuple

from mapservice.geo.bbox import Bbox
from mapservice.i18n.translation import lazy_gettext as _l
from mapservice.web.api.parameters import Parameter, integer_parser
from mapservice.web.api.schemas import NUMBER, TEXT

#: Features per page, by default and at most.
DEFAULT_LIMIT, MAX_LIMIT = 100, 1_000

#: Offset beyond any feature.
MAX_OFFSET = 999_999_999

_DEGREES = re.compile(r"[+-]?(\d{1,4}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d))?")


class Period(NamedTuple):
    """A period: first and last day."""

    first: dt.date
    last: dt.date


def read_limit(text: str) -> int:
    """Return the number of features; larger values are reduced to the maximum (requirement 22)."""
    return min(integer_parser(1, MAX_OFFSET)(text), MAX_LIMIT)


def read_bbox(text: str) -> Bbox:
    """Return a bounding box from 4 numbers, or from 6, whose heights are ignored.

    :raise ValueError: if it is not valid.
    """
    numbers = [_degrees(part) for part in text.split(",")]
    if len(numbers) not in {4, 6}:
        raise ValueError
    west, south, *_height = numbers[: len(numbers) // 2]
    east, north, *_height = numbers[len(numbers) // 2 :]
    if south > north or (west > east and not -180 <= east < west <= 180):
        raise ValueError
    return Bbox(west, south, east, north)


def read_period(text: str) -> Period:
    """Return the period of a date, a date-time, or an interval with a slash, which may be open.

    :raise ValueError: if it is not valid.
    """
    begin, slash, end = text.partition("/")
    if not slash:
        return Period(_day(text), _day(text))
    first = dt.date.min if begin in {"", ".."} else _day(begin)
    last = dt.date.max if end in {"", ".."} else _day(end)
    if first > last:
        raise ValueError
    return Period(first, last)


def _degrees(text: str) -> float:
    number = float(text) if _DEGREES.fullmatch(text) else math.nan
    if not math.isfinite(number):
        raise ValueError
    return number


def _day(text: str) -> dt.date:
    if not _MOMENT.fullmatch(text):
        raise ValueError
    dt.datetime.fromisoformat(re.sub(r"\.\d+", "", text.upper()).replace("Z", "+00:00"))
    return dt.date.fromisoformat(text[:10])


LIMIT = Parameter(
    "limit",
    _l("Features per page, starting at 1; values above %(most)s are treated as %(most)s.", most=f"{MAX_LIMIT:,}"),
    {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}, read_limit, DEFAULT_LIMIT,
)  # fmt: skip
OFFSET = Parameter(
    "offset", _l("Number of features to skip."), {**NUMBER, "maximum": MAX_OFFSET, "default": 0},
    integer_parser(0, MAX_OFFSET), 0,
)  # fmt: skip
BBOX = Parameter(
    "bbox", _l("Only shapes that intersect a bounding box: west,south,east,north in degrees (CRS84), optionally "
               "with heights."),
    {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}, read_bbox,
)  # fmt: skip
DATETIME = Parameter(
    "datetime", _l("A date, a time, or an interval of two with a slash in between, as in RFC 3339. Two dots are an "
                   "open end."),
    TEXT, read_period,
)  # fmt: skip
RELEASE = Parameter(
    "release", _l("Number of a release. Without it: the newest."), {"type": "integer", "minimum": 1},
    integer_parser(1, MAX_OFFSET),
)  # fmt: skip
CONDITION = Parameter("condition", _l("Slug of a condition. Without it: all that have statistics."), TEXT)
