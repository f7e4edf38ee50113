"""The counts of the maps in tests: as readers see them, and as they must be."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from mapservice.store.places import count_rollup
from mapservice.store.places.current_counts import current_counts
from mapservice.store.tables import Condition

#: Condition, zone, audience, role, and how many.
Count = tuple[int, str, str, str, int]


def count_rows(session: Session) -> list[Count]:
    """The counts with the changes that were not yet added to them, sorted."""
    counted = current_counts()
    key = (counted.c.condition_id, counted.c.zone_id, counted.c.audience, counted.c.role)
    n = func.sum(counted.c.n)
    return sorted(tuple(row) for row in session.execute(select(*key, n).group_by(*key).having(n != 0)))


def true_rows(session: Session) -> list[Count]:
    """What the memberships say, sorted."""
    return sorted(tuple(row) for row in session.execute(text(count_rollup.TRUTH)))


def people_in(session: Session, zone_id: str, condition: Condition | None = None) -> int:
    """How many memberships are counted in a zone, of one condition or of all."""
    return sum(
        n
        for condition_id, zone, _audience, _role, n in count_rows(session)
        if zone == zone_id and condition in (None, session.get(Condition, condition_id))
    )
