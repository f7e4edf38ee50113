"""Who left a count rests before they enter one anew, also where they left the condition, and nothing says which."""

import datetime as dt
import itertools

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level
from mapservice.privacy.disclosure import DEFAULT, entry_delay
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Condition, CountedMember, Member, Membership
from testing.accounts import new_member
from testing.locations import put
from tests.store.figures.test_releases import KEY, START, people, release, session

__all__ = ["session"]

#: The week in which the member of these tests leaves.
LEFT = 5


@pytest.fixture
def other(session: Session) -> Condition:
    return session.scalars(select(Condition).where(Condition.slug == "endometriosis")).one()


@pytest.fixture
def counted(session, condition, freiburg) -> Member:
    """A member who is counted since some weeks."""
    [member] = people(session, condition, freiburg, 1)
    for week in range(LEFT):
        release(session, week)
    return member


def day(week: int) -> dt.date:
    return START + dt.timedelta(weeks=week)


def left_on(session: Session) -> list[dt.date | None]:
    return list(session.scalars(text("select left_count_on from member where email like 'p-%'")))


def leaves(session: Session, member: Member, condition: Condition, *, on: dt.date) -> None:
    """Leave a condition as the pages do, on a day of the test's own calendar."""
    memberships.leave(session, memberships.get(session, member, condition))
    _as_if(session, on)


def takes_back(session: Session, member: Member, condition: Condition, *, on: dt.date) -> None:
    """Take the consent back, and stay in the condition."""
    consents.stop_counting(session, member, memberships.get(session, member, condition))
    _as_if(session, on)


def _as_if(session: Session, on: dt.date) -> None:
    session.execute(text("update member set left_count_on = :day where left_count_on is not null"), {"day": on})


def joins(session: Session, member: Member, condition: Condition, home: str, *, on: dt.date) -> None:
    membership = put(session, member, condition, home, level=Level.REGION, audience=Audience.NOBODY)
    consents.count(session, member, membership, "Count me.", today=on)
    session.commit()


def counted_in(session: Session, member: Member) -> set[int]:
    rows = select(CountedMember.condition_id).where(CountedMember.member_id == member.id)
    return set(session.scalars(rows))


def test_the_day_of_leaving_is_kept_without_the_condition(session, condition, counted):
    memberships.leave(session, memberships.get(session, counted, condition))

    assert left_on(session) == [session.scalar(text("select current_date"))]


GOING = pytest.mark.parametrize("goes", [leaves, takes_back])


@GOING
def test_who_was_not_counted_leaves_no_day_behind(session, condition, freiburg, goes):
    [member] = people(session, condition, freiburg, 1)
    consents.count(session, member, memberships.get(session, member, condition), "Count me.", today=START)

    goes(session, member, condition, on=START)

    assert left_on(session) == [None]


def test_who_thinks_again_before_being_counted_is_counted_as_soon_as_others(session, condition, freiburg):
    [member] = people(session, condition, freiburg, 1)
    membership = memberships.get(session, member, condition)
    for _ in range(3):
        consents.stop_counting(session, member, membership)
        consents.count(session, member, membership, "Count me.", today=START)
    session.commit()

    for week in range(DEFAULT.max_delay + 2):
        release(session, week)

    assert counted_in(session, member) == {condition.id}


@GOING
@pytest.mark.parametrize("where", ["condition", "other"])
def test_never_counts_anew_who_left_before_the_rest_is_over(session, condition, other, freiburg, counted, where, goes):
    goes(session, counted, condition, on=day(LEFT))
    joined = {"condition": condition, "other": other}[where]
    joins(session, counted, joined, freiburg, on=day(LEFT))

    rested = LEFT + DEFAULT.cooldown_days // 7
    for week in range(LEFT, rested):
        release(session, week)
        assert counted_in(session, counted) == set()
    for week in range(rested, rested + DEFAULT.max_delay + 2):
        release(session, week)
    assert counted_in(session, counted) == {joined.id}


@GOING
def test_leaving_one_count_takes_nobody_out_of_another(session, condition, other, freiburg, counted, goes):
    joins(session, counted, other, freiburg, on=START)
    release(session, LEFT)
    assert counted_in(session, counted) == {condition.id, other.id}

    goes(session, counted, condition, on=day(LEFT))
    release(session, LEFT + 1)

    assert counted_in(session, counted) == {other.id}


def test_never_forgets_by_leaving_that_the_consent_was_taken_back(session, condition, counted):
    takes_back(session, counted, condition, on=day(LEFT))
    assert counted_in(session, counted) == set()

    memberships.leave(session, memberships.get(session, counted, condition))

    assert left_on(session) == [day(LEFT)]


def test_a_rest_is_the_member_s_own(session, condition, freiburg):
    [first, second] = people(session, condition, freiburg, 2)
    for week in range(LEFT):
        release(session, week)

    takes_back(session, first, condition, on=day(LEFT))

    session.expire_all()
    assert (first.left_count_on, second.left_count_on) == (day(LEFT), None)


def test_never_counts_who_registered_anew_sooner_than_batches_allow_for(session, condition, freiburg, counted):
    email, registered = counted.email, LEFT - 1
    members.delete_account(session, counted)
    another = new_member(session, email)
    another.joined, another.confirmed_at = day(registered), dt.datetime.combine(day(registered), dt.time(), dt.UTC)
    joins(session, another, condition, freiburg, on=day(registered))
    soonest = next(name for name in map(str, itertools.count()) if entry_delay(KEY, name) == DEFAULT.min_delay)
    session.execute(update(Membership).where(Membership.member_id == another.id).values(public_id=soonest))

    for week in itertools.count(LEFT):
        release(session, week)
        if counted_in(session, another):
            break

    assert week - registered >= DEFAULT.min_return


def test_the_day_is_forgotten_once_no_rest_depends_on_it(session, condition, counted):
    leaves(session, counted, condition, on=day(LEFT))
    rested = LEFT + DEFAULT.cooldown_days // 7 + 1

    for week in range(LEFT, rested + DEFAULT.max_delay):
        release(session, week)
    assert left_on(session) == [day(LEFT)]

    release(session, rested + DEFAULT.max_delay)
    assert left_on(session) == [None]
