"""Corrected people: every person of a country counted once, and never more than live there."""

import math

import numpy as np

from tools.ground.sources import Settlement, points

#: Reach of a settlement = radius of a disc that holds its people at this density (people per km²), from the
#: narrowest to the widest; the flag asks that both lie in one admin-1 unit. The widest is that of garden suburbs.
REACHES = ((5000, True), (5000, False), (2500, False), (1250, False), (600, False), (300, False))

EARTH_KM = 6371.0088


def corrected(settlements: list[Settlement], true_people: int) -> list[int]:
    """The people to count at each settlement, in the order given.

    GeoNames lists a city and its boroughs side by side, without a code that tells them apart. A settlement within
    the reach of a larger one is taken for a part of it: its people are counted at the part and no more at the
    whole, so that a city and its parts never count more than the city's own figure. The reach widens until the
    country counts no more people than it truly has; what is left above is scaled down. Nothing is scaled up.
    """
    counts = [place.population for place in settlements]
    for density, same_unit in REACHES:
        counts = _once(settlements, _parents(settlements, density, same_unit))
        if sum(counts) <= true_people:
            return counts
    total = sum(counts)
    return [count * true_people // total for count in counts]


def _parents(settlements: list[Settlement], density: float, same_unit: bool) -> list[int]:
    """For each settlement the smallest larger one within whose reach it lies, or -1."""
    where = points(settlements)
    order = np.argsort(where[:, 1], kind="stable")
    lats = where[order, 1]
    parents = [-1] * len(settlements)
    for whole in _by_size(settlements):
        reach = math.sqrt(settlements[whole].population / (math.pi * density))
        degrees = math.degrees(reach / EARTH_KM)
        low, high = np.searchsorted(lats, [where[whole, 1] - degrees, where[whole, 1] + degrees])
        near = order[low:high]
        near = near[_distance_km(where[whole], where[near]) <= reach]
        for part in near.tolist():
            if _can_hold(settlements[whole], settlements[part], same_unit):
                parents[part] = whole
    return parents


def _can_hold(whole: Settlement, part: Settlement, same_unit: bool) -> bool:
    """Whether one settlement may be a part of the other; of two equal ones the later id is the part."""
    larger = (whole.population, -whole.id) > (part.population, -part.id)
    return larger and (not same_unit or whole.admin1 == part.admin1)


def _by_size(settlements: list[Settlement]) -> list[int]:
    """The places in the list, largest settlement first."""
    return sorted(range(len(settlements)), key=lambda i: (-settlements[i].population, settlements[i].id))


def _once(settlements: list[Settlement], parents: list[int]) -> list[int]:
    """The people of each settlement less those of its parts; parts are shrunk to what the whole has."""
    parts_of: dict[int, list[int]] = {}
    for part, whole in enumerate(parents):
        if whole >= 0:
            parts_of.setdefault(whole, []).append(part)
    total = [place.population for place in settlements]
    own = list(total)
    for whole in _by_size(settlements):
        parts = parts_of.get(whole, [])
        claimed = sum(settlements[part].population for part in parts)
        for part in parts:
            people = settlements[part].population
            total[part] = people if claimed <= total[whole] else people * total[whole] // claimed
        own[whole] = total[whole] - sum(total[part] for part in parts)
    return own


def _distance_km(point: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Great-circle distances in km from one (lng, lat) to many, by the haversine formula."""
    lng, lat = np.radians(point)
    lngs, lats = np.radians(others).T
    inner = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lngs - lng) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(inner))
