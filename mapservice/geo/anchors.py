"""Anchors: the fixed points of a zone at which pins are drawn, and how they are packed on disk and in the database."""

import hashlib
import lzma
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mapservice.errors import MapServiceError

#: Maximum number of anchors of a zone.
MAX_ANCHORS = 256

#: Unit of a packed coordinate, in degrees.
UNIT = 1e-6

_POINT = struct.Struct("<ii")
_MAGIC = b"anchors1"
_HEAD = struct.Struct("<8sII")


class BrokenAnchorsError(MapServiceError):
    """The bytes are not a valid anchor file."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """The anchors of one zone on a grid: whole steps from a corner, in units of 1e-6 degrees.

    ``steps`` is an array of (x, y), sorted, each below 65536. The longitudes of a zone that crosses the antimeridian
    continue beyond 180 degrees.
    """

    west: int
    south: int
    step: int
    steps: np.ndarray


def count(packed: bytes) -> int:
    """Return the number of anchors in a packed array."""
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
    """Return the bytes of an anchor file: corners and counts of the zones, then all steps in x, then all in y.

    The columns are stored as planes of bytes, see :func:`_planes`.
    """
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
    """Return a column of 16-bit numbers with all low bytes first, which compresses better."""
    return column.astype("<u2").view(np.uint8).reshape(-1, 2).T.tobytes()


def load(data: bytes, zones: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the packed anchors of each zone: little-endian int32 pairs (lng, lat) in 1e-6 degrees.

    ``zones`` are the ids in the order of the file. The anchors of a zone are sorted by a hash of zone and point, so
    that their order reveals nothing about their positions.

    :raise BrokenAnchorsError: if the data are no anchor file, or the number of zones differs.
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
    """Return the indexes of all anchors, zone by zone, sorted by hash within each zone."""
    seeds = [int.from_bytes(hashlib.sha256(zone.encode()).digest()[:8], "little") for zone in zones]
    owner = np.repeat(np.arange(len(zones)), counts)
    # One row per zone, padded with the largest number: sorting many short rows takes an eighth of the time of sorting
    # all anchors at once.
    inside = np.arange(counts.max()) < counts[:, None]
    hashes = np.full(inside.shape, np.iinfo(np.uint64).max)
    hashes[inside] = _mixed(places, np.array(seeds, dtype=np.uint64)[owner])
    order: np.ndarray = np.argsort(hashes, axis=1)[inside] + (np.cumsum(counts) - counts)[owner]
    return order


def _unpack(raw: bytes, zones: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of anchors of each zone, and all anchors as int32 pairs (lng, lat) in 1e-6 degrees."""
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
    return counts, wrap_longitudes(np.stack([lngs, lats], axis=1)).astype("<i4")


def wrap_longitudes(places: np.ndarray) -> np.ndarray:
    """Return positions (lng, lat) in 1e-6 degrees, with longitudes beyond 180 degrees wrapped at the antimeridian."""
    beyond = (places[:, :1] > 180_000_000) * (360_000_000, 0)
    moved: np.ndarray = places - beyond
    return moved


def _mixed(places: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """Return a 64-bit hash of each position, seeded by its zone.

    Source: Steele, Lea & Flood (2014), OOPSLA, doi:10.1145/2660193.2660195 (SplitMix64).
    """
    value = places.astype("<i4").view("<u8")[:, 0] ^ seeds
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: np.ndarray = value ^ (value >> np.uint64(31))
    return mixed
