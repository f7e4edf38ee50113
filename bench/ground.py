"""Checks the whole ground: floors, parents, anchors in their zones, no overlaps. ``python -m bench.ground``

The tests look at nine zone files; this looks at all, in about half a minute, and exits with 1 if anything is wrong.
"""

import sys
import time
from collections import Counter

import numpy as np
import shapely

from mapservice.geo import anchors, zone_data
from mapservice.geo.zone_data import ZoneRecord
from mapservice.geo.zones import FLOOR, Level, ZoneId

#: Degrees by which an anchor may miss its zone: the last digit of a packed coordinate.
TOLERANCE = 2e-6


def main() -> None:
    """Print what was looked at and what is wrong."""
    started = time.monotonic()
    wrong: Counter[str] = Counter()
    zones: Counter[Level] = Counter()
    points, ids = 0, {part.id for part in zone_data.parts()}
    for code, part in sorted(zone_data.part_of().items()):
        records = list(zone_data.country(code, part))
        ids.update(record.id for record in records)
        for record in records:
            zones[record.level] += 1
            points += anchors.count(record.anchors)
            wrong.update(_problems(record, ids))
        wrong.update(_overlaps(records))
    print(", ".join(f"{n} {level}" for level, n in zones.items()), f"and {points} anchors in {zone_data.GROUND.name}")
    for what, n in wrong.items():
        print(f"WRONG: {what}: {n}")
    print(f"{sum(wrong.values())} problems, {time.monotonic() - started:.0f} s")
    sys.exit(1 if wrong else 0)


def _problems(record: ZoneRecord, known: set[ZoneId]) -> list[str]:
    """What is wrong with one zone."""
    problems = []
    if record.people < FLOOR[record.level]:
        problems.append(f"{record.level} below its floor")
    if record.parent not in known:
        problems.append(f"{record.level} without a parent")
    if record.shape is None or not record.shape.is_valid:
        return [*problems, f"{record.level} without a valid shape"]
    if record.level in (Level.DISTRICT, Level.AREA):
        problems += ["zone without anchors"] if not record.anchors else []
        problems += ["anchor outside its zone"] * _outside(record.shape, anchors.points(record.anchors))
    problems += ["cluster outside its zone"] * _outside(record.shape, np.array([record.anchor]))
    return problems


def _outside(shape: shapely.Geometry, points: np.ndarray) -> int:
    """How many points (lng, lat) lie outside a shape."""
    shapely.prepare(shape)
    outside = points[~shapely.contains_xy(shape, points)]
    return int((shapely.distance(shape, shapely.points(outside)) > TOLERANCE).sum()) if len(outside) else 0


def _overlaps(records: list[ZoneRecord]) -> list[str]:
    """Pairs of areas of one file that share ground."""
    areas = [record.shape for record in records if record.level is Level.AREA and record.shape is not None]
    whole = shapely.union_all(areas).area
    return ["areas that overlap"] if sum(area.area for area in areas) > whole * (1 + 1e-6) else []


if __name__ == "__main__":
    main()
