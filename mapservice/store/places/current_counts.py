"""The current counts: the stored counts and the changes that have not been added to them yet.

Reading the stored counts alone would show people who have just hidden. One statement reads both from one snapshot, and
from the same one the few people whom its viewer sees otherwise than all others: those who are apart from them are in
the counts exactly once, and those who show themselves to their contacts never. It is the same text for every viewer:
a text of its own for those from whom somebody is apart would have to be planned, and they could notice it by that time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from mapservice.geo.zones import ZoneId, country
from mapservice.privacy.visibility import Viewer, audiences_seen, contacts_seen
from mapservice.store.transactions.execution import Read

#: For SQL: ``from {CURRENT} as counted``. It can have several rows for a key: use ``sum(n)``.
CURRENT = """(
    select condition_id, zone_id, audience, role, n from zone_count
    union all
    select condition_id, zone_id, audience, role, n from zone_count_change, unnest(zone_ids) as zone_id
)"""

#: For SQL: the condition that somebody has the role by which people are filtered, if any.
HAS_ROLE = "(cast(%(role)s as text) is null or role = %(role)s)"

#: For SQL: the ids of people, by the name of a parameter of :func:`personal_values`. In a join or a subquery they are
#: read once, not for each row.
PEOPLE = "unnest(cast(string_to_array(%({})s, ',') as uuid[]))"

#: For SQL: how many people everybody who sees these audiences sees in zones, whose ids are the array ``{zones}``.
COUNTS = f"""
    select zone_id, sum(n)::integer as n from {CURRENT} as counted
    where condition_id = %(condition)s and zone_id = any({{zones}}) and audience = any(%(audiences)s) and {HAS_ROLE}
    group by zone_id
"""  # noqa: S608 -- the statement is a constant

_SHOWN = f"""
    join membership on membership.condition_id = %(condition)s and member_id = person.id
    where shown_zone is not null and {HAS_ROLE}
"""

#: For SQL: the people whom a viewer sees otherwise than the counts say, as changes of the counts: one less in the zone
#: of each who is apart from them, and one more in that of each who shows themselves to contacts. A row for each of the
#: two has the zones as one text, since hundreds of rows take longer.
PERSONAL = f"""
    select string_agg(shown_zone, ' ') as zones, -1 as n from {PEOPLE.format("apart")} as person (id) {_SHOWN}
      and audience = any(%(audiences)s)
    union all
    select string_agg(shown_zone, ' '), 1 from {PEOPLE.format("contacts")} as person (id) {_SHOWN}
      and audience = 'contacts'
"""  # noqa: S608 -- the statement is a constant

#: For SQL: how many people a viewer sees in zones, as rows of a zone and a number, and the changes, marked as such.
SEEN = f"""
    select zone_id, n, false from ({COUNTS}) as counts union all select zones, n, true from ({PERSONAL}) as personal
"""  # noqa: S608 -- the statement is a constant

#: Whom a viewer sees in a condition, as values of the statements: of :func:`personal_values`.
Sight = Mapping[str, object]

#: What returns the part of the world of a country.
PartOf = Callable[[ZoneId], ZoneId | None]

_SEEN_IN = SEEN.format(zones="string_to_array(%(zones)s, ',')")
_SEEN_ANYWHERE = SEEN.format(zones="array(select id from zone where level = 'part')")


def seen_counts(
    read: Read, zone_ids: Collection[ZoneId], sight: Sight, part_of: PartOf | None = None
) -> dict[ZoneId, int]:
    """Return how many people a viewer can see in each of some zones with anybody; in parts of the world if known."""
    rows = read(_SEEN_IN, {"zones": ",".join(sorted(zone_ids)), **sight})
    counts = personal_changes(rows, {country(zone_id) for zone_id in zone_ids if "." in zone_id}, part_of)
    for zone_id, n, is_personal in rows:
        if not is_personal:
            counts[zone_id] += n
    return {zone_id: n for zone_id in zone_ids if (n := counts[zone_id])}


def seen_anywhere(read: Read, sight: Sight) -> int:
    """Return how many people a viewer can see in the whole world."""
    rows = read(_SEEN_ANYWHERE, sight)
    return sum(n * len((zones or "").split()) if is_personal else n for zones, n, is_personal in rows)


def personal_changes(
    rows: Iterable[Sequence[Any]], divided: Collection[ZoneId], part_of: PartOf | None = None
) -> defaultdict[ZoneId, int]:
    """Return the changes of the counts by zone, from those rows of ``SEEN`` that are marked as such.

    Zones finer than a country have theirs only in countries that are ``divided``. To look for each in the tree would
    take longer than to read its id.
    """
    changes: defaultdict[ZoneId, int] = defaultdict(int)
    for zones, n, is_personal in rows:
        shown: list[str] = (zones or "").split() if is_personal else []
        for shown_country, people in Counter([zone_id[:2] for zone_id in shown]).items():
            changes[ZoneId(shown_country)] += n * people
            if part_of and (part := part_of(ZoneId(shown_country))):
                changes[part] += n * people
        for zone_id in [zone_id for zone_id in shown if zone_id[:2] in divided]:
            end = len(zone_id)
            while end > 2:
                changes[ZoneId(zone_id[:end])] += n
                end = zone_id.rfind(".", 0, end)
    return changes


def personal_values(condition_id: int, viewer: Viewer, role: str | None) -> Sight:
    """Return whom a viewer sees in a condition, by the names of parameters.

    These are the condition, the audiences, the ids of those apart from the viewer and of contacts, and the role by
    which people are filtered, if any.
    """
    # Text is passed on in a fraction of the time that hundreds of objects take.
    people = {"apart": _joined(viewer.apart), "contacts": _joined(contacts_seen(viewer))}
    return {"condition": condition_id, "audiences": list(audiences_seen(viewer)), "role": role, **people}


def _joined(people: Iterable[UUID]) -> str:
    return ",".join([f"{person.int:032x}" for person in people])
