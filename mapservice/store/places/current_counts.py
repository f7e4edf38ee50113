"""The current counts: the stored counts and the changes that have not been added to them yet.

Reading the stored counts alone would show people who have just hidden. One statement reads both from one snapshot.
"""

from sqlalchemy import Subquery, func, select, true, union_all

from mapservice.store.tables import ZoneCount, ZoneCountChange

#: For SQL: ``from {CURRENT} as counted``. It can have several rows for a key: use ``sum(n)``.
CURRENT = """(
    select condition_id, zone_id, audience, role, n from zone_count
    union all
    select condition_id, zone_id, audience, role, n from zone_count_change, unnest(zone_ids) as zone_id
)"""


def current_counts() -> Subquery:
    """Return the current counts as a subquery with the columns condition_id, zone_id, audience, role and n."""
    change = ZoneCountChange
    zones = func.unnest(change.zone_ids).table_valued("zone_id", name="zone_id")
    changes = select(change.condition_id, zones.c.zone_id, change.audience, change.role, change.n).join(zones, true())
    counts = select(ZoneCount.condition_id, ZoneCount.zone_id, ZoneCount.audience, ZoneCount.role, ZoneCount.n)
    return union_all(counts, changes).subquery("counted")
