"""The counts of the maps in tests: as readers see them, and as they must be."""

from sqlalchemy import text
from sqlalchemy.orm import Session

from mapservice.store.places import count_rollup
from mapservice.store.places.current_counts import CURRENT
from mapservice.store.tables import Condition

#: Condition, zone, audience, role, and how many.
Count = tuple[int, str, str, str, int]


def count_rows(session: Session) -> list[Count]:
    """The counts with the changes that were not yet added to them, sorted."""
    key = "condition_id, zone_id, audience, role"
    statement = f"select {key}, sum(n)::integer from {CURRENT} as counted group by {key} having sum(n) <> 0"
    return sorted(tuple(row) for row in session.execute(text(statement.replace("::", r"\:\:"))))


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
