"""What a map has to know before it shows anybody: the condition, who looks, and what they show of themselves."""

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.errors import UnknownConditionError
from mapservice.geo.zones import ZoneId
from mapservice.privacy.visibility import Audience, Viewer

_LOAD = text("""
    select condition.id, own.audience, own.shown_zone, (select digest from loaded where subject = 'zones')
    from condition
    left join membership as own on own.condition_id = condition.id and own.member_id = :member
    where condition.slug = :slug
""")


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """A member who looks at the map of a condition.

    ``shown_zone`` is the zone that they show there themselves, if anybody can see them; ``tree`` is the digest of the
    zones that are loaded.
    """

    condition_id: int
    viewer: Viewer
    shown_zone: ZoneId | None
    tree: str | None


def load(session: Session, member_id: uuid.UUID, slug: str) -> Viewpoint:
    """Return how a member looks at the map of a condition, from one statement.

    :raise UnknownConditionError: if there is no such condition.
    """
    row = session.execute(_LOAD, {"member": member_id, "slug": slug}).one_or_none()
    if row is None:
        raise UnknownConditionError
    condition_id, audience, shown_zone, tree = row
    viewer = Viewer(member_id, has_joined=audience is not None)
    is_shown = audience is not None and audience != Audience.NOBODY
    return Viewpoint(condition_id, viewer, shown_zone if is_shown else None, tree)
