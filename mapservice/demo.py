"""The invented people of the demo community: roles, homes, visibility. The same seed gives the same people."""

import base64
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from mapservice.geo.zones import CHOOSABLE, Level, Zone, ZoneId, path
from mapservice.privacy.geomasking import jitter_many
from mapservice.privacy.precision import FINEST_FOR_MINORS, MIN_EXPECTED_PEOPLE, UNKNOWN_PREVALENCE
from mapservice.privacy.visibility import Audience, Role

#: Shares of the demo community, chosen so that its map resembles those of real communities.
LEVEL_SHARES = {None: 0.08, Level.COUNTRY: 0.10, Level.REGION: 0.16, Level.DISTRICT: 0.24, Level.AREA: 0.42}
AUDIENCE_SHARES = {Audience.NOBODY: 0.15, Audience.CONDITION: 0.45, Audience.MEMBERS: 0.40}
ROLE_SHARES = {
    Role.PERSON: 0.70, Role.CAREGIVER: 0.20, Role.ORGANISATION: 0.02,
    Role.ADVISER: 0.02, Role.PROFESSIONAL: 0.04, Role.RESEARCHER: 0.02,
}  # fmt: skip
MINOR_SHARE = 0.4  # of the caregivers
FINER_SHARE = 0.6  # of those whose level needs the second consent
COUNTED_SHARE = 0.8  # of all, with consent to be counted
YEARS = 5  # over which the members joined

#: Number of people who are drawn at a time, so that many need no more memory than some.
DRAWN_AT_ONCE = 1_000_000

_WORDS = (
    *("Alder", "Amber", "Aspen", "Birch", "Bramble", "Brook", "Cedar", "Clover", "Coral", "Cricket", "Daisy", "Elder"),
    *("Fern", "Finch", "Flint", "Hazel", "Heather", "Heron", "Ivy", "Juniper", "Lark", "Laurel", "Linden", "Maple"),
    *("Marten", "Meadow", "Moss", "Olive", "Otter", "Pebble", "Pine", "Plover", "Poppy", "Quartz", "Reed", "Robin"),
    *("Rowan", "Sage", "Sorrel", "Sparrow", "Swift", "Thistle", "Thyme", "Tulip", "Willow", "Wren", "Yarrow"),
)

_COLUMNS = ("role", "minor", "audience", "finer", "counted", "days", "name")

#: Placeholder for the zone of somebody without a location: it has no anchors.
_NOWHERE = Zone(ZoneId(""), 0, Level.COUNTRY, "", 0, b"")


@dataclass(frozen=True, slots=True)
class Community:
    """A condition of the demo: its id, its share of the members, its prevalence per 100,000."""

    condition: int
    weight: float
    prevalence: float | None


class DemoMember(NamedTuple):
    """One invented person with one membership.

    ``id`` is a UUID in hexadecimal; ``lng`` and ``lat`` (degrees) are the pin, chosen as for real members.
    """

    id: str
    number: int
    pseudonym: str
    joined: dt.date
    condition: int
    public_id: str
    role: str
    for_minor: bool
    audience: str
    shown_zone: ZoneId | None
    lng: float | None
    lat: float | None
    agrees_to_finer: bool
    is_counted: bool
    salt: bytes


