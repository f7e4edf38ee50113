"""Numbered, frozen releases: made once from who is counted, read by everything that is public."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, text
from sqlalchemy.orm import Session

from mapservice.geo.ground import TREE_VERSION
from mapservice.privacy.disclosure import WORLD, Bucket, Profile, State, next_state, released_count
from mapservice.store import counting
from mapservice.store.tables import Condition, Release, ReleasedCount, Zone

#: One release at a time; the number is ours alone.
_ALONE = text("select pg_advisory_xact_lock(7316002)")

_REMEMBER = text("create temp table counted_before on commit drop as select * from counted_member")
_FORGET = text("drop table counted_before")

# What changed in each bucket since the last release: who left or entered it now, and who is gone altogether, of whom
# only the number is known.
_CHANGES = text("""
    with before as (
        select condition_id, member_id, place from counted_before, unnest(array['world', country, region]) as place
        where place is not null
    ), after as (
        select condition_id, member_id, place from counted_member, unnest(array['world', country, region]) as place
        where place is not null
    ), moved as (
        (select * from before except select * from after) union all (select * from after except select * from before)
    ), tally as (
        select condition_id, place, 0 as people, count(*) as changes, 0 as before from moved group by 1, 2
        union all select condition_id, place, count(*), 0, 0 from after group by 1, 2
        union all select condition_id, place, 0, 0, count(*) from before group by 1, 2
        union all select condition_id, place, 0, people, 0 from count_bucket
    )
    select condition.slug, tally.condition_id, tally.place, sum(tally.people)::int as people,
           (sum(tally.changes) - sum(tally.before))::int as changes,
           coalesce(bucket.version, 0) as version, coalesce(bucket.changes, 0) as pending,
           coalesce(bucket.waited, 0) as waited, bucket.shown
    from tally join condition on condition.id = tally.condition_id
    left join count_bucket as bucket on (bucket.condition_id, bucket.place) = (tally.condition_id, tally.place)
    group by condition.slug, tally.condition_id, tally.place,
             bucket.version, bucket.changes, bucket.waited, bucket.shown
    order by tally.condition_id, tally.place
""")

_KEEP = text("""
    insert into count_bucket (condition_id, place, people, version, changes, waited, shown)
    values (:condition_id, :place, :people, :version, :changes, :waited, :shown)
    on conflict (condition_id, place) do update
    set people = excluded.people, version = excluded.version, changes = excluded.changes, waited = excluded.waited,
        shown = excluded.shown
""")


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure of a country or region, and where its bubble stands: (lng, lat) in degrees, SRID 4326."""

    zone_id: str
    name: str
    level: str
    shown: int
    lng: float
    lat: float


def make(session: Session, today: dt.date, *, key: bytes, profile: Profile) -> Release:
    """The release of a day: made now, in one transaction, or the one that was made on that day already."""
    session.execute(_ALONE)
    last = current(session)
    if last is not None and last.made_on >= today:
        return last
    session.execute(_REMEMBER)
    counting.bring_up_to_date(session, today, key=key, profile=profile)
    release = Release(number=last.number + 1 if last else 1, made_on=today, profile=profile.name, tree=TREE_VERSION)
    session.add(release)
    session.flush()
    _write(session, release, list(session.execute(_CHANGES)), key, profile)
    session.execute(_FORGET)
    return release


def current(session: Session) -> Release | None:
    """The newest release, which every public page reads, or None before the first."""
    return session.scalars(select(Release).order_by(Release.number.desc()).limit(1)).one_or_none()


def world(session: Session, release: Release, condition: Condition) -> int | None:
    """The published figure of a condition for the world, or None for "too few to show"."""
    return session.scalar(
        select(ReleasedCount.shown).where(
            ReleasedCount.release == release.number,
            ReleasedCount.condition_id == condition.id,
            ReleasedCount.place == WORLD,
        )
    )


def figures(session: Session, release: Release, condition: Condition) -> list[Figure]:
    """The published figures of a condition by country and region, the largest first."""
    rows = session.execute(
        select(Zone.id, Zone.name, Zone.level, ReleasedCount.shown, Zone.anchor.ST_X(), Zone.anchor.ST_Y())
        .join(Zone, Zone.id == ReleasedCount.place)
        .where(ReleasedCount.release == release.number, ReleasedCount.condition_id == condition.id)
        .order_by(ReleasedCount.shown.desc(), Zone.id)
    )
    return [Figure(*row) for row in rows]


def _write(session: Session, release: Release, rows: Sequence[Row[Any]], key: bytes, profile: Profile) -> None:
    """Freeze the figures of a release, and keep what the next one depends on."""
    kept = [_next(row, key, profile) for row in rows]
    if kept:
        session.execute(_KEEP, kept)
    shown = [
        {"release": release.number, **{name: each[name] for name in ("condition_id", "place", "shown")}}
        for each in kept
        if each["shown"] is not None
    ]
    if shown:
        session.execute(insert(ReleasedCount), shown)


def _next(row: Row[Any], key: bytes, profile: Profile) -> dict[str, Any]:
    """The bucket after this release; its figure changes with its version only."""
    bucket = Bucket(row.slug, row.place)
    before = State(row.version, row.pending, row.waited)
    after = next_state(bucket, before, row.changes, key=key, profile=profile)
    shown = row.shown
    if after.version != before.version:
        shown = released_count(bucket, row.people, version=after.version, key=key, profile=profile)
    place = {"condition_id": row.condition_id, "place": row.place, "people": row.people, "shown": shown}
    return {**place, **after._asdict()}
