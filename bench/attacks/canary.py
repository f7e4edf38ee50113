"""A home nobody has, and all the ways in which it could be written down."""

import base64
import math
import secrets
import struct
from typing import NamedTuple

#: Metres of the Earth's radius, by which maps of the web are drawn (EPSG 3857).
_RADIUS_M = 6_378_137


class Canary(NamedTuple):
    """What a browser knows of a home and the service must not: degrees, to eleven places."""

    lng: float
    lat: float


def new_canary() -> Canary:
    """A home in Freiburg that no earlier run has planted: from the fifth place on by chance, so that what is rounded
    more is the same in every run and met by nothing that is shown there."""
    return Canary(*(round(at + secrets.randbelow(5 * 10**6) / 1e11, 11) for at in (7.8419, 47.9986)))


def in_text(canary: Canary) -> list[str]:
    """The home as text in small letters: numbers, rounded and in metres of the map too, hex of float8, base64."""
    words = (
        [str(value) for value in canary] + [f"{value:.4f}" for value in canary] + [f"{m:.1f}" for m in _drawn(canary)]
    )
    return [*words, *(packed.hex() for packed in _packed(canary)), *map(str.lower, _base64(canary))]


def in_bytes(canary: Canary) -> list[bytes]:
    """The home as a file could hold it: float8 of both byte orders, digits of numeric, texts; so exact that none is
    of an earlier run, whose remains stand in the same file."""
    words = [*map(str, canary), *(f"{value:.{places}f}" for value in canary for places in (8, 10))]
    words += [word for packed in _packed(canary) for word in (packed.hex(), packed.hex().upper())] + _base64(canary)
    return [*_packed(canary), *map(_numeric, canary), *(word.encode() for word in words)]


def _drawn(canary: Canary) -> tuple[float, float]:
    """Where the home stands on a map of the web, in metres."""
    lng, lat = map(math.radians, canary)
    return _RADIUS_M * lng, _RADIUS_M * math.log(math.tan(math.pi / 4 + lat / 2))


def _packed(canary: Canary) -> list[bytes]:
    # A point in WKB, in any dialect, and in a tuple of PostGIS holds these eight bytes.
    return [struct.pack(order, value) for value in (*canary, *_drawn(canary)) for order in ("<d", ">d")]


def _numeric(degrees: float) -> bytes:
    """The digits of PostgreSQL's numeric, four in two bytes: also what a number in JSONB is kept as."""
    whole, _, rest = f"{degrees:.11f}".partition(".")
    return struct.pack("<3h", int(whole), int(rest[:4]), int(rest[4:8]))


def _base64(canary: Canary) -> list[str]:
    """The letters that do not depend on what stands before and behind, at each of three alignments."""
    parts = []
    for order in ("<2d", ">2d"):
        packed = struct.pack(order, *canary)
        for before in range(3):
            letters = base64.b64encode(b"\0" * before + packed).decode()
            parts.append(letters[-(-before * 8 // 6) : (before + len(packed)) * 8 // 6])
    return parts