class Areas:
    """The areas of the world with the populations on the path up from each, as arrays, sorted by id."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self.by_id = {zone.id: zone for zone in zones}
        areas = sorted(zone.id for zone in zones if zone.level is Level.AREA)
        self.paths = [path(area) for area in areas]
        self.people = np.array([[self.by_id[zone_id].people for zone_id in steps] for steps in self.paths], dtype=float)


class _Draws(NamedTuple):
    """The random attributes of each person, as columns; a depth of -1 means no location."""

    home: np.ndarray
    join: np.ndarray
    role: np.ndarray
    minor: np.ndarray
    audience: np.ndarray
    depth: np.ndarray
    finer: np.ndarray
    days: np.ndarray
    name: np.ndarray
    counted: np.ndarray


def members(
    ground: Areas, communities: Sequence[Community], count: int, *, seed: int, today: dt.date, key: bytes
) -> Iterator[DemoMember]:
    """Yield people, distributed by the real populations, over the communities by their weights.

    ``today`` is the latest possible day of joining.
    """
    chance = np.random.default_rng(seed)
    for first in range(1, count + 1, DRAWN_AT_ONCE):
        some = min(DRAWN_AT_ONCE, count + 1 - first)
        yield from _some_members(chance, ground, communities, some, first=first, today=today, key=key)


def _some_members(
    chance: np.random.Generator,
    ground: Areas,
    communities: Sequence[Community],
    count: int,
    *,
    first: int,
    today: dt.date,
    key: bytes,
) -> Iterator[DemoMember]:
    """Yield people who are drawn at once, with numbers from ``first`` on."""
    draws = _draw(chance, ground, communities, count)
    ids, public_ids, salts = _ids(chance, count)
    # Lists, because reading single numbers from an array takes ten times as long.
    places = zip(draws.home.tolist(), draws.depth.tolist(), strict=True)
    shown = [ground.paths[home][depth] if depth >= 0 else None for home, depth in places]
    conditions = [communities[join].condition for join in draws.join.tolist()]
    zones = (ground.by_id[zone] if zone else _NOWHERE for zone in shown)
    pins = jitter_many(zip(zones, ids, conditions, salts, strict=True), key=key)
    attributes = zip(*(getattr(draws, column).tolist() for column in _COLUMNS), strict=True)
    rows = zip(ids, public_ids, conditions, shown, pins, attributes, salts, strict=True)
    for number, (own, public_id, condition, zone, pin, drawn, salt) in enumerate(rows, first):
        role, minor, audience, finer, counted, days, name = drawn
        pseudonym, joined = f"{name} {number} (invented)", today - dt.timedelta(days=days)
        lng, lat = (pin.lng, pin.lat) if pin else (None, None)
        who = own.hex(), number, pseudonym, joined, condition, public_id, role, minor
        yield DemoMember(*who, audience if zone else Audience.NOBODY, zone, lng, lat, finer, counted, salt)


def _draw(chance: np.random.Generator, ground: Areas, communities: Sequence[Community], count: int) -> _Draws:
    """Return random homes by population, conditions by weight, and everything else by its share."""
    home = chance.choice(len(ground.paths), count, p=ground.people[:, -1] / ground.people[:, -1].sum())
    weights = np.array([community.weight for community in communities])
    join = chance.choice(len(communities), count, p=weights / weights.sum())
    role = chance.choice(list(ROLE_SHARES), count, p=list(ROLE_SHARES.values()))
    minor = (role == Role.CAREGIVER) & (chance.random(count) < MINOR_SHARE)
    audience = chance.choice(list(AUDIENCE_SHARES), count, p=list(AUDIENCE_SHARES.values()))
    offered = _offered(
        ground.people[home], np.array([_prevalence(community) for community in communities])[join], minor
    )
    depth, finer = _depths(chance, offered, minor)
    days = np.minimum(chance.exponential(YEARS * 120, count), YEARS * 365).astype(int)
    name = chance.choice(_WORDS, count)
    counted = chance.random(count) < COUNTED_SHARE
    return _Draws(home, join, role, minor, audience, depth, finer, days, name, counted)


def _ids(chance: np.random.Generator, count: int) -> tuple[list[bytes], list[str], list[bytes]]:
    """Return random ids of members (UUID version 4) and of their memberships, and the salts of the latter."""
    random_bytes = np.frombuffer(chance.bytes(48 * count), dtype=np.uint8).reshape(-1, 48).copy()
    random_bytes[:, 6] = random_bytes[:, 6] & 0x0F | 0x40
    random_bytes[:, 8] = random_bytes[:, 8] & 0x3F | 0x80
    public = [base64.urlsafe_b64encode(row)[:22].decode() for row in _rows(random_bytes[:, 16:32])]
    return _rows(random_bytes[:, :16]), public, _rows(random_bytes[:, 32:])


def _rows(matrix: np.ndarray) -> list[bytes]:
    """Return the rows of an array of 16 bytes each."""
    whole = matrix.tobytes()
    return [whole[at : at + 16] for at in range(0, len(whole), 16)]


def _offered(people: np.ndarray, prevalence: np.ndarray, minors: np.ndarray) -> np.ndarray:
    """Return the depths offered by rarity, as ``precision.offered_level`` does for one person; 0 is the country."""
    enough = people * prevalence[:, None] / 100_000 >= MIN_EXPECTED_PEOPLE
    offered = np.maximum(enough.sum(axis=1) - 1, 0)
    depths: np.ndarray = np.where(minors, np.minimum(offered, CHOOSABLE.index(FINEST_FOR_MINORS)), offered)
    return depths


def _depths(chance: np.random.Generator, offered: np.ndarray, minors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the depth that each person shows (-1: no location), and whether that needed the second consent."""
    wished_depths = chance.choice(np.arange(-1, len(CHOOSABLE)), len(offered), p=list(LEVEL_SHARES.values()))
    agrees = (chance.random(len(offered)) < FINER_SHARE) & ~minors
    finer = (wished_depths > offered) & agrees
    return np.where(finer, wished_depths, np.minimum(wished_depths, offered)), finer


def _prevalence(community: Community) -> float:
    return UNKNOWN_PREVALENCE if community.prevalence is None else community.prevalence
