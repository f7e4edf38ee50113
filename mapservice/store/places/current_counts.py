"""The current counts: the stored counts and the changes that have not been added to them yet.

Reading the stored counts alone would show people who have just hidden. One statement reads both from one snapshot, and
from the same one the few people whom its viewer sees otherwise than all others: those who are apart from them are in
the counts exactly once, and those who show themselves to their contacts never.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Integer, Select, Subquery, Text, func, select, text, true, union_all

from mapservice.privacy.visibility import Viewer, audiences_seen, contacts_seen
from mapservice.store.tables import Condition, ZoneCount, ZoneCountChange

#: For SQL: ``from {CURRENT} as counted``. It can have several rows for a key: use ``sum(n)``.
CURRENT = """(
    select condition_id, zone_id, audience, role, n from zone_count
    union all
    select condition_id, zone_id, audience, role, n from zone_count_change, unnest(zone_ids) as zone_id
)"""


#: The people whom a viewer sees otherwise than the counts say, as changes of the counts: one less in the zone of each
#: who is apart from them, and one more in that of each who shows themselves to contacts. The parameters are those of
#: :func:`personal_values`.
PERSONAL = """
    select shown_zone, role, -1 as n from membership
    where condition_id = %(condition)s and member_id = any(cast(string_to_array(%(apart)s, ',') as uuid[]))
      and shown_zone is not null and audience = any(%(audiences)s)
    union all
    select shown_zone, role, 1 from membership
    where condition_id = %(condition)s and member_id = any(cast(string_to_array(%(contacts)s, ',') as uuid[]))
      and shown_zone is not null and audience = 'contacts'
"""

# The same changes in the zones of one level.
_PERSONAL_ROWS = text(
    re.sub(
        r"%\((\w+)\)s",
        r":\1",
        f"""
            select array_to_string(steps[1 : %(depth)s], '.') collate "C" as zone_id, role, n
            from (select string_to_array(shown_zone, '.') as steps, role, n from ({PERSONAL}) as people) as personal
            where cardinality(steps) >= %(depth)s
        """,  # noqa: S608 -- the statement is a constant
    )
).columns(zone_id=Text, role=Text, n=Integer)


def current_counts() -> Subquery:
    """Return the current counts as a subquery with the columns condition_id, zone_id, audience, role and n."""
    return union_all(*_counts()).subquery("counted")


def seen_counts(condition: Condition, viewer: Viewer, role: str | None, depth: int) -> Subquery:
    """Return how many people a viewer can see, as a subquery with the columns zone_id and n: add them up by zone.

    It is complete for zones of one level: ``depth`` is 1 for countries, 2 for regions and so on.
    """
    counted = union_all(*_counts()).subquery("counted")
    seen = [counted.c.condition_id == condition.id, counted.c.audience.in_(audiences_seen(viewer))]
    with_role = [counted.c.role == role] if role else []
    counts: Select[Any] | CompoundSelect[Any] = select(counted.c.zone_id, counted.c.n).where(*seen, *with_role)
    if is_personal(viewer):
        values = personal_values(condition.id, viewer)
        rows = _PERSONAL_ROWS.bindparams(**values, depth=depth).subquery("personal")
        personal = select(rows.c.zone_id, rows.c.n).where(*([rows.c.role == role] if role else []))
        counts = union_all(counts, personal)
    return counts.subquery("seen")


def is_personal(viewer: Viewer) -> bool:
    """Return whether a viewer may see others than everybody who sees the same audiences."""
    return bool(viewer.apart or contacts_seen(viewer))


def personal_values(condition_id: int, viewer: Viewer) -> dict[str, object]:
    """Return the condition, the audiences that a viewer sees, and the ids of those apart from them and of contacts."""
    # Text is passed on in a fraction of the time that hundreds of objects take.
    people = {"apart": _joined(viewer.apart), "contacts": _joined(contacts_seen(viewer))}
    return {"condition": condition_id, "audiences": list(audiences_seen(viewer)), **people}


def _joined(people: Iterable[UUID]) -> str:
    return ",".join([person.hex for person in people])


def _counts() -> list[Select[Any]]:
    change = ZoneCountChange
    zones = func.unnest(change.zone_ids).table_valued("zone_id", name="zone_id")
    changes = select(change.condition_id, zones.c.zone_id, change.audience, change.role, change.n).join(zones, true())
    counts = select(ZoneCount.condition_id, ZoneCount.zone_id, ZoneCount.audience, ZoneCount.role, ZoneCount.n)
    return [counts, changes]
