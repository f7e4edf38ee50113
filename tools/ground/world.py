"""All sources, read once: what the build of one country needs of the rest of the world."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import shapely

from mapservice.geo.zones import Level
from tools.ground import clusters, lakes, sources
from tools.ground.sources import Settlement, Unit


@dataclass(frozen=True)
class World:
    """The sources, and the zone files to be made of them: ``files`` tells the countries of each."""

    units: list[Unit]
    settlements: dict[str, list[Settlement]]
    countries: dict[str, tuple[str, int]]
    lakes: shapely.STRtree
    files: dict[str, tuple[str, ...]]

    @classmethod
    def read(cls, units: Path, basemap: Path) -> "World":
        """The world from Natural Earth's admin-1 units, GeoNames and the lakes of the base map."""
        land = sources.read_units(units)
        water = lakes.read_lakes(basemap) if basemap.exists() else np.array([], dtype=object)
        files = sources.zone_files({unit.country for unit in land})
        return cls(land, sources.read_settlements(), sources.read_countries(), shapely.STRtree(water), files)

    def places(self, code: str) -> list[Settlement]:
        """The settlements of a zone file, by country and GeoNames id."""
        return [place for country in self.files[code] for place in self.settlements.get(country, [])]

    def units_of(self, code: str) -> list[Unit]:
        """The admin-1 units of a zone file."""
        return [unit for unit in self.units if unit.country in self.files[code]]

    def name(self, code: str) -> str:
        """The English name of a country or group of small states."""
        return self._groups.get(code) or self.countries[code][0]

    def true_people(self, code: str) -> int:
        """How many people live in the countries of a zone file."""
        return sum(self.countries[country][1] for country in self.files[code])

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {row["code"]: row["name"] for row in sources.table("groups")}

    @cached_property
    def parts(self) -> list[dict]:
        """The parts of the world: id, name, countries and the zoom from which they are shown one by one."""
        rows = []
        for row in sources.table("parts"):
            codes = sorted(code for code in row["members"].split(",") if code in self.files)
            where = [self._about(code) for code in codes]
            opens = clusters.zoom(Level.PART, 3, where)
            rows.append({"id": row["id"], "name": row["name"], "opens": opens, "countries": codes})
        return rows

    def _about(self, code: str) -> tuple[float, float]:
        """About where the cluster of a country stands, (lng, lat) in degrees."""
        places = sorted(self.places(code), key=lambda place: (-place.population, place.id))
        return clusters.anchor_of(clusters.seat(Level.COUNTRY, places))

    def part_of(self, code: str) -> dict:
        """The part of the world that a country or group of small states belongs to."""
        return next(part for part in self.parts if code in part["countries"])
