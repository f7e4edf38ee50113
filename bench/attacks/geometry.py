"""Attacks on the ground: versions of the tree, people left over by subtraction, compact towns, edge countries."""

import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence

import h3
import numpy as np
import shapely

from bench.attacks.people import World, km_between, members, moved, neighbours, world
from bench.attacks.table import Context, Outcome
from mapservice.geo import anchors, zone_data
from mapservice.geo.zone_data import ZoneRecord
from mapservice.geo.zones import FLOOR, Level, ZoneId, ancestor
from tools.ground import lakes

#: P(< 1 km) at the most and median error in km at the least, of who knows just the zone.
BARS = {Level.AREA: (0.12, 4.0), Level.DISTRICT: (0.06, 8.0), Level.REGION: (0.01, 0.0)}

#: Coasts, the antimeridian, the pole, enclaves: Fiji, Chukotka, Chatham, Svalbard, Lesotho, the groups of small states.
EDGES = ("FJ", "RU", "NZ", "NO", "LS", "IT", "XA", "XB", "XC", "XD", "XE", "XF", "XG", "XH", "XI")


def not_merges(before: Sequence[str], after: Sequence[str]) -> int:
    """How many zones of a version of the tree are split by the next; both tell the zone of the same places."""
    becomes = defaultdict(set)
    for old, new in zip(before, after, strict=True):
        becomes[old].add(new)
    return sum(len(zones) > 1 for zones in becomes.values())


def a4_versions(context: Context) -> Outcome:
    """Somebody keeps all versions of the tree, and cuts the zones that a member had in each with each other."""
    people, where = members(context, salt=4), world(context)
    chance = np.random.default_rng([context.seed, 4])
    names = [where.areas[area] for area in people.area]
    merged = {zone: zone for zone in where.areas}
    for _ in range(20):  # versions, each of which merges a zone into a sibling
        one = ZoneId(str(chance.choice(where.areas)))
        siblings = [area for area in where.areas if area.rpartition(".")[0] == one.rpartition(".")[0]]
        kept, gone = merged[ZoneId(str(chance.choice(siblings)))], merged[one]
        merged = {zone: kept if now == gone else now for zone, now in merged.items()}
    splits = not_merges(names, names) + not_merges(names, [merged[name] for name in names])
    shifted = moved(people.home, np.full(len(names), 3.0), np.zeros(len(names)))
    cells = [[h3.latlng_to_cell(lat, lng, 5) for lng, lat in at] for at in (people.home, shifted)]
    broken = not_merges(*cells)
    return Outcome(
        "A4 versions of the tree",
        f"zones that are split (version {zone_data.TREE_VERSION} is the only one; 20 mergers)",
        "0", str(splits), splits == 0, "shifted grid", f"{broken} cells", broken > 0,
    )  # fmt: skip


def a5_floors(context: Context) -> Outcome:
    """Somebody subtracts all other zones from their parent: how many people are left in what nobody was told?"""
    where, low = world(context), 0
    below: dict[str, list[ZoneRecord]] = defaultdict(list)
    for record in where.zones.values():
        low += record.people < FLOOR[record.level]
        below[record.parent or ""].append(record)
    for record in where.zones.values():
        children = below[record.id]
        total = sum(child.people for child in children)
        low += sum(record.people - (total - child.people) < FLOOR[child.level] for child in children)
        low += bool(children) and 0 < record.people - total < FLOOR[children[0].level]
    share = _naive_climb(where)
    return Outcome(
        "A5 floors, and what is left by subtraction", f"of {len(where.zones)} zones below the floor", "0", str(low),
        low == 0, "naive climb", f"{share:.2f} of those who climb", share > 0,
    )  # fmt: skip


def _naive_climb(where: World) -> float:
    """Of those whose H3 cell holds too few, the share left with fewer than the floor by subtraction."""
    people: dict[str, float] = defaultdict(float)
    for (lng, lat), count in zip(where.towns.at.tolist(), where.towns.people.tolist(), strict=True):
        people[h3.latlng_to_cell(lat, lng, 5)] += count
    floor, climbed, short, small = FLOOR[Level.AREA], 0.0, 0.0, dict(people)
    for resolution in (4, 3, 2):
        parents: dict[str, float] = defaultdict(float)
        left: dict[str, float] = defaultdict(float)
        for cell, count in people.items():
            parents[h3.cell_to_parent(cell, resolution)] += count
        for cell, count in small.items():
            if count < floor:
                left[h3.cell_to_parent(cell, resolution)] += count
        done = {cell: rest for cell, rest in left.items() if parents[cell] >= floor}
        climbed += sum(done.values())
        short += sum(rest for rest in done.values() if rest < floor)
        small, people = {cell: rest for cell, rest in left.items() if cell not in done}, parents
        small = dict.fromkeys(small, 0.0) | small
    return short / climbed if climbed else 0.0


def a6_geometry(context: Context) -> Outcome:
    """A stranger knows just the zone and the map of its settlements, and looks where most people live."""
    measured, holds = [], True
    people, where = members(context, min(context.scale.members, 8_000), salt=6), world(context)
    chance = np.random.default_rng([context.seed, 66])
    for level, (most, least) in BARS.items():
        zones = np.array([ancestor(area, level) for area in where.areas])
        names, groups = np.unique(zones[people.area], return_inverse=True)
        inside = [np.flatnonzero(zones == name) for name in names]
        near, median = guessed(people.home, groups, lambda at: _others(context, inside[groups[at]], chance))  # noqa: B023
        measured.append(f"{level} {near:.3f}, {median:.1f} km")
        holds &= near <= most and median >= least
    near, median = _small_zones(context)
    return Outcome(
        "A6 real populations", "P(< 1 km), median error of an attacker who knows the zone",
        "; ".join(f"{level} ≤ {p}, ≥ {km:g} km" for level, (p, km) in BARS.items()), "; ".join(measured), holds,
        "zones of 20,000 people", f"{near:.3f}, {median:.1f} km", near > BARS[Level.AREA][0],
    )  # fmt: skip


