"""A community of people who do not exist: who they are, where they live, what they show. The same for the same seed."""

import base64
import datetime as dt
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mapservice.geo.zones import CHOOSABLE, Level, Zone, path
from mapservice.privacy.geomasking import Pin, jitter
from mapservice.privacy.precision import ENOUGH, FINEST_FOR_MINORS, UNKNOWN_PREVALENCE
from mapservice.privacy.visibility import Audience, Role

#: Shares of the demo community, that make a map look like those of real communities.
LEVEL_SHARES = {None: 0.08, Level.COUNTRY: 0.10, Level.REGION: 0.16, Level.DISTRICT: 0.24, Level.AREA: 0.42}
AUDIENCE_SHARES = {Audience.NOBODY: 0.15, Audience.CONDITION: 0.45, Audience.MEMBERS: 0.40}
ROLE_SHARES = {
    Role.PERSON: 0.70, Role.CAREGIVER: 0.20, Role.ORGANISATION: 0.02,
    Role.ADVISER: 0.02, Role.PROFESSIONAL: 0.04, Role.RESEARCHER: 0.02,
}  # fmt: skip
MINOR_SHARE = 0.4  # of the caregivers
FINER_SHARE = 0.6  # of those whose level asks for the second consent
YEARS = 5  # over which the community came together

_WORDS = (
    *("Alder", "Amber", "Aspen", "Birch", "Bramble", "Brook", "Cedar", "Clover", "Coral", "Cricket", "Daisy", "Elder"),
    *("Fern", "Finch", "Flint", "Hazel", "Heather", "Heron", "Ivy", "Juniper", "Lark", "Laurel", "Linden", "Maple"),
    *("Marten", "Meadow", "Moss", "Olive", "Otter", "Pebble", "Pine", "Plover", "Poppy", "Quartz", "Reed", "Robin"),
    *("Rowan", "Sage", "Sorrel", "Sparrow", "Swift", "Thistle", "Thyme", "Tulip", "Willow", "Wren", "Yarrow"),
)


@dataclass(frozen=True, slots=True)
class Community:
    """A condition of the demo: its id, its share of the members, its prevalence per 100,000."""

    condition: int
    weight: float
    prevalence: float | None


@dataclass(frozen=True, slots=True)
class DemoMember:
    """One invented person with one membership; ``pin`` (lng, lat) as the real path would choose it."""

    id: uuid.UUID
    number: int
    pseudonym: str
    joined: dt.date
    home: str | None
    condition: int
    public_id: str
    role: str
    for_minor: bool
    audience: Audience
    shown_zone: str | None
    pin: Pin | None
    agrees_to_finer: bool


class Ground:
    """The areas of the world with the people on the way up from each, as arrays, in the order of their ids."""

    def __init__(self, zones: Sequence[Zone]) -> None:
        self.by_id = {zone.id: zone for zone in zones}
        areas = sorted(zone.id for zone in zones if zone.level is Level.AREA)
        self.paths = [path(area) for area in areas]
        self.people = np.array([[self.by_id[each].people for each in steps] for steps in self.paths], dtype=float)


def members(
    ground: Ground, communities: Sequence[Community], count: int, *, seed: int, today: dt.date, key: bytes
) -> Iterator[DemoMember]:
    """People placed by the real populations, over the communities by their weights.

    ``today`` is the injected clock: nobody joins later.
    """
    chance = np.random.default_rng(seed)
    homes = chance.choice(len(ground.paths), count, p=ground.people[:, -1] / ground.people[:, -1].sum())
    weights = np.array([community.weight for community in communities])
    joins = chance.choice(len(communities), count, p=weights / weights.sum())
    roles = chance.choice(list(ROLE_SHARES), count, p=list(ROLE_SHARES.values()))
    minors = (roles == "caregiver") & (chance.random(count) < MINOR_SHARE)
    audiences = chance.choice(list(AUDIENCE_SHARES), count, p=list(AUDIENCE_SHARES.values()))
    offered = _offered(ground.people[homes], np.array([_prevalence(each) for each in communities])[joins], minors)
    depths, finer = _depths(chance, offered, minors)
    days = np.minimum(chance.exponential(YEARS * 120, count), YEARS * 365).astype(int)
    names = chance.choice(_WORDS, count)
    ids = chance.bytes(32 * count)
    for at in range(count):
        steps, depth = ground.paths[homes[at]], depths[at]
        community, shown_zone = communities[joins[at]], steps[depth] if depth >= 0 else None
        member_id = uuid.UUID(bytes=ids[at * 32 : at * 32 + 16], version=4)
        shown = jitter(ground.by_id[shown_zone], member_id, community.condition, key=key) if shown_zone else None
        yield DemoMember(
            id=member_id,
            number=at + 1,
            pseudonym=f"{names[at]} {at + 1} (invented)",
            joined=today - dt.timedelta(days=int(days[at])),
            home=shown_zone,
            condition=community.condition,
            public_id=base64.urlsafe_b64encode(ids[at * 32 + 16 : at * 32 + 32]).decode().rstrip("="),
            role=str(roles[at]),
            for_minor=bool(minors[at]),
            audience=Audience(audiences[at]) if shown_zone else Audience.NOBODY,
            shown_zone=shown_zone,
            pin=shown.pin if shown else None,
            agrees_to_finer=bool(finer[at]),
        )


def _offered(people: np.ndarray, prevalence: np.ndarray, minors: np.ndarray) -> np.ndarray:
    """The depth offered to each by rarity, as ``precision.offered_level`` does for one; 0 is the country."""
    enough = people * prevalence[:, None] / 100_000 >= ENOUGH
    offered = np.maximum(enough.sum(axis=1) - 1, 0)
    return np.where(minors, np.minimum(offered, CHOOSABLE.index(FINEST_FOR_MINORS)), offered)


def _depths(chance: np.random.Generator, offered: np.ndarray, minors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The depth each shows (-1: no place), and whether that took the second consent."""
    wished = chance.choice(np.arange(-1, len(CHOOSABLE)), len(offered), p=list(LEVEL_SHARES.values()))
    agrees = (chance.random(len(offered)) < FINER_SHARE) & ~minors
    finer = (wished > offered) & agrees
    return np.where(finer, wished, np.minimum(wished, offered)), finer


def _prevalence(community: Community) -> float:
    return UNKNOWN_PREVALENCE if community.prevalence is None else community.prevalence
