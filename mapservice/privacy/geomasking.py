"""Geomasking: replaces a location by a zone at the level that the member chose, and a pin at one of its anchors."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from mapservice.geo import anchors
from mapservice.geo.zones import Level, Zone, ZoneId, ancestor, is_finer, level_of


@dataclass(frozen=True, slots=True)
class Pin:
    """Position at which a membership is drawn: (lng, lat) in degrees, SRID 4326; always an anchor of its zone."""

    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Shown:
    """The zone that a membership shows, and its pin; None if the zone is a country or a region."""

    zone_id: ZoneId
    pin: Pin | None


@dataclass(frozen=True, slots=True)
class MaskedPlace:
    """Everything that is ever stored of a location: the home zone, and what each condition (by its id) shows of it."""

    home: ZoneId
    shown: Mapping[int, Shown]


def anchor_index(key: bytes, zone: Zone, member: UUID, condition: int, salt: bytes, count: int) -> int:
    """Return the index, among the ``count`` anchors of a zone, at which a membership is drawn; the same at every call.

    The condition in the HMAC message gives one person unrelated pins in two conditions; the random ``salt`` of the
    membership does the same for a person who left and joined again. The key protects nothing finer than the zone:
    somebody with the key learns no more than the zone.

    Source: docs/decisions/0003-pins.md, and 0020-zones-in-consents-and-salts.md for the salt.
    """
    message = (
        _before(zone, salt) + _length_prefixed(member.bytes) + _length_prefixed(str(condition).encode()) + _after(salt)
    )
    return _index(key, message, count)


def _before(zone: Zone, salt: bytes) -> bytes:
    """Return the part of the HMAC message before the member id."""
    # Memberships created before salts existed have an empty salt: their pins do not move.
    label = b"anchor/v2" if salt else b"anchor/v1"
    return b"".join(map(_length_prefixed, (label, str(zone.tree).encode(), zone.id.encode())))


def _after(salt: bytes) -> bytes:
    """Return the part of the HMAC message after the member id."""
    return _length_prefixed(salt) if salt else b""


def _length_prefixed(part: bytes) -> bytes:
    """Return a part prefixed with its length, so that different parts never form the same HMAC message."""
    return len(part).to_bytes(4, "big") + part


def _index(key: bytes, message: bytes, count: int) -> int:
    return int.from_bytes(hmac.digest(key, message, hashlib.sha256), "big") % count


def jitter(zone: Zone, member: UUID, condition: int, *, salt: bytes, key: bytes) -> Shown:
    """Return what a membership shows of a zone: a pin at one of its anchors, or no pin for a country or region."""
    count = anchors.count(zone.anchors)
    if not is_finer(zone.level, than=Level.REGION) or count == 0:
        return Shown(zone.id, None)
    index = anchor_index(key, zone, member, condition, salt, count)
    return Shown(zone.id, Pin(*anchors.point(zone.anchors, index)))


def jitter_many(memberships: Iterable[tuple[Zone, bytes, int, bytes]], *, key: bytes) -> Iterator[Pin | None]:
    """Yield the pins of many memberships, each as chosen by ``jitter``.

    A membership is a zone, the 16 bytes of the member's id, a condition, and the salt.
    """
    zones: dict[tuple[ZoneId, bool], tuple[bytes, int]] = {}
    frame = _length_prefixed(bytes(16))[:4]
    for zone, member, condition, salt in memberships:
        kind = zone.id, bool(salt)
        if kind not in zones:
            is_drawn = is_finer(zone.level, than=Level.REGION)
            zones[kind] = _before(zone, salt) + frame, anchors.count(zone.anchors) if is_drawn else 0
        before, count = zones[kind]
        message = before + member + _length_prefixed(b"%d" % condition) + _after(salt)
        yield Pin(*anchors.point(zone.anchors, _index(key, message, count))) if count else None


def coarsen(home: ZoneId, level: Level) -> ZoneId:
    """Return the ancestor of the home zone at a level, or the home zone itself if it is not finer than the level.

    >>> coarsen("DE.3.7.2", Level.REGION), coarsen("DE.3", Level.AREA)
    ('DE.3', 'DE.3')
    """
    return ancestor(home, level) if is_finer(level_of(home), than=level) else home
