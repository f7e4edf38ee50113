"""What a map has to know before it shows anybody: the condition, who looks, and what they show of themselves."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.errors import UnknownConditionError
from mapservice.geo.zones import ZoneId
from mapservice.privacy.visibility import Audience, Viewer, audiences_seen

# The version of an audience is the sum of the ids of all its changes, whether they were added to the counts or not:
# adding them up changes nothing.
_LOAD = text("""
    select condition.id, own.role, own.audience, own.shown_zone, (select digest from loaded where subject = 'zones'), (
        select json_object_agg(audience, version) from (
            select audience, sum(version) as version from (
                select audience, version from zone_count_version where condition_id = condition.id
                union all
                select audience, id from zone_count_change where condition_id = condition.id
            ) as change group by audience
        ) as current
    )
    from condition
    left join membership as own on own.condition_id = condition.id and own.member_id = :member
    where condition.slug = :slug
""")


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A member who looks at the map of a condition.

    ``role`` is the role in which they have joined it, if they have; ``shown_zone`` is the zone that they show there
    themselves, if anybody can see them; ``tree`` is the digest of the zones that are loaded. ``versions`` are those of
    the audiences that they can see: other numbers after every change of what the map shows them.
    """

    condition_id: int
    viewer: Viewer
    role: str | None
    shown_zone: ZoneId | None
    tree: str | None
    versions: Sequence[tuple[str, int]]


def load(session: Session, member_id: uuid.UUID, slug: str) -> Viewpoint:
    """Return how a member looks at the map of a condition, from one statement.

    :raise UnknownConditionError: if there is no such condition.
    """
    row = session.execute(_LOAD, {"member": member_id, "slug": slug}).one_or_none()
    if row is None:
        raise UnknownConditionError
    condition_id, role, audience, shown_zone, tree, versions = row
    viewer = Viewer(member_id, has_joined=role is not None)
    is_shown = role is not None and audience != Audience.NOBODY
    seen = [(audience, (versions or {}).get(audience, 0)) for audience in audiences_seen(viewer)]
    return Viewpoint(condition_id, viewer, role, shown_zone if is_shown else None, tree, seen)
