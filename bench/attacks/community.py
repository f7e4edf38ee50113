"""A community in a moment: people of long standing, and releases with figures in which they are counted."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from mapservice.privacy.visibility import Audience, Role
from mapservice.store import places
from mapservice.store.tables import Condition, HomeZone, Member, Membership, Release
from tests.releasing import release

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
    today = dt.datetime.now(dt.UTC).date()
    ids, days = [uuid.uuid4() for _ in homes], joined or [today - dt.timedelta(days=AGREED)] * len(homes)
    signed_up = today - dt.timedelta(days=SIGNED_UP)
    confirmed_at = dt.datetime.combine(signed_up, dt.time(12), dt.UTC)
    session.execute(insert(Member), [
        {"id": each, "email": f"{prefix}-{at}@example.org", "pseudonym": f"{prefix} {at}", "joined": signed_up,
         "confirmed_at": confirmed_at}
        for at, each in enumerate(ids)
    ])  # fmt: skip
    session.execute(
        insert(HomeZone), [{"member_id": each, "zone_id": home} for each, home in zip(ids, homes, strict=True)]
    )
    for condition in conditions:
        session.execute(insert(Membership), [
            {"condition_id": condition.id, "member_id": each, "role": Role.PERSON, "shown_zone": home, "joined": day,
             "counted_since": day, "pseudonym": uuid.uuid4().hex}
            for each, home, day in zip(ids, homes, days, strict=True)
        ])  # fmt: skip
    with places.counted(session, session.scalars(select(Membership).where(Membership.member_id.in_(ids)))) as held:
        for each in held:
            each.audience = Audience.MEMBERS
    session.commit()
    return ids


def published(session: Session) -> Release:
    """The last of enough releases, a week apart, that all of the community is in its figures."""
    today = dt.datetime.now(dt.UTC).date()
    return [release(session, today - dt.timedelta(weeks=ago)) for ago in reversed(range(RELEASES))][-1]
