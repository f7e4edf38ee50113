"""The zone tree of the world, read zone by zone from the committed files in data/ground."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import shapely

from mapservice.geo import anchors, topology
from mapservice.geo.zones import Level, ZoneId

#: Version of the zone tree. A later version may only merge zones of this one.
TREE_VERSION = 1

GROUND = Path(__file__).resolve().parents[2] / "data" / "ground"


@dataclass(frozen=True, slots=True)
class ZoneRecord:
    """One zone with all its stored attributes.

    ``people`` is a lower bound of its population. ``codes`` are ISO 3166-1 alpha-2 for a country (several for a group
    of
    small states), ISO 3166-2 for a region. ``anchor`` (lng, lat) in degrees is the position of its cluster, ``opens``
    the
    zoom from which its children are drawn instead of it. ``shape`` is in degrees (lng, lat), SRID 4326; a part of the
    world has none. ``anchors`` are packed as described in ``geo/anchors.py``; countries and regions have none.
    """

    id: ZoneId
    level: Level
    name: str
    people: int
    codes: tuple[str, ...]
    anchor: tuple[float, float]
    opens: int
    shape: shapely.Geometry | None
    anchors: bytes
    parent: ZoneId | None
    country: str


@dataclass(frozen=True, slots=True)
class Country:
    """A country that a member may choose; ``zones`` is the code of its zone file: its own, or that of its group."""

    code: str
    name: str
    zones: str
    part: str


def countries() -> list[Country]:
    """Return the countries that a member may choose, by ISO 3166-1 alpha-2 code."""
    rows = orjson.loads((GROUND / "countries.json").read_bytes())
    return [Country(**row) for row in rows]


def parts() -> Iterator[ZoneRecord]:
    """Yield the parts of the world (UN M49), which are drawn at low zooms and can never be chosen."""
    for row in orjson.loads((GROUND / "parts.json").read_bytes()):
        lng, lat = row["anchor"]
        yield ZoneRecord(row["id"], Level.PART, row["name"], 0, (), (lng, lat), row["opens"], None, b"", None, "")


def codes() -> list[str]:
    """Return the codes of all zone files, sorted: countries and groups of small states."""
    return sorted(part_of())


def part_of() -> dict[str, ZoneId]:
    """Return the part of the world of each country or group of small states, by code."""
    parts = orjson.loads((GROUND / "parts.json").read_bytes())
    return {code: part["id"] for part in parts for code in part["countries"]}


def world() -> Iterator[ZoneRecord]:
    """Yield all zones of the world, each after its parent."""
    yield from parts()
    for code, part in sorted(part_of().items()):
        yield from country(code, part)


def zone_file(code: str) -> Path:
    """Return the path of the file with the zones of a country or group of small states."""
    return GROUND / "zones" / f"{code}.json.gz"


def country(code: str, part: ZoneId | None = None) -> Iterator[ZoneRecord]:
    """Yield the zones of one zone file, each after its parent."""
    table = orjson.loads(gzip.decompress(zone_file(code).read_bytes()))
    rows = table["zones"]
    shapes = _shapes(topology.polygons(table), [row[0] for row in rows])
    pins = dict(_pins(code, rows))
    for zone, level, name, people, iso, (lng, lat), opens in rows:
        yield ZoneRecord(
            id=zone,
            level=Level(level),
            name=name,
            people=people,
            codes=tuple(iso),
            anchor=(lng, lat),
            opens=opens,
            shape=shapes[zone],
            anchors=pins.get(zone, b""),
            parent=ZoneId(zone.rpartition(".")[0]) or part,
            country=code,
        )


def _pins(code: str, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, bytes]]:
    """Yield the packed anchors of the districts and areas of a zone file, by zone id."""
    ids = [row[0] for row in rows if row[1] in (Level.DISTRICT, Level.AREA)]
    return anchors.load((GROUND / "anchors" / f"{code}.bin.xz").read_bytes(), ids)


def _shapes(leaves: Mapping[str, shapely.Geometry], ids: Sequence[str]) -> dict[str, shapely.Geometry]:
    """Return the shape of every zone: an area has its own, a larger zone the union of its children, finest first."""
    shapes = dict(leaves)
    inner = sorted((zone for zone in ids if zone not in shapes), key=lambda zone: -zone.count("."))
    children: dict[str, list[str]] = {}
    for zone in ids:
        children.setdefault(zone.rpartition(".")[0], []).append(zone)
    for zone in inner:
        shapes[zone] = topology.merged([shapes[child] for child in children[zone]])
    return shapes
