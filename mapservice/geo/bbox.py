"""Bounding boxes."""

from typing import NamedTuple


class Bbox(NamedTuple):
    """A bounding box: west, south, east, north, in degrees (SRID 4326) unless noted otherwise.

    It crosses the antimeridian where ``west`` is greater than ``east``. Source: RFC 7946, section 5.2.
    """

    west: float
    south: float
    east: float
    north: float
