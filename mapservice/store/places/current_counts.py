"""The current counts: the stored counts and the changes that have not been added to them yet.

Reading the stored counts alone would show people who have just hidden. One statement reads both from one snapshot, and
the people who do not exist for its viewer from the same one: each of them is in the counts exactly once.
"""

from typing import Any

from sqlalchemy import Integer, Select, Subquery, Text, func, select, text, true, union_all

from mapservice.privacy.visibility import Viewer, audiences_seen
from mapservice.store.tables import Condition, ZoneCount, ZoneCountChange

#: For SQL: ``from {CURRENT} as counted``. It can have several rows for a key: use ``sum(n)``.
CURRENT = """(
    select condition_id, zone_id, audience, role, n from zone_count
    union all
    select condition_id, zone_id, audience, role, n from zone_count_change, unnest(zone_ids) as zone_id
)"""


#: The people who are apart from a viewer, as changes of the counts: one less in their zone and in each above it. The
#: parameters are ``condition`` and ``apart``, an array of their ids.
APART = """
    select condition_id, above.zone_id, audience, role, -1 as n
    from membership
    cross join lateral (select string_to_array(shown_zone, '.') as steps) as shown
    cross join lateral (
        select array_to_string(steps[1:depth], '.') collate "C" as zone_id
        from generate_series(1, cardinality(steps)) as depth
        union all
        select parent from zone where id = steps[1]
    ) as above
    where condition_id = %(condition)s and member_id = any(%(apart)s)
      and audience <> 'nobody' and shown_zone is not null
"""

_APART_ROWS = text(APART.replace("%(condition)s", ":apart_condition").replace("%(apart)s", ":apart")).columns(
    condition_id=Integer, zone_id=Text, audience=Text, role=Text, n=Integer
)


def current_counts() -> Subquery:
    """Return the current counts as a subquery with the columns condition_id, zone_id, audience, role and n."""
    return union_all(*_counts()).subquery("counted")


def seen_counts(condition: Condition, viewer: Viewer, role: str | None) -> Subquery:
    """Return how many people a viewer can see, as a subquery with the columns zone_id and n: add them up by zone."""
    counts = _counts()
    if viewer.apart:
        less = _APART_ROWS.bindparams(apart_condition=condition.id, apart=sorted(viewer.apart))
        counts.append(select(less.subquery("less")))
    counted = union_all(*counts).subquery("counted")
    seen = [counted.c.condition_id == condition.id, counted.c.audience.in_(audiences_seen(viewer))]
    if role:
        seen.append(counted.c.role == role)
    return select(counted.c.zone_id, counted.c.n).where(*seen).subquery("seen")


def _counts() -> list[Select[Any]]:
    change = ZoneCountChange
    zones = func.unnest(change.zone_ids).table_valued("zone_id", name="zone_id")
    changes = select(change.condition_id, zones.c.zone_id, change.audience, change.role, change.n).join(zones, true())
    counts = select(ZoneCount.condition_id, ZoneCount.zone_id, ZoneCount.audience, ZoneCount.role, ZoneCount.n)
    return [counts, changes]
