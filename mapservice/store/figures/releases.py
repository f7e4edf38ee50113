"""Numbered, frozen releases: made once from the counted members, read by everything that is public."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from mapservice.errors import UnknownReleaseError
from mapservice.geo.zone_data import TREE_VERSION
from mapservice.geo.zones import ZoneId
from mapservice.privacy.disclosure import WORLD, Bucket, Profile, State, next_state, released_count, renewal
from mapservice.store.figures import eligibility, remembered
from mapservice.store.tables import Condition, Release, ReleasedCount, ZoneRow
from mapservice.store.transactions.advisory_locks import AdvisoryLock, lock_transaction, try_lock_transaction

# Sorting or hashing everybody fits in memory, and takes one core: the others are for readers.
_LIMIT_RESOURCES = text(
    "select set_config('work_mem', '64MB', true), set_config('max_parallel_workers_per_gather', '0', true)"
)

# The buckets that may change: those that somebody entered, those whose number of people shows that somebody left, and
# those that are renewed in this release.
_CHANGED = text("""
    with change as (
        select condition_id, place, sum(entered) as entered, sum(people) as people from count_change group by 1, 2
    ), bucket as (
        select condition_id, place, (coalesce(count_before.people, 0) + coalesce(change.people, 0))::int as people,
               coalesce(change.entered, 0)::int as changes, coalesce(count_bucket.version, 0) as version,
               coalesce(count_bucket.changes, 0) as pending, count_bucket.people as before, count_bucket.renewal,
               count_bucket.shown
        from count_before full join change using (condition_id, place)
        full join count_bucket using (condition_id, place)
    )
    select condition.slug, bucket.* from bucket join condition on condition.id = bucket.condition_id
    where bucket.changes > 0 or bucket.people is distinct from bucket.before
       or bucket.renewal = mod(:number, :renewal_interval)
    order by bucket.condition_id, bucket.place
""")

_KEEP = text("""
    insert into count_bucket (condition_id, place, people, version, changes, renewal, shown)
    select * from unnest(cast(:condition_id as integer[]), cast(:place as text[]), cast(:people as integer[]),
                         cast(:version as integer[]), cast(:changes as integer[]), cast(:renewal as smallint[]),
                         cast(:shown as integer[]))
    on conflict (condition_id, place) do update
    set people = excluded.people, version = excluded.version, changes = excluded.changes, shown = excluded.shown
""")

_FREEZE = text("""
    insert into released_count (release, condition_id, place, shown)
    select :number, condition_id, place, shown from count_bucket where shown is not null
    order by condition_id, place
""")

_CURRENT_VERSION = text("select number, xmin::text from release order by number desc limit 1")

_DROP_CHANGES = text("drop table count_change, count_before")

# Pages query the newest release at once, before autovacuum would update the statistics of the planner.
_ANALYZE = text("analyze released_count")

_COMPARE = text("""
    select count(*) filter (where old.shown is null) as appeared,
           count(*) filter (where old.shown <> new.shown) as changed,
           count(*) filter (where new.shown is null) as vanished,
           count(*) filter (where old.shown = new.shown) as stayed
    from (select * from released_count where release = :old) as old
    full join (select * from released_count where release = :new) as new using (condition_id, place)
""")


@dataclass(frozen=True, slots=True)
class ReleaseChange:
    """Numbers of figures that are new, changed, no longer shown, and unchanged in a release."""

    appeared: int
    changed: int
    vanished: int
    stayed: int


@dataclass(frozen=True, slots=True)
class ReleaseVersion:
    """A release and the transaction that wrote it: after a restore, another release can have the same number."""

    number: int
    written_by: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A published figure of a country or region, and the position of its bubble: (lng, lat) in degrees, SRID 4326."""

    zone_id: ZoneId
    name: str
    level: str
    shown: int
    lng: float
    lat: float


def try_lock(session: Session) -> bool:
    """Take the lock for making a release until the transaction ends; return False if another process has it."""
    return try_lock_transaction(session, AdvisoryLock.RELEASE)


