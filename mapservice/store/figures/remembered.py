"""The published numbers of people who are remembered, by country: made with each release, under the same rules.

A person enters after the secret delay of the caregiver's choice, which no page shows. From there on the rules of all
figures hold: no figure of fewer than five, rounding, two noises, secret batches, renewals, and for each account a
minimum age, a maximum of counts and a cooldown. Reading every release tells neither when somebody entered nor who.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from mapservice.geo.zones import ZoneId
from mapservice.privacy.disclosure import Bucket, Profile, State, next_state, released_count, renewal
from mapservice.privacy.memorials import REVERSIBLE
from mapservice.store.tables import Condition, Release, RememberedCount, ZoneRow

# Who enters now: of those who are remembered for one person the first only, and one at a time of each account.
_ENTER = text("""
    create temp table remembered_change on commit drop as
    with candidate as (
        select memorial.*, row_number() over (partition by memorial.member_id order by due_on, memorial.id) as turn
        from memorial join member on member.id = memorial.member_id
        where choice = 'memory' and counted_on is null and country is not null
          and due_on <= :today and closed_on < cast(:today as date) - cast(:reversible as integer)
          and member.active and member.joined <= cast(:today as date) - cast(:account_days as integer)
          and (member.left_memory_on is null
               or member.left_memory_on <= cast(:today as date) - cast(:cooldown_days as integer))
          and not exists (
              select from memorial as other where other.counted_on is not null and other.choice = 'memory'
              and (other.condition_id, other.person_id) = (memorial.condition_id, memorial.person_id)
          )
          and not exists (
              select from memorial as own where own.member_id = memorial.member_id
              and own.counted_on > cast(:today as date) - cast(:cooldown_days as integer)
          )
          and :max_conditions > (
              select count(*) from memorial as own
              where own.member_id = memorial.member_id and own.counted_on is not null
          )
    ), first as (
        select distinct on (condition_id, person_id) condition_id, id from candidate
        where turn = 1 order by condition_id, person_id, due_on, id
    ), entered as (
        update memorial set counted_on = :today from first
        where (memorial.condition_id, memorial.id) = (first.condition_id, first.id)
        returning memorial.condition_id, memorial.country
    )
    select condition_id, country, count(*)::integer as entered from entered group by 1, 2
""")

_BUCKETS = text("""
    with now as (
        select condition_id, country, count(distinct person_id)::integer as people from memorial
        where counted_on is not null and choice = 'memory' and country is not null group by 1, 2
    )
    select condition.slug, condition_id, country, coalesce(now.people, 0) as people,
           coalesce(remembered_change.entered, 0) as entered, coalesce(bucket.version, 0) as version,
           coalesce(bucket.changes, 0) as pending, bucket.shown
    from now full join remembered_bucket as bucket using (condition_id, country)
    left join remembered_change using (condition_id, country)
    join condition on condition.id = condition_id
    order by condition_id, country
""")

_DROP = text("drop table remembered_change")

_KEEP = text("""
    insert into remembered_bucket (condition_id, country, people, version, changes, shown)
    values (:condition_id, :country, :people, :version, :changes, :shown)
    on conflict (condition_id, country) do update
    set people = excluded.people, version = excluded.version, changes = excluded.changes, shown = excluded.shown
""")

_FREEZE = text("""
    insert into remembered_count (release, condition_id, country, shown)
    select :number, condition_id, country, shown from remembered_bucket where shown is not null
    order by condition_id, country
""")

# Once the cooldown is over, the day has no effect.
_END_COOLDOWNS = text("""
    update member set left_memory_on = null where id in (
        select id from member where left_memory_on <= cast(:today as date) - cast(:cooldown_days as integer)
        for no key update skip locked
    )
""")


@dataclass(frozen=True, slots=True)
class RememberedInCountry:
    """A published number of people who are remembered in a country."""

    zone_id: ZoneId
    name: str
    shown: int


def publish(session: Session, release: Release, *, key: bytes, profile: Profile) -> None:
    """Let in those whose secret delay is over, and freeze the numbers of a release, which is being made."""
    limits = {name: getattr(profile, name) for name in ("account_days", "cooldown_days", "max_conditions")}
    session.execute(_ENTER, {"today": release.made_on, "reversible": REVERSIBLE.days, **limits})
    after = [_next(row, release, key, profile) for row in session.execute(_BUCKETS)]
    session.execute(_DROP)
    if after:
        session.execute(_KEEP, after)
    session.execute(_FREEZE, {"number": release.number})
    session.execute(_END_COOLDOWNS, {"today": release.made_on, "cooldown_days": profile.cooldown_days})


def by_country(session: Session, release: Release, condition: Condition) -> list[RememberedInCountry]:
    """Return the published numbers of people who are remembered in a condition, the largest first."""
    rows = session.execute(
        select(ZoneRow.id, ZoneRow.name, RememberedCount.shown)
        .join(ZoneRow, ZoneRow.id == RememberedCount.country)
        .where(RememberedCount.condition_id == condition.id, RememberedCount.release == release.number)
        .order_by(RememberedCount.shown.desc(), ZoneRow.id)
    )
    return [RememberedInCountry(*row) for row in rows]


def bucket_of(slug: str, country: str) -> Bucket:
    """Return the bucket of a country, which has other noise than that of its living members."""
    return Bucket(slug, f"remembered/{country}")


def _next(row: Row[Any], release: Release, key: bytes, profile: Profile) -> dict[str, Any]:
    """Return the bucket after this release; its number changes only with its version."""
    bucket = bucket_of(row.slug, row.country)
    is_renewed = release.number % profile.renewal_interval == renewal(key, bucket, profile)
    before = State(row.version, row.pending)
    after = next_state(bucket, before, row.entered, is_renewed=is_renewed, key=key, profile=profile)
    shown = row.shown
    if after.version != before.version:
        shown = released_count(bucket, row.people, version=after.version, key=key, profile=profile)
    place = {"condition_id": row.condition_id, "country": row.country, "people": row.people, "shown": shown}
    return {**place, "version": after.version, "changes": after.changes}
