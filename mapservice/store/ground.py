"""The zone tree in the database: loaded from the derived data, by COPY, in one transaction."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import shapely
from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.geo import ground
from mapservice.geo.ground import ZoneRecord
from mapservice.geo.zones import Level
from mapservice.store.tables import SRID

Progress = Callable[[int, int], None]

#: West, south, east, north in degrees.
Box = tuple[float, float, float, float]

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


def load(session: Session, progress: Progress = lambda done, of: None) -> None:
    """Put the zones of the derived data into the database; those already there are brought up to date."""
    rows = list(_with_boxes(ground.read()))
    connection = session.connection().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute("create temp table fresh_zone (like zone) on commit drop")
        with cursor.copy(f"copy fresh_zone ({_COLUMNS}) from stdin") as copy:
            for done, row in enumerate(rows, start=1):
                copy.write_row(_values(row))
                if done % 500 == 0 or done == len(rows):
                    progress(done, len(rows))
        cursor.execute(_UPSERT)
        cursor.execute("drop table fresh_zone")
    session.execute(text("analyze zone"))


def _with_boxes(records: Iterable[ZoneRecord]) -> Iterator[_Row]:
    """The records, parents first, each with the box that its areas fill and the zoom from which it stands."""
    records = sorted(records, key=lambda record: (list(Level).index(record.level), record.id))
    boxes: dict[str, Box] = {}
    for record in reversed(records):
        own = () if record.shape is None or record.level is not Level.AREA else (_box(record.shape),)
        kept = boxes.get(record.id)
        boxes[record.id] = _join([*own, *([kept] if kept else [])])
        if record.parent:
            above = boxes.get(record.parent)
            boxes[record.parent] = _join([boxes[record.id], *([above] if above else [])])
    opens = {record.id: record.opens for record in records}
    for record in records:
        yield _Row(record, boxes[record.id], opens[record.parent] if record.parent else 0)


def _box(shape: shapely.Geometry) -> Box:
    """The box of a shape; of one that is cut by the antimeridian, the box of its larger side."""
    west, _, east, _ = shape.bounds
    if east - west > 180:
        sides = [shape.intersection(shapely.box(edge, -90, edge + 180, 90)) for edge in (-180, 0)]
        shape = max(sides, key=lambda side: side.area)
    return shape.bounds


def _join(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
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
