"""Adds up the changes of the counts, and compares the counts with the memberships.

Many members change the count of the same country at the same time. Each transaction appends its change, so that none
waits for another; one process at a time adds them up (docs/decisions/0033-counts-are-appended.md).
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.store.places.current_counts import CURRENT
from mapservice.store.transactions import advisory_locks
from mapservice.store.transactions.advisory_locks import AdvisoryLock

# A +1 is committed before another transaction can read the membership and append its -1: no snapshot has the
# -1 alone, there is always a row to lower, and no count falls below 0.
_ROLL_UP = text("""
    with taken as (
        delete from zone_count_change returning id, condition_id, zone_ids, audience, role, n
    ), versions as (
        insert into zone_count_version as known (condition_id, audience, version)
        select condition_id, audience, sum(id) from taken group by condition_id, audience
        on conflict (condition_id, audience) do update set version = known.version + excluded.version
    ), change as (
        select condition_id, zone_id, audience, role, sum(n) as n from taken, unnest(zone_ids) as zone_id
        group by condition_id, zone_id, audience, role having sum(n) <> 0
    ), lowered as (
        update zone_count as counted set n = counted.n + change.n from change
        where change.n < 0 and (counted.condition_id, counted.zone_id, counted.audience, counted.role)
            = (change.condition_id, change.zone_id, change.audience, change.role)
        returning counted.condition_id, counted.zone_id, counted.audience, counted.role, counted.n
    ), raised as (
        insert into zone_count as counted (condition_id, zone_id, audience, role, n)
        select condition_id, zone_id, audience, role, n from change where n > 0
        order by condition_id, zone_id, audience, role
        on conflict (condition_id, zone_id, audience, role) do update set n = counted.n + excluded.n
    )
    select condition_id, zone_id, audience, role from lowered where n = 0
""")

_REMOVE_EMPTY = text("""
    delete from zone_count as counted
    using unnest(
        cast(:conditions as integer[]), cast(:zones as text[]), cast(:audiences as text[]), cast(:roles as text[])
    ) as empty (condition_id, zone_id, audience, role)
    where counted.n = 0 and (counted.condition_id, counted.zone_id, counted.audience, counted.role)
        = (empty.condition_id, empty.zone_id, empty.audience, empty.role)
""")

#: The correct counts, from the memberships alone.
TRUTH = """
    with shown as (
        select condition_id, audience, role, string_to_array(shown_zone, '.') as steps, count(*) as n
        from membership where audience in ('condition', 'members') and shown_zone is not null
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

_DIFFERENCES = f"""
    with truth as ({TRUTH}), counted as (
        select condition_id, zone_id, audience, role, sum(n)::integer as n from {CURRENT} as current
        group by condition_id, zone_id, audience, role
    ), difference as (
        select condition_id, zone_id, audience, role, coalesce(truth.n, 0) - coalesce(counted.n, 0) as n
        from truth full join counted using (condition_id, zone_id, audience, role)
    )
"""  # noqa: S608 -- the statement is a constant

_COUNT_DIFFERENCES = text(f"{_DIFFERENCES} select count(*) from difference where n <> 0")  # noqa: S608

_REPAIR = text(f"""
    {_DIFFERENCES}
    insert into zone_count_change (condition_id, zone_ids, audience, role, n)
    select condition_id, array[zone_id], audience, role, n from difference where n <> 0
""")  # noqa: S608


# Counting all memberships is quicker than correcting as many counts. Versions grow as they do with every change.
_COUNT_ALL = tuple(
    text(statement)
    for statement in (
        """
        with taken as (delete from zone_count_change returning condition_id, audience, id)
        insert into zone_count_version as known (condition_id, audience, version)
        select condition_id, audience, sum(id) from taken group by condition_id, audience
        on conflict (condition_id, audience) do update set version = known.version + excluded.version
        """,
        "truncate zone_count",
        f"insert into zone_count (condition_id, zone_id, audience, role, n) {TRUTH}",
        "update zone_count_version set version = version + 1",
        """
        insert into zone_count_version (condition_id, audience, version)
        select distinct condition_id, audience, 1 from zone_count on conflict do nothing
        """,
    )
)


def roll_up(session: Session) -> bool:
    """Add all committed changes to the counts; return False if another process is doing it.

    It never waits for writers or readers, and they never wait for it.
    """
    if not advisory_locks.try_lock_transaction(session, AdvisoryLock.ROLL_UP):
        return False
    empty = session.execute(_ROLL_UP).all()
    if empty:
        conditions, zones, audiences, roles = (list(column) for column in zip(*empty, strict=True))
        session.execute(
            _REMOVE_EMPTY, {"conditions": conditions, "zones": zones, "audiences": audiences, "roles": roles}
        )
    return True


def differences(session: Session) -> int:
    """Return how many counts differ from the memberships; 0 at any moment, also during writes."""
    count: int = session.scalars(_COUNT_DIFFERENCES).one()
    return count


def count_all(session: Session) -> None:
    """Count all memberships from the beginning, after many were inserted while nobody else could use the counts."""
    advisory_locks.lock_transaction(session, AdvisoryLock.ROLL_UP)
    for statement in _COUNT_ALL:
        session.execute(statement)


def repair(session: Session) -> int:
    """Correct the counts by appending the differences, and return how many were wrong.

    One statement reads memberships, counts and changes from one snapshot, and later writes add to the result: writers
    do not have to stop. Bulk inserts of memberships are counted in this way too.
    """
    # Two repairs at once would append the same differences.
    advisory_locks.lock_transaction(session, AdvisoryLock.ROLL_UP)
    wrong: int = session.execute(_REPAIR).rowcount  # type: ignore[attr-defined]
    if wrong:
        roll_up(session)
    return wrong
