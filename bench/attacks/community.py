"""A community in a moment: people of long standing, and releases with figures in which they are counted."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from mapservice.privacy.visibility import Audience, Role
from mapservice.store.places import zone_counts
from mapservice.store.tables import Condition, HomeZone, Member, Membership, Release
from testing.releasing import as_owner, release

#: Releases after which everybody who may be counted is, whatever their secret delay.
RELEASES = 5

#: Days since the people of a community signed up, and since they agreed to be counted.
SIGNED_UP, AGREED = 400, 200


def settle(
    session: Session,
    conditions: Sequence[Condition],
    homes: Sequence[str],
    *,
    prefix: str,
    joined: Sequence[dt.date] | None = None,
) -> list[uuid.UUID]:
    """Members who live in some zones and are shown to all others and counted in each of some conditions, on one day."""
    ids, days = _signed_up(session, homes, prefix), joined or [_ago(AGREED)] * len(homes)
    for condition in conditions:
        session.execute(insert(Membership), [
            {"condition_id": condition.id, "member_id": member_id, "role": Role.PERSON, "shown_zone": home,
             "joined": day, "counted_since": day, "pseudonym": uuid.uuid4().hex}
            for member_id, home, day in zip(ids, homes, days, strict=True)
        ])  # fmt: skip
    with zone_counts.counted(session, session.scalars(select(Membership).where(Membership.member_id.in_(ids)))) as held:
        for membership in held:
            membership.audience = Audience.MEMBERS
    with as_owner(session):
        # Without this, PostgreSQL plans for tables that are as empty as before the attack began.
        session.execute(text("analyze member, membership, home_zone"))
    session.commit()
    return ids


def _signed_up(session: Session, homes: Sequence[str], prefix: str) -> list[uuid.UUID]:
    """Accounts of long standing with their homes."""
    ids, day = [uuid.uuid4() for _ in homes], _ago(SIGNED_UP)
    session.execute(insert(Member), [
        {"id": member_id, "email": f"{prefix}-{at}@example.org", "pseudonym": f"{prefix} {at}", "joined": day,
         "confirmed_at": dt.datetime.combine(day, dt.time(12), dt.UTC)}
        for at, member_id in enumerate(ids)
    ])  # fmt: skip
    lives = [{"member_id": member_id, "zone_id": home} for member_id, home in zip(ids, homes, strict=True)]
    session.execute(insert(HomeZone), lives)
    return ids


def published(session: Session) -> Release:
    """The last of enough releases, a week apart, that all of the community is in its figures."""
    return [release(session, _ago(7 * weeks)) for weeks in reversed(range(RELEASES))][-1]


def _ago(days: int) -> dt.date:
    return dt.datetime.now(dt.UTC).date() - dt.timedelta(days=days)