def make(session: Session, today: dt.date, *, key: bytes, profile: Profile) -> Release:
    """Return the release of a day: a new one, made in one transaction, or the existing one of that day."""
    lock_transaction(session, AdvisoryLock.RELEASE)
    last = current(session)
    if last is not None and last.made_on >= today:
        return last
    session.execute(_LIMIT_RESOURCES)
    release_days = session.scalars(
        select(Release.made_on).order_by(Release.number.desc()).limit(profile.max_delay)
    ).all()
    eligibility.update_counted_members(session, today, release_days, key=key, profile=profile)
    release = Release(number=last.number + 1 if last else 1, made_on=today, profile=profile.name, tree=TREE_VERSION)
    session.add(release)
    session.flush()
    rows = session.execute(_CHANGED, {"number": release.number, "renewal_interval": profile.renewal_interval})
    _keep(session, [_next(row, release, key, profile) for row in rows])
    session.execute(_DROP_CHANGES)
    session.execute(_FREEZE, {"number": release.number})
    session.execute(_ANALYZE)
    remembered.publish(session, release, key=key, profile=profile)
    eligibility.end_cooldowns(session, release_days, profile=profile)
    return release


def current(session: Session) -> Release | None:
    """Return the newest release, which every public page reads, or None before the first."""
    return session.scalars(select(Release).order_by(Release.number.desc()).limit(1)).one_or_none()


def current_version(session: Session) -> ReleaseVersion | None:
    """Return the newest release by its number and its transaction, or None before the first."""
    row = session.execute(_CURRENT_VERSION).first()
    return ReleaseVersion(*row) if row else None


def newest(session: Session) -> Release:
    """Return the newest release.

    :raise UnknownReleaseError: before the first.
    """
    release = current(session)
    if release is None:
        raise UnknownReleaseError
    return release


def list_all(session: Session) -> Sequence[Release]:
    """Return all releases, the newest first."""
    return session.scalars(select(Release).order_by(Release.number.desc())).all()


def find(session: Session, number: int) -> Release | None:
    """Return the release with a number, or None."""
    return session.get(Release, number)


def compare(session: Session, before: Release | None, after: Release) -> ReleaseChange:
    """Return how the figures of a release differ from those of an earlier one."""
    row = session.execute(_COMPARE, {"old": before.number if before else 0, "new": after.number}).one()
    return ReleaseChange(**row._mapping)


def world(session: Session, release: Release, condition: Condition) -> int | None:
    """Return the published figure of a condition for the world, or None for "too few to show"."""
    return session.scalar(
        select(ReleasedCount.shown).where(
            ReleasedCount.release == release.number,
            ReleasedCount.condition_id == condition.id,
            ReleasedCount.place == WORLD,
        )
    )


def figures(session: Session, release: Release, condition: Condition) -> list[Figure]:
    """Return the published figures of a condition by country and region, the largest first."""
    rows = session.execute(
        select(
            ZoneRow.id, ZoneRow.name, ZoneRow.level, ReleasedCount.shown, ZoneRow.anchor.ST_X(), ZoneRow.anchor.ST_Y()
        )
        .join(ZoneRow, ZoneRow.id == ReleasedCount.place)
        .where(ReleasedCount.release == release.number, ReleasedCount.condition_id == condition.id)
        .order_by(ReleasedCount.shown.desc(), ZoneRow.id)
    )
    return [Figure(*row) for row in rows]


def _keep(session: Session, buckets: Sequence[dict[str, Any]]) -> None:
    """Store the state on which the next release depends."""
    if buckets:
        session.execute(_KEEP, {name: [bucket[name] for bucket in buckets] for name in buckets[0]})


def _next(row: Row[Any], release: Release, key: bytes, profile: Profile) -> dict[str, Any]:
    """Return the bucket after this release; its figure changes only with its version."""
    bucket = Bucket(row.slug, row.place)
    phase = renewal(key, bucket, profile) if row.renewal is None else row.renewal
    is_renewed = release.number % profile.renewal_interval == phase
    before = State(row.version, row.pending)
    after = next_state(bucket, before, row.changes, is_renewed=is_renewed, key=key, profile=profile)
    shown = row.shown
    if after.version != before.version:
        shown = released_count(bucket, row.people, version=after.version, key=key, profile=profile)
    place = {"condition_id": row.condition_id, "place": row.place, "people": row.people, "shown": shown}
    return {**place, "version": after.version, "changes": after.changes, "renewal": phase}
