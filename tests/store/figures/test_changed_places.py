"""A release computes only the places that changed, and the result is that of computing all of them."""

import random
from collections import Counter

import pytest
from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.zones import ZoneId
from mapservice.privacy.disclosure import (
    DEFAULT,
    WORLD,
    Bucket,
    State,
    next_state,
    released_count,
    renewal,
)
from mapservice.store.accounts import members
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Condition, CountBucket, CountedMember, HomeZone, Member
from tests.store.figures.test_releases import KEY, people, published, release

#: Regions in which people live, by the id of an area in each.
HOMES = ("DE.3", "DE.1", "FR.1", "FR.2")

WEEKS = 12

#: How many people join the larger community at once, and in which week: enough to be shown, and to fill a batch.
CROWDS = {0: 45, 6: 30}


@pytest.fixture
def session(owner_connection: Connection):
    """A session with the rights of the command that makes releases."""
    with db.open_session(owner_connection) as session:
        yield session


@pytest.fixture
def joined(session, condition) -> list[Condition]:
    slugs = (condition.slug, "endometriosis")
    return list(session.scalars(select(Condition).where(Condition.slug.in_(slugs)).order_by(Condition.slug)))


Places = dict[tuple[int, object], set[str]]
Buckets = dict[tuple[int, str], tuple]


def counted(session: Session) -> Places:
    """In which places each membership is counted."""
    rows = session.execute(
        select(CountedMember.condition_id, CountedMember.member_id, CountedMember.country, CountedMember.region)
    )
    return {(row[0], row[1]): {WORLD, *filter(None, row[2:])} for row in rows}


def buckets(session: Session) -> Buckets:
    columns = CountBucket.people, CountBucket.version, CountBucket.changes, CountBucket.renewal, CountBucket.shown
    rows = session.execute(select(CountBucket.condition_id, CountBucket.place, *columns))
    return {(row[0], row[1]): tuple(row[2:]) for row in rows}


def everything(number: int, slugs: dict[int, str], before: Buckets, places: Places, now: Places) -> Buckets:
    """What the buckets have to be after a release: each of them is computed, whether anything changed in it or not."""
    entered: Counter[tuple[int, str]] = Counter()
    for key, own in now.items():
        entered.update((key[0], place) for place in own - places.get(key, set()))
    total = Counter((key[0], place) for key, own in now.items() for place in own)
    after = {}
    for key in {*before, *total}:
        bucket = Bucket(slugs[key[0]], key[1])
        _people, version, changes, _renewal, shown = before.get(key, (0, 0, 0, 0, None))
        phase = renewal(KEY, bucket)
        state = next_state(
            bucket,
            State(version, changes),
            entered[key],
            is_renewed=number % DEFAULT.renewal_interval == phase,
            key=KEY,
        )
        if state.version != version:
            shown = released_count(bucket, total[key], version=state.version, key=KEY)
        after[key] = (total[key], state.version, state.changes, phase, shown)
    return after


def change_somebody(session: Session, chance: random.Random, condition: Condition, week: int) -> None:
    """Let some people join, move, leave, take consents back, be locked out, delete their accounts, or be deleted."""
    coming = CROWDS.get(week, 0) if condition.slug != "endometriosis" else 0
    people(session, condition, chance.choice(HOMES), coming + chance.choice((0, 1, 2)), prefix=f"{condition.id}-{week}")
    joined = list(session.scalars(select(Member).where(Member.email.like(f"{condition.id}-%")).order_by(Member.email)))
    for member in chance.sample(joined, min(len(joined), 4)):
        match chance.randrange(6):
            case 0:
                memberships.leave(session, memberships.get(session, member, condition))
                session.delete(member)
            case 1:
                membership = memberships.get(session, member, condition)
                consents.stop_counting(session, member, membership)
            case 2:
                members.delete_account(session, member)
            case 3:
                member.active = False
            case 4:
                home = session.get_one(HomeZone, member.id)
                home.zone_id = ZoneId(chance.choice(HOMES))
            case 5:
                session.execute(text("delete from membership where member_id = :own"), {"own": member.id})
                session.delete(member)
        session.flush()
    session.commit()


def test_a_release_is_what_computing_every_place_gives(session, joined):
    chance = random.Random(1)
    slugs = {condition.id: condition.slug for condition in joined}
    for week in range(WEEKS):
        for condition in joined:
            change_somebody(session, chance, condition, week)
        # Half a year apart, so that some of those who moved are counted where they live now.
        before, places = buckets(session), counted(session)
        made = release(session, week * 27)
        after = buckets(session)

        assert after == everything(made.number, slugs, before, places, counted(session))
        assert published(session, made.number) == sorted(
            (*key, state[-1]) for key, state in after.items() if state[-1] is not None
        )

    assert max(state[1] for state in after.values()) > 1
    assert any(state[-1] is not None for state in after.values())


def test_never_writes_a_place_in_which_nothing_changed(session, condition, freiburg):
    people(session, condition, freiburg, 3)
    people(session, condition, "FR.1", 3, prefix="french")
    phases = {renewal(KEY, Bucket(condition.slug, place)) for place in (WORLD, "DE", "DE.3", "FR", "FR.1")}
    quiet = next(week for week in range(4, 16) if (week + 2) % DEFAULT.renewal_interval not in phases)
    for week in range(quiet + 1):
        release(session, week)
    session.commit()
    rows = text("select place, ctid::text from count_bucket")
    before = dict(session.execute(rows).all())

    people(session, condition, freiburg, 1, prefix="comes")
    members.delete_account(session, session.scalars(select(Member).where(Member.email == "p-0@example.org")).one())
    release(session, quiet + 1)

    after = dict(session.execute(rows).all())
    assert {place for place in before if before[place] != after[place]} == {WORLD, "DE", "DE.3"}
