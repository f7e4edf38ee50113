"""The box around something: one form of it everywhere."""

from typing import NamedTuple


class Bbox(NamedTuple):
    """West, south, east, north; in degrees (SRID 4326) unless something else is said.

    It spans the antimeridian where ``west`` is the greater. Source: RFC 7946, section 5.2.
    """

    west: float
    south: float
    east: float
    north: float
