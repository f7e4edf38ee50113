"""Attacks on one member's place: averaging, leaked keys and dumps, level toggles, a border entered again, distances."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import h3
import numpy as np
import shapely

from bench.attacks.people import Members, km_between, locate, members, moved, neighbours, world
from bench.attacks.table import Context, Outcome
from mapservice.geo.zone_data import TREE_VERSION, ZoneRecord
from mapservice.geo.zones import Level, Zone, path
from mapservice.privacy.geomasking import coarsen, jitter
from mapservice.privacy.home_changes import Home, next_home
from mapservice.privacy.showing import Wish, obstacles
from mapservice.privacy.visibility import Audience

KEY, CONDITION, SALT = b"\x5e" * 32, 7, b"\x0a" * 16

#: How far the attacker trusts what he saw against the map of settlements; he takes the best for him.
TRUST = (0.0, 0.25, 0.5, 0.75, 1.0)

LEARNED = 40


def zone_of(record: ZoneRecord) -> Zone:
    """A zone as the product masks with it."""
    return Zone(record.id, TREE_VERSION, record.level, record.name, record.people, record.anchors)


def pin_of(context: Context, area: int, member: uuid.UUID, condition: int = CONDITION) -> tuple[float, float]:
    """The product's pin of a member of an area."""
    where = world(context)
    shown = jitter(zone_of(where.zones[where.areas[area]]), member, condition, salt=SALT, key=KEY)
    assert shown.pin is not None
    return shown.pin.lng, shown.pin.lat


def best_guess(context: Context, area: int, chance: np.random.Generator) -> np.ndarray:
    """Where an attacker who knows just the zone looks: the home of a neighbour that is nearest to all others."""
    homes = neighbours(context, area, LEARNED, chance)
    return homes[np.argmin(km_between(homes[:, None], homes[None]).sum(axis=1))]


def error_ratio(context: Context, people: Members, seen: np.ndarray) -> float:
    """The median error of the best mixture of what was seen and the zone, over that of who knows just the zone."""
    chance = np.random.default_rng([context.seed, 1])
    prior = np.array([best_guess(context, area, chance) for area in people.area])
    alone = np.median(km_between(prior, people.home))
    step = seen - prior
    step[:, 0] = (step[:, 0] + 180) % 360 - 180
    return min(float(np.median(km_between(prior + trust * step, people.home))) for trust in TRUST) / float(alone)


def a1_averaging(context: Context) -> Outcome:
    """A neighbour watches one pin through 200 saves and averages it (Cassa et al. 2008, doi:10.1186/1476-072X-7-45)."""
    people, saves = members(context, min(context.scale.members, 1_500), salt=1), 200
    chance = np.random.default_rng([context.seed, 2])
    ids = [uuid.UUID(bytes=chance.bytes(16), version=4) for _ in people.area]
    pins = [{pin_of(context, area, who) for _ in range(saves)} for area, who in zip(people.area, ids, strict=True)]
    most = max(map(len, pins))
    ratio = error_ratio(context, people, np.array([np.mean(sorted(points), axis=0) for points in pins]))
    shape = (len(people.home), saves)
    fresh = [
        moved(people.home, km, bearing)
        for km, bearing in zip(chance.rayleigh(2, shape).T, chance.uniform(0, 2 * np.pi, shape).T, strict=True)
    ]
    broken = error_ratio(context, people, np.mean(fresh, axis=0))
    return Outcome(
        "A1 averaging 200 saves", "error / zone-only; pins of one member", "≥ 0.95; 1", f"{ratio:.3f}; {most}",
        ratio >= 0.95 and most == 1, "fresh jitter", f"{broken:.3f}", broken < 0.95,
    )  # fmt: skip


def a2_leaks(context: Context) -> Outcome:
    """Somebody with a stolen dump and the key tries every home of the neighbourhood, and keeps what fits the pin."""
    people = members(context, min(context.scale.members, 600), salt=2)
    chance = np.random.default_rng([context.seed, 3])
    ids = [uuid.UUID(bytes=chance.bytes(16), version=4) for _ in people.area]
    offsets = moved(np.zeros((len(ids), 2)), chance.uniform(1, 5, len(ids)), chance.uniform(0, 2 * np.pi, len(ids)))

    def product(number: int, _home: np.ndarray, area: int) -> np.ndarray:
        return np.array(pin_of(context, area, ids[number]))

    def keyed_offset(number: int, home: np.ndarray, _area: int) -> np.ndarray:
        return home + offsets[number]

    ratio, broken = (_by_trying(context, people, design) for design in (product, keyed_offset))
    return Outcome(
        "A2 key and dump leak", "error / zone-only", "≥ 0.95", f"{ratio:.3f}", ratio >= 0.95,
        "keyed offset", f"{broken:.3f}", broken < 0.95,
    )  # fmt: skip


