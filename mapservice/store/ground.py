"""The zone tree in the database: loaded from the derived data, by COPY, in one transaction."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from mapservice.geo import ground
from mapservice.geo.ground import ZoneRecord
from mapservice.geo.zones import Level
from mapservice.store.tables import SRID, Loaded

Progress = Callable[[int, int], None]

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]

#: Counted up when the same zones should be loaded in another way.
EDITION = 1

_LEVELS = list(Level)

_COLUMNS = "id, tree, level, parent, country, codes, name, people, appears, opens, box, anchor, shape, anchors"

# A zone that people live in, or show, stays; a later tree may only merge zones (see docs/decisions/0001).
_UPSERT = f"""
    insert into zone ({_COLUMNS}) select {_COLUMNS} from fresh_zone order by length(id), id
    on conflict (id) do update set
        {", ".join(f"{column.strip()} = excluded.{column.strip()}" for column in _COLUMNS.split(",")[1:])}
"""  # noqa: S608 -- the columns are the constant above


@dataclass(slots=True)
class _Row:
    record: ZoneRecord
    box: Box
    appears: int


def load(session: Session, progress: Progress = lambda done, total: None) -> bool:
    """Bring the zones to the state of the derived data; True if something changed.

    ``progress`` hears how many zones are done, of how many.
    """
    digest = f"{_digest()}/{EDITION}"
    if session.scalar(select(Loaded.digest).filter_by(subject="zones")) == digest:
        return False
    _copy(session, list(_with_boxes(ground.world())), progress)
    session.execute(text("analyze zone"))
    session.execute(delete(Loaded).filter_by(subject="zones"))
    session.execute(insert(Loaded).values(subject="zones", digest=digest))
    return True


def _digest() -> str:
    """A hash over all files of the ground."""
    whole = hashlib.sha256()
    for path in sorted(ground.GROUND.rglob("*.*z")) + sorted(ground.GROUND.glob("*.json")):
        whole.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _copy(session: Session, rows: list["_Row"], progress: Progress) -> None:
    connection: Any = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute("create temp table fresh_zone (like zone) on commit drop")
        with cursor.copy(f"copy fresh_zone ({_COLUMNS}) from stdin") as copy:
            for done, row in enumerate(rows, start=1):
                copy.write_row(_values(row))
                if done % 500 == 0 or done == len(rows):
                    progress(done, len(rows))
        cursor.execute(_UPSERT)
        cursor.execute("drop table fresh_zone")


def _with_boxes(records: Iterable[ZoneRecord]) -> Iterator[_Row]:
    """The records, parents first, each with the box that its areas fill and the zoom from which it stands."""
    by_id = {record.id: record for record in sorted(records, key=lambda each: (_LEVELS.index(each.level), each.id))}
    leaves = defaultdict(list)
    for record in by_id.values():
        if record.level is Level.AREA and record.shape is not None:
            box, above = _box(record.shape), record
            leaves[record.id].append(box)
            while above.parent:
                above = by_id[above.parent]
                leaves[above.id].append(box)
    for record in by_id.values():
        yield _Row(record, _around(leaves[record.id]), by_id[record.parent].opens if record.parent else 0)


def _box(shape: shapely.Geometry) -> Box:
    """The box of a shape; of one that is cut by the antimeridian, the box of its larger side."""
    west, _, east, _ = shape.bounds
    if east - west > 180:
        sides = [shape.intersection(shapely.box(edge, -90, edge + 180, 90)) for edge in (-180, 0)]
        shape = max(sides, key=lambda side: side.area)
    return shape.bounds


def _around(boxes: list[Box]) -> Box:
    """The box around boxes; where they lie on both sides of the antimeridian, around those of the fuller side."""
    wests, souths, easts, norths = zip(*boxes, strict=True)
    if max(easts) - min(wests) > 180:
        sides = [box for box in boxes if box[0] >= 0], [box for box in boxes if box[0] < 0]
        return _around(max(sides, key=len))
    return min(wests), min(souths), max(easts), max(norths)


def _values(row: _Row) -> tuple:
    record = row.record
    lng, lat = record.anchor
    return (
        record.id,
        ground.TREE_VERSION,
        record.level,
        record.parent,
        record.country,
        list(record.codes),
        record.name,
        record.people,
        row.appears,
        record.opens,
        list(row.box),
        f"SRID={SRID};POINT({lng} {lat})",
        None if record.shape is None else _ewkb(record.shape),
        record.anchors,
    )


def _ewkb(shape: shapely.Geometry) -> str:
    parts = shape if shape.geom_type == "MultiPolygon" else shapely.MultiPolygon([shape])
    return shapely.to_wkb(shapely.set_srid(parts, SRID), hex=True, include_srid=True)
