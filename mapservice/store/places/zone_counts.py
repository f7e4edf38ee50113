"""The counts behind the clusters, updated in the same transaction as the memberships."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.geo import zones
from mapservice.privacy.visibility import AUDIENCES, Audience
from mapservice.store import advisory_locks, tables, withdrawals

#: The key of a count: (condition, zone, audience, role).
Key = tuple[int, str, str, str]

_CHANGE = text("""
    with told as (
        select * from unnest(
            cast(:conditions as integer[]), cast(:zones as text[]), cast(:audiences as text[]),
            cast(:roles as text[]), cast(:ns as integer[])
        ) as told (condition_id, zone_id, audience, role, n)
    ), all_told as (
        select * from told
        union all
        select told.condition_id, country.parent, told.audience, told.role, told.n
        from told join zone as country on country.id = told.zone_id and country.level = 'country'
    ), change as (
        select condition_id, zone_id, audience, role, sum(n) as n from all_told
        group by condition_id, zone_id, audience, role
    ), lowered as (
        update zone_count as counted set n = counted.n + change.n from change
        where change.n < 0 and (counted.condition_id, counted.zone_id, counted.audience, counted.role)
            = (change.condition_id, change.zone_id, change.audience, change.role)
    )
    insert into zone_count as counted (condition_id, zone_id, audience, role, n)
    select condition_id, zone_id, audience, role, n from change where n > 0
    on conflict (condition_id, zone_id, audience, role) do update set n = counted.n + excluded.n
""")

_SWEEP = text("delete from zone_count where n = 0 and condition_id = any(:conditions)")


#: The correct counts, from the memberships alone.
TRUTH = """
    with shown as (
        select condition_id, audience, role, string_to_array(shown_zone, '.') as steps, count(*) as n
        from membership where audience <> 'nobody' and shown_zone is not null
        group by condition_id, audience, role, shown_zone
    ), climbed as (
        select condition_id, array_to_string(steps[1:depth], '.') as zone_id, audience, role, n
        from shown, generate_series(1, cardinality(steps)) as depth
        union all
        select condition_id, country.parent, audience, role, n
        from shown join zone as country on country.id = steps[1]
    )
    select condition_id, zone_id, audience, role, sum(n)::integer as n
    from climbed group by condition_id, zone_id, audience, role
"""

# In the order of the primary key, whose index then only grows at its end.
_REBUILD = text(
    f"insert into zone_count (condition_id, zone_id, audience, role, n) {TRUTH} order by condition_id, zone_id"
)


def rebuild(session: Session) -> None:
    """Rebuild all counts, after memberships were inserted in bulk."""
    session.execute(text("delete from zone_count"))
    session.execute(_REBUILD)


def contribution(membership: tables.Membership) -> Counter[Key]:
    """Return what a membership adds to the counts: one in its zone and each zone above, nothing if it is hidden."""
    if membership.audience == Audience.NOBODY or membership.shown_zone is None:
        return Counter()
    return Counter(
        (membership.condition_id, zone_id, membership.audience, membership.role)
        for zone_id in zones.path(membership.shown_zone)
    )


def apply(session: Session, before: Mapping[Key, int], after: Mapping[Key, int]) -> None:
    """Change the counts by the difference between the contributions of memberships before and after a change."""
    change = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    rows = sorted((key, n) for key, n in change.items() if n)
    if not rows:
        return
    conditions, zone_ids, audiences, roles = (list(column) for column in zip(*(key for key, _ in rows), strict=True))
    touched = sorted(set(conditions))
    # Writers of one condition take turns: all of them update the row of the same part of the world anyway.
    advisory_locks.lock_each(session, advisory_locks.AdvisoryLockSpace.ZONE_COUNTS, touched)
    session.execute(
        _CHANGE,
        {
            "conditions": conditions,
            "zones": zone_ids,
            "audiences": audiences,
            "roles": roles,
            "ns": [n for _, n in rows],
        },
    )
    if any(n < 0 for _, n in rows):
        session.execute(_SWEEP, {"conditions": touched})


@contextmanager
def counted(session: Session, memberships: Iterable[tables.Membership]) -> Iterator[list[tables.Membership]]:
    """Yield memberships that may be changed inside the block; the counts are updated at its end."""
    held = list(memberships)
    before = _contributions(held)
    showed = [(each.audience, each.shown_zone) for each in held]
    yield held
    session.flush()
    for membership, shown in zip(held, showed, strict=True):
        if _shows_less(shown, (membership.audience, membership.shown_zone)):
            withdrawals.note(session, membership.member_id)
    apply(session, before, _contributions(held))


def _shows_less(before: tuple[str, str | None], after: tuple[str, str | None]) -> bool:
    """Return whether a membership shows less: a narrower audience, a coarser or another zone, or no zone."""
    (audience, zone), (audience_after, zone_after) = before, after
    if zone is None:
        return False
    if zone_after is None or zone not in zones.path(zone_after):
        return True
    return AUDIENCES.index(audience_after) < AUDIENCES.index(audience)


def _contributions(memberships: Iterable[tables.Membership]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for membership in memberships:
        total += contribution(membership)
    return total