def _others(context: Context, areas: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Homes of people of a zone, by all its areas."""
    where = world(context)
    held = np.array([where.zones[where.areas[area]].people for area in areas], dtype=float)
    drawn = np.unique(chance.choice(areas, 160, p=held / held.sum()), return_counts=True)
    return np.vstack([neighbours(context, area, count, chance) for area, count in zip(*drawn, strict=True)])


def guessed(home: np.ndarray, groups: np.ndarray, others: Callable[[int], np.ndarray]) -> tuple[float, float]:
    """P(< 1 km) of the guess that is best for it, and the median error of the guess that is best for that."""
    near, errors = np.zeros(len(home), bool), np.zeros(len(home))
    for group in np.unique(groups):
        here = np.flatnonzero(groups == group)
        known = others(here[0])
        between = km_between(known[:, None], known[None])
        dense, middle = known[np.argmax((between < 1).sum(axis=1))], known[np.argmin(np.median(between, axis=1))]
        near[here] = km_between(home[here], dense) < 1
        errors[here] = km_between(home[here], middle)
    return float(near.mean()), float(np.median(errors))


def _small_zones(context: Context) -> tuple[float, float]:
    """The same of zones that hold 20,000 to 40,000 people: homes of one country, halved until they are so few."""
    people, where = members(context, 40_000, salt=67), world(context)
    country = ZoneId("NL" if "NL" in where.zones else where.countries[0])
    own = np.array(where.countries)
    home = people.home[own[people.area] == country]
    true = where.zones[country].people
    if len(home) < 3_000 or true / len(home) > 2_000:  # too few of this country among all: draw more of it
        towns = np.flatnonzero(own[where.towns.area] == country)
        chance = np.random.default_rng([context.seed, 68])
        weight = where.towns.people[towns]
        from bench.attacks.people import spread

        home = spread(chance, where.towns, chance.choice(towns, 40_000, p=weight / weight.sum()))
    groups = np.zeros(len(home), dtype=int)
    _halve(home, np.arange(len(home)), groups, true / len(home), [0])
    odd = np.arange(len(home)) % 2 == 1
    return guessed(home[odd], groups[odd], lambda at: home[~odd][groups[~odd] == groups[odd][at]][:200])


def _halve(home: np.ndarray, here: np.ndarray, groups: np.ndarray, people_per_home: float, last: list[int]) -> None:
    if len(here) * people_per_home < 40_000:
        groups[here], last[0] = last[0], last[0] + 1
        return
    axis = int(np.ptp(home[here, 0]) * np.cos(np.radians(home[here, 1].mean())) < np.ptp(home[here, 1]))
    order = here[np.argsort(home[here, axis])]
    for half in np.array_split(order, 2):
        _halve(home, half, groups, people_per_home, last)


def a7_edges(context: Context) -> Outcome:
    """A neighbour of a coast or border sees a pin that cannot be where it stands, and so learns where it came from."""
    codes = [code for code in EDGES if not context.scale.countries or code in ("FJ", "LS", "NO", "XA")]
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of a function of shapely that the build of the ground uses
        water = shapely.STRtree(lakes.read_lakes(zone_data.GROUND.parent / "basemap" / "features.jsonl.xz"))
    chance, wrong, broken, total = np.random.default_rng([context.seed, 70]), 0, 0, 0
    for code in codes:
        zones = {record.id: record for record in zone_data.country(code)}
        for record in zones.values():
            if record.level not in (Level.DISTRICT, Level.AREA):
                continue
            pins = anchors.points(record.anchors)
            region = zones[ancestor(record.id, Level.REGION)]
            wrong += _outside(record, pins) + _outside(region, pins)
            wrong += len(water.query(shapely.points(pins), predicate="within").T)
            broken += _outside(record, _rejected(record, region, pins[:8], chance))
            total += len(pins)
    return Outcome(
        "A7 coasts, antimeridian, enclaves", f"of {total} anchors outside zone or region, or in a lake", "0",
        str(wrong), wrong == 0, "offset with rejection", f"{broken} pins outside their zone", broken > 0,
    )  # fmt: skip


def _outside(record: ZoneRecord, points: np.ndarray) -> int:
    """How many points lie outside a zone by more than the last digit of a packed coordinate."""
    shapely.prepare(record.shape)
    out = points[~shapely.contains_xy(record.shape, points)]
    return int((shapely.distance(record.shape, shapely.points(out)) > 2e-6).sum()) if len(out) else 0


def _rejected(zone: ZoneRecord, region: ZoneRecord, homes: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """Homes moved by 2 to 10 km, again and again until they are on land; after ten times as they are."""
    pins = moved(homes, chance.uniform(2, 10, len(homes)), chance.uniform(0, 2 * np.pi, len(homes)))
    for _ in range(10):
        wet = ~shapely.contains_xy(region.shape, pins)
        if wet.any():
            again = moved(homes, chance.uniform(2, 10, len(homes)), chance.uniform(0, 2 * np.pi, len(homes)))
            pins[wet] = again[wet]
    return pins


ATTACKS = (a4_versions, a5_floors, a6_geometry, a7_edges)
