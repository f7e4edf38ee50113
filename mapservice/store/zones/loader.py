"""Loads the zone tree from the derived data into the database, by COPY, in one transaction."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from mapservice.geo import zone_data
from mapservice.geo.bbox import Bbox
from mapservice.geo.zone_data import ZoneRecord
from mapservice.geo.zones import Level, ZoneId, path
from mapservice.store.tables import SRID, Loaded

Progress = Callable[[int, int], None]


#: Incremented when the same zones have to be loaded in another way.
EDITION = 1

# The columns and their types in binary COPY; a geometry is EWKB.
_TYPES = {
    "id": "text", "tree": "int2", "level": "text", "parent": "text", "country": "text", "codes": "text[]",
    "name": "text", "people": "int8", "appears": "int2", "opens": "int2", "box": "float4[]", "anchor": "bytea",
    "shape": "bytea", "anchors": "bytea",
}  # fmt: skip
_COLUMNS = ", ".join(_TYPES)

# A zone with residents or shown memberships stays: a later tree may only merge zones.
# Source: docs/decisions/0001-the-zone-tree.md.
_UPSERT = f"""
    insert into zone ({_COLUMNS}) select {_COLUMNS} from fresh_zone order by length(id), id
    on conflict (id) do update set
        {", ".join(f"{column} = excluded.{column}" for column in list(_TYPES)[1:])}
"""  # noqa: S608 -- the columns are the constant above


def load(session: Session, progress: Progress = lambda done, total: None) -> bool:
    """Update the zones to the state of the derived data; return True if something changed.

    ``progress`` is called with the number of bytes read from the zone files, and the total.
    """
    digest = f"{_digest()}/{EDITION}"
    if session.scalar(select(Loaded.digest).filter_by(subject="zones")) == digest:
        return False
    _copy(session, progress)
    session.execute(text("analyze zone"))
    session.execute(delete(Loaded).filter_by(subject="zones"))
    session.execute(insert(Loaded).values(subject="zones", digest=digest))
    return True


def _digest() -> str:
    """Return a hash over all zone files."""
    whole = hashlib.sha256()
    for file in sorted(zone_data.GROUND.rglob("*.*z")) + sorted(zone_data.GROUND.glob("*.json")):
        whole.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()


def _copy(session: Session, progress: Progress) -> None:
    """Read the zones country by country, while the database stores those read before."""
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        is_new = cursor.execute("select not exists (select from zone)").fetchone()[0]
        target = "zone" if is_new else "fresh_zone"
        if not is_new:
            cursor.execute("create temp table fresh_zone (like zone) on commit drop")
        with cursor.copy(f"copy {target} ({_COLUMNS}) from stdin (format binary)") as copy:
            copy.set_types(_TYPES.values())
            for row in _rows(progress):
                copy.write_row(row)
        if not is_new:
            cursor.execute(_UPSERT)
            cursor.execute("drop table fresh_zone")


def _rows(progress: Progress) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of all zones; parts of the world come last, when the boxes of their areas are known."""
    parts, part_of = {part.id: part for part in zone_data.parts()}, zone_data.part_of()
    sizes = {code: zone_data.zone_file(code).stat().st_size for code in part_of}
    boxes: dict[ZoneId, list[Bbox]] = defaultdict(list)
    done = 0
    progress(done, sum(sizes.values()))
    for code, size in sizes.items():
        part = parts[part_of[code]]
        records = list(zone_data.country(code, part.id))
        zone_boxes = _boxes(records)
        boxes[part.id] += zone_boxes[ZoneId(code)]
        yield from _values(records, zone_boxes, {part.id: part.opens})
        done += size
        progress(done, sum(sizes.values()))
    yield from _values(list(parts.values()), boxes, {})


def _boxes(records: Sequence[ZoneRecord]) -> dict[ZoneId, list[Bbox]]:
    """Return the boxes of the areas in each zone of a country, by zone id."""
    boxes = defaultdict(list)
    for record in records:
        if record.level is Level.AREA and record.shape is not None:
            box = _box(record.shape)
            for zone in path(record.id):
                boxes[zone].append(box)
    return boxes


def _box(shape: shapely.Geometry) -> Bbox:
    """Return the box of a shape; for a shape cut by the antimeridian, the box of its larger side."""
    west, _, east, _ = shape.bounds
    if east - west > 180:
        sides = [shape.intersection(shapely.box(edge, -90, edge + 180, 90)) for edge in (-180, 0)]
        shape = max(sides, key=lambda side: side.area)
    return Bbox(*shape.bounds)


def _around(boxes: list[Bbox]) -> Bbox:
    """Return the box around boxes; on both sides of the antimeridian, around those of the side with more."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    if max(easts) - min(wests) > 180:
        sides = [box for box in boxes if box.west >= 0], [box for box in boxes if box.west < 0]
        return _around(max(sides, key=len))
    return Bbox(min(wests), min(souths), max(easts), max(norths))


def _values(
    records: Sequence[ZoneRecord], boxes: Mapping[ZoneId, list[Bbox]], opens: dict[ZoneId, int]
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of records, each after its parent; a zone appears at the zoom at which its parent ``opens``."""
    anchors = shapely.points([record.anchor for record in records])
    packed = zip(_ewkb(anchors), _ewkb(_multipolygons([record.shape for record in records])), strict=True)
    for record, (anchor, shape) in zip(records, packed, strict=True):
        appears = opens[record.parent] if record.parent else 0
        opens[record.id] = record.opens
        yield (
            record.id,
            zone_data.TREE_VERSION,
            record.level.value,
            record.parent,
            record.country,
            list(record.codes),
            record.name,
            record.people,
            appears,
            record.opens,
            list(_around(boxes[record.id])),
            anchor,
            shape,
            record.anchors,
        )


def _multipolygons(shapes: Sequence[shapely.Geometry | None]) -> np.ndarray:
    """Return the shapes as multipolygons, the type of the column; None where there is no shape."""
    parts, owners = shapely.get_parts(np.array(shapes, dtype=object), return_index=True)
    out = np.full(len(shapes), None, dtype=object)
    shapely.multipolygons(parts, indices=owners, out=out)
    return out


def _ewkb(shapes: np.ndarray) -> np.ndarray:
    """Return shapes in degrees (lng, lat) as EWKB."""
    packed: np.ndarray = shapely.to_wkb(shapely.set_srid(shapes, SRID), include_srid=True)
    return packed
