"""Recomputes all pins after their key was changed. Zones do not change."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level, Zone, ZoneId
from mapservice.privacy.geomasking import jitter_many
from mapservice.store import tables
from mapservice.store.tables import SRID, Membership

#: Number of memberships updated by one statement.
BATCH = 5_000

# So that nobody saves a location while the pins move.
_LOCK_MEMBERSHIPS = text("lock table membership in share row exclusive mode")

_MOVE = text("""
    update membership set pin = st_setsrid(st_makepoint(moved.lng, moved.lat), :srid)
    from unnest(cast(:conditions as integer[]), cast(:members as uuid[]), cast(:lngs as float8[]),
                cast(:lats as float8[])) as moved (condition_id, member_id, lng, lat)
    where (membership.condition_id, membership.member_id) = (moved.condition_id, moved.member_id)
""")


def _untold(_done: int, _total: int) -> None:
    """Ignore the progress."""


def redraw(session: Session, *, key: bytes, progress: Callable[[int, int], None] = _untold) -> int:
    """Move every pin to the anchor that a key determines; return how many there are."""
    session.execute(_LOCK_MEMBERSHIPS)
    total = session.scalar(select(func.count()).where(Membership.pin.is_not(None))) or 0
    zones = _zones(session)
    shown = select(Membership.condition_id, Membership.member_id, Membership.shown_zone, Membership.salt)
    rows = session.execute(shown.where(Membership.pin.is_not(None))).all()
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        places = [(zones[row.shown_zone], row.member_id.bytes, row.condition_id, row.salt) for row in batch]
        pins: list[Any] = list(jitter_many(places, key=key))
        session.execute(
            _MOVE,
            {
                "srid": SRID,
                "conditions": [row.condition_id for row in batch],
                "members": [row.member_id for row in batch],
                "lngs": [pin.lng for pin in pins],
                "lats": [pin.lat for pin in pins],
            },
        )
        progress(start + len(batch), total)
    return total


def _zones(session: Session) -> dict[ZoneId, Zone]:
    """Return the zones with pins, by id."""
    used = select(Membership.shown_zone).where(Membership.pin.is_not(None))
    columns = tables.ZoneRow.id, tables.ZoneRow.tree, tables.ZoneRow.level, tables.ZoneRow.name
    rows = session.execute(
        select(*columns, tables.ZoneRow.people, tables.ZoneRow.anchors).where(tables.ZoneRow.id.in_(used))
    )
    return {row[0]: Zone(row[0], row[1], Level(row[2]), *row[3:]) for row in rows}
