"""Anchors: the fixed points of a zone that pins stand on. How they are packed, on disk and for each zone."""

import hashlib
import lzma
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mapservice.errors import MapServiceError

#: Anchors a zone has at the most.
MAX_ANCHORS = 256

#: A packed coordinate is a whole number of these, in degrees.
UNIT = 1e-6

_POINT = struct.Struct("<ii")
_MAGIC = b"anchors1"
_HEAD = struct.Struct("<8sII")


class BrokenAnchorsError(MapServiceError):
    """The bytes are not a file of anchors."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """The anchors of one zone on a grid of its own: whole steps from a corner, all in units of 1e-6 degrees.

    ``steps`` is an array of (x, y), sorted, each below 65536. A zone on both sides of the antimeridian goes on
    beyond 180 degrees.
    """

    west: int
    south: int
    step: int
    steps: np.ndarray


def count(packed: bytes) -> int:
    """The number of anchors of a zone."""
    return len(packed) // _POINT.size


def point(packed: bytes, index: int) -> tuple[float, float]:
    """One anchor of a zone as (lng, lat) in degrees, SRID 4326.

    :raise IndexError: if the zone has fewer anchors.

    >>> point(bytes.fromhex("80841e00c0c62d00"), 0)
    (2.0, 3.0)
    """
    if not 0 <= index < count(packed):
        raise IndexError(index)
    lng, lat = _POINT.unpack_from(packed, index * _POINT.size)
    return lng / 1_000_000, lat / 1_000_000


def points(packed: bytes) -> np.ndarray:
    """All anchors of a zone as an array of (lng, lat) in degrees, SRID 4326."""
    return np.frombuffer(packed, dtype="<i4").reshape(-1, 2) / 1_000_000


def dump(lattices: Sequence[Lattice]) -> bytes:
    """A file of anchors: the zones' corners and steps, then all x as differences and all y, in planes of bytes."""
    counts = [len(lattice.steps) for lattice in lattices]
    xs = [np.diff(lattice.steps[:, 0], prepend=0) for lattice in lattices]
    ys = [lattice.steps[:, 1] for lattice in lattices]
    head = _HEAD.pack(_MAGIC, len(lattices), sum(counts))
    columns = [
        np.array(counts, dtype="<u2").tobytes(),
        np.array([(item.west, item.south, item.step) for item in lattices], dtype="<i4").tobytes(),
        *(_planes(np.concatenate(column)) for column in (xs, ys)),
    ]
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 4, "lp": 0, "pb": 0, "dict_size": 1 << 22}]
    return lzma.compress(head + b"".join(columns), check=lzma.CHECK_CRC32, filters=filters)


def _planes(column: np.ndarray) -> bytes:
    """A column of 16-bit numbers, all low bytes first: they compress better apart."""
    return column.astype("<u2").view(np.uint8).reshape(-1, 2).T.tobytes()


def load(data: bytes, zones: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """The zones with their packed anchors: little-endian int32 pairs (lng, lat) in 1e-6 degrees.

    ``zones`` are the ids in the order of the file. A zone's anchors come in an order that says nothing about
    where they are: by a hash of zone and point.

    :raise BrokenAnchorsError: if the data are no such file, or of another number of zones.
    """
    try:
        counts, places = _unpack(lzma.decompress(data), len(zones))
    except (lzma.LZMAError, struct.error, ValueError) as error:
        raise BrokenAnchorsError from error
    if not zones:
        return
    packed = places[_order(counts, places, zones)].tobytes()
    ends = (np.cumsum(counts) * _POINT.size).tolist()
    for zone, start, end in zip(zones, [0, *ends[:-1]], ends, strict=True):
        yield zone, packed[start:end]


def _order(counts: np.ndarray, places: np.ndarray, zones: Sequence[str]) -> np.ndarray:
    """The numbers of all anchors, zone by zone, in the order of their hashes within the zone."""
    seeds = [int.from_bytes(hashlib.sha256(zone.encode()).digest()[:8], "little") for zone in zones]
    owner = np.repeat(np.arange(len(zones)), counts)
    # One row a zone, filled up with the largest number: sorting many short rows takes an eighth of sorting all at once.
    inside = np.arange(counts.max()) < counts[:, None]
    hashes = np.full(inside.shape, np.iinfo(np.uint64).max)
    hashes[inside] = _mixed(places, np.array(seeds, dtype=np.uint64)[owner])
    return np.argsort(hashes, axis=1)[inside] + (np.cumsum(counts) - counts)[owner]


def _unpack(raw: bytes, zones: int) -> tuple[np.ndarray, np.ndarray]:
    """The number of anchors of each zone, and all anchors as int32 pairs (lng, lat) in 1e-6 degrees."""
    magic, number, total = _HEAD.unpack_from(raw)
    if magic != _MAGIC or number != zones or len(raw) != _HEAD.size + number * 14 + total * 4:
        raise BrokenAnchorsError
    counts = np.frombuffer(raw, "<u2", number, _HEAD.size).astype(np.int64)
    west, south, step = np.frombuffer(raw, "<i4", number * 3, _HEAD.size + number * 2).reshape(-1, 3).T.astype(np.int64)
    planes = np.frombuffer(raw, np.uint8, total * 4, _HEAD.size + number * 14).reshape(2, 2, total).astype(np.int64)
    deltas, ys = planes[:, 0] + (planes[:, 1] << 8)
    xs = np.cumsum(deltas)
    starts = np.cumsum(counts) - counts
    before = np.where(starts > 0, xs[starts - 1], 0)
    owner = np.repeat(np.arange(number), counts)
    lngs = west[owner] + (xs - before[owner]) * step[owner]
    lats = south[owner] + ys * step[owner]
    return counts, wrapped(np.stack([lngs, lats], axis=1)).astype("<i4")


def wrapped(places: np.ndarray) -> np.ndarray:
    """Places (lng, lat) in 1e-6 degrees with a lng beyond 180 degrees brought back to the map."""
    return places - (places[:, :1] > 180_000_000) * (360_000_000, 0)


def _mixed(places: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """A 64-bit hash of each place and its zone's seed.

    Source: Steele, Lea & Flood (2014), OOPSLA, doi:10.1145/2660193.2660195 (SplitMix64).
    """
    value = places.astype("<i4").view("<u8")[:, 0] ^ seeds
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