def _by_trying(context: Context, people: Members, design: Callable[[int, np.ndarray, int], np.ndarray]) -> float:
    """The error of the homes that would have given this pin, over that of any home of the zone."""
    chance = np.random.default_rng([context.seed, 4])
    guessed: list[float] = []
    alone: list[float] = []
    for number, (home, area) in enumerate(zip(people.home, people.area, strict=True)):
        pin = design(number, home, area)
        # The home itself is among those tried: the attacker has all the addresses of the town.
        tried = np.vstack([home, neighbours(context, area, LEARNED, chance)])
        fits = np.array([km_between(design(number, member, area), pin) < 0.001 for member in tried])
        for errors, kept in ((guessed, tried[fits]), (alone, tried)):
            middle = kept[np.argmin(km_between(kept[:, None], kept[None]).sum(axis=1))]
            errors.append(float(km_between(middle, home)))
    return float(np.median(guessed) / np.median(alone))


def a3_toggles(context: Context) -> Outcome:
    """A neighbour notes all that a member shows through 50 changes of level, and cuts the shapes with each other."""
    people, where = members(context, min(context.scale.members, 500), salt=3), world(context)
    chance = np.random.default_rng([context.seed, 5])
    levels = np.array([Level.COUNTRY, Level.REGION, Level.DISTRICT, Level.AREA])
    least, least_h3 = 1.0, 1.0
    for home, area in zip(people.home, people.area, strict=True):
        chosen = {Level(level) for level in chance.choice(levels[1:], 50)}
        seen = {coarsen(where.areas[area], level) for level in chosen}
        nested = [where.zones[zone].shape for zone in sorted(seen, key=len)]
        finest: Any = nested[-1]
        for shape in nested:
            shapely.prepare(shape)
            cut = 1.0 if shapely.covers(shape, finest) else shapely.area(shape & finest) / finest.area
            least = min(least, cut)
        cells = [h3.latlng_to_cell(home[1], home[0], resolution) for resolution in (5, 4, 3)]
        shapes = [shapely.Polygon([(lng, lat) for lat, lng in h3.cell_to_boundary(cell)]) for cell in cells]
        if all(shape.bounds[2] - shape.bounds[0] < 180 for shape in shapes):
            least_h3 = min(least_h3, (shapes[0] & shapes[1] & shapes[2]).area / shapes[0].area)
    return Outcome(
        "A3 50 level toggles", "what is left / finest zone chosen, worst member", "= 1.000", f"{least:.3f}",
        least > 0.9995, "H3 indexed for each level", f"{least_h3:.3f}", least_h3 <= 0.9995,
    )  # fmt: skip


def a8_border(context: Context) -> Outcome:
    """A neighbour hopes that somebody near a border enters the same home again, 300 m off, and flips the zone."""
    people, where = members(context, salt=8), world(context)
    chance = np.random.default_rng([context.seed, 6])
    countries = np.array(where.countries)
    own = countries[people.area]
    homes_entered = [
        moved(people.home, np.abs(chance.normal(0, 0.3, len(own))), chance.uniform(0, 2 * np.pi, len(own)))
        for _ in range(5)
    ]
    entered = [locate(where.tree, at, countries, own) for at in homes_entered]
    flipped = sum(len(set(zones)) > 1 for zones in zip(people.area, *entered, strict=True))
    changed = sum(_changes(context, int(area), again) for area, *again in zip(people.area, *entered, strict=True))
    return Outcome(
        "A8 border entered 5 times more", "members whose zone changed", "0", str(changed), changed == 0,
        'no "moved" rule', f"{flipped / len(own):.3f}", flipped > 0,
    )  # fmt: skip


def _changes(context: Context, area: int, again: list[int]) -> bool:
    """Whether the stored zone changes for somebody who enters the home again each month, and never says they moved."""
    where, now = world(context), dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    home = first = Home(where.areas[area], now)
    for month, number in enumerate(again, 1):
        chosen, later = where.areas[number], now + dt.timedelta(days=30 * month)
        steps = [zone_of(where.zones[zone_id]) for zone_id in path(chosen)]
        wish = Wish(steps, Audience.CONDITION, agrees_to_finer=True, says_moved=False)
        if not obstacles(wish, home, prevalence=None, for_minor=False, now=later):
            home = next_home(home, chosen, now=later)
    return home.zone_id != first.zone_id


def a10_distances(context: Context) -> Outcome:
    """Somebody asks from everywhere how far a member is, and intersects (Hassan et al. 2018, USENIX Security)."""
    people = members(context, min(context.scale.members, 1_500), salt=10)
    chance = np.random.default_rng([context.seed, 7])
    # All that any answer can tell of a member's place is the pin; the distance to it from anywhere gives the pin.
    pins = np.array([pin_of(context, area, uuid.UUID(bytes=chance.bytes(16), version=4)) for area in people.area])
    ratio, broken = error_ratio(context, people, pins), error_ratio(context, people, people.home)
    return Outcome(
        "A10 trilateration: distances", "error / zone-only", "≥ 0.95", f"{ratio:.3f}", ratio >= 0.95,
        "distance to the true point", f"{broken:.3f}", broken < 0.95,
    )  # fmt: skip


ATTACKS = (a1_averaging, a2_leaks, a3_toggles, a8_border, a10_distances)
