"""The changes of the counts behind the clusters, appended in the transaction that changes a membership."""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from mapservice.geo import zones
from mapservice.privacy.visibility import AUDIENCES, SHARED_AUDIENCES
from mapservice.store import tables
from mapservice.store.places.count_rollup import roll_up
from mapservice.store.transactions import withdrawals

#: The key of a count: (condition, zone, audience, role).
Key = tuple[int, str, str, str]

# The parent of a country is a part of the world, which is not in its id.
_APPEND = text("""
    insert into zone_count_change (condition_id, zone_ids, audience, role, n)
    values (:condition, (select parent from zone where id = :country) || cast(:path as text[]), :audience, :role, :n)
""")

# One in this many writers also adds up the changes: pages stay fast if the worker has died.
_ROLL_UP_EVERY = 200


def contribution(membership: tables.Membership) -> Counter[Key]:
    """Return what a membership adds: one in its zone, and so in each zone above; nothing if contacts or none see it."""
    if membership.audience not in SHARED_AUDIENCES or membership.shown_zone is None:
        return Counter()
    return Counter([(membership.condition_id, membership.shown_zone, membership.audience, membership.role)])


def apply(session: Session, before: Mapping[Key, int], after: Mapping[Key, int]) -> None:
    """Append the difference between the contributions of memberships after and before a change."""
    changes = {key: after.get(key, 0) - before.get(key, 0) for key in {*before, *after}}
    rows = [_row(*key, n) for key, n in changes.items() if n]
    if not rows:
        return
    session.execute(_APPEND, rows)
    if secrets.randbelow(_ROLL_UP_EVERY) == 0:
        # Nobody is kept from hiding by counts that cannot be added up.
        with suppress(DBAPIError), session.begin_nested():
            roll_up(session)


@contextmanager
def counted(session: Session, memberships: Iterable[tables.Membership]) -> Iterator[list[tables.Membership]]:
    """Yield memberships that may be changed inside the block; the change of the counts is appended at its end."""
    changing = list(memberships)
    contributions_before = _contributions(changing)
    shown_before = [(membership.audience, membership.shown_zone) for membership in changing]
    yield changing
    session.flush()
    for membership, before in zip(changing, shown_before, strict=True):
        if _shows_less(before, (membership.audience, membership.shown_zone)):
            withdrawals.note(session, membership.member_id)
    apply(session, contributions_before, _contributions(changing))


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


def _row(condition_id: int, zone_id: str, audience: str, role: str, n: int) -> dict[str, object]:
    path = zones.path(zone_id)
    place = {"country": path[0], "path": list(path)}
    return {"condition": condition_id, **place, "audience": audience, "role": role, "n": n}
