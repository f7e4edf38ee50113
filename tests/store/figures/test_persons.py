"""A person for whom several members speak is counted once, and nobody can use that to be counted sooner or oftener."""

import datetime as dt

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from mapservice.geo.zones import Level
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.visibility import Role
from mapservice.store.care import codes, speakers
from mapservice.store.community import consents, memberships
from mapservice.store.tables import CountedMember, Member, Membership
from mapservice.store.tables.care import UncountedSpeakerRow
from testing.locations import zone_called
from tests.store.figures.test_releases import START, bucket_of, people, release, session

__all__ = ["session"]

#: The week after which everybody of these tests is counted who can be.
THEN = 5


@pytest.fixture
def family(session, condition, freiburg):
    """A mother in Freiburg and a father in Reykjavík, who have agreed to be counted."""
    [mother] = people(session, condition, freiburg, 1, prefix="mother")
    [father] = people(session, condition, zone_called(session, "Reykjavík", Level.AREA, "IS"), 1, prefix="father")
    session.execute(update(Membership).values(role=Role.CAREGIVER))
    session.commit()
    return mother, father


def of(session, member, condition):
    return memberships.get(session, member, condition)


def pair(session, condition, maker, other):
    code = codes.make(session, of(session, maker, condition), SpeaksAs.CAREGIVER)
    codes.enter(session, of(session, other, condition), code)
    assert codes.confirm(session, of(session, maker, condition))
    session.commit()


def counted(session):
    return set(session.scalars(select(CountedMember.member_id)))


def left_on(session, member):
    return session.scalar(select(Member.left_count_on).where(Member.id == member.id))


def as_if_left(session, week):
    day = START + dt.timedelta(weeks=week)
    session.execute(text("update member set left_count_on = :day where left_count_on is not null"), {"day": day})


def test_never_counts_a_person_twice(session, condition, family):
    pair(session, condition, *family)

    for week in range(THEN):
        release(session, week)
        assert len(counted(session)) <= 1

    assert len(counted(session)) == 1
    assert bucket_of(session, condition).people == 1


def test_two_who_are_no_pair_are_two_people(session, condition, family):
    for week in range(THEN):
        release(session, week)

    assert counted(session) == {member.id for member in family}
    assert session.scalars(select(UncountedSpeakerRow)).all() == []


@pytest.mark.parametrize("first", [0, 1])
def test_a_pair_that_was_counted_twice_is_counted_where_it_was_first(session, condition, family, first):
    for week in range(THEN):
        release(session, week)
    kept, dropped = family[first], family[1 - first]
    earlier = update(CountedMember).where(CountedMember.member_id == kept.id)
    session.execute(earlier.values(changed_on=START - dt.timedelta(days=1)))

    pair(session, condition, *family)

    assert counted(session) == {kept.id}
    assert left_on(session, kept) is None
    assert left_on(session, dropped) == session.scalar(text("select current_date")), "they rest as others who leave"
    assert of(session, dropped, condition).counted_since is not None, "the consent stays"
    release(session, THEN)
    assert bucket_of(session, condition).people == 1


def first_alone(session, condition, family):
    """The first is counted since some weeks; the second agrees to be counted and to be a pair."""
    first, second = family
    consents.stop_counting(session, second, of(session, second, condition))
    session.commit()
    for week in range(THEN):
        release(session, week)
    consents.count(session, second, of(session, second, condition), "Count me.", today=START)
    session.commit()
    pair(session, condition, first, second)
    return first, second


def weeks_until_counted(session, member, week):
    for passed in range(1, 60):
        release(session, week + passed)
        if member.id in counted(session):
            return passed
    return None


@pytest.mark.parametrize("how", ["leaves", "withdraws", "ends"])
def test_the_other_is_counted_after_a_whole_delay_once_the_first_has_gone(session, condition, family, how):
    first, second = first_alone(session, condition, family)
    for week in range(THEN, THEN + 4):
        release(session, week)
    assert counted(session) == {first.id}

    if how == "leaves":
        memberships.leave(session, of(session, first, condition))
    elif how == "withdraws":
        consents.stop_counting(session, first, of(session, first, condition))
    else:
        speakers.end(session, of(session, second, condition))
    session.commit()

    # As somebody who agrees to be counted today: their public ids have the shortest delay.
    assert weeks_until_counted(session, second, THEN + 3) == DEFAULT.min_delay + 1
    assert (first.id in counted(session)) is (how == "ends")


def test_never_lets_a_pairing_shorten_the_rest_of_somebody_who_left_a_count(session, condition, family):
    """Pairing takes the second out of the count, and ending it does not bring them back sooner than leaving would."""
    for week in range(THEN):
        release(session, week)
    first, second = family
    session.execute(
        update(CountedMember).where(CountedMember.member_id == first.id)
        .values(changed_on=START - dt.timedelta(days=1))
    )  # fmt: skip
    pair(session, condition, first, second)
    as_if_left(session, THEN)
    speakers.end(session, of(session, second, condition))
    session.commit()

    assert weeks_until_counted(session, second, THEN) >= DEFAULT.cooldown_days // 7


def test_the_day_is_forgotten_once_no_delay_depends_on_it(session, condition, family):
    first, second = first_alone(session, condition, family)
    release(session, THEN)
    assert session.scalars(select(UncountedSpeakerRow.member_id)).all() == [second.id]

    speakers.end(session, of(session, second, condition))
    session.commit()
    for week in range(THEN + 1, THEN + 1 + DEFAULT.max_delay + 2):
        release(session, week)

    assert session.scalars(select(UncountedSpeakerRow)).all() == []
    assert counted(session) == {first.id, second.id}


@pytest.mark.parametrize(
    "statement", ["delete from uncounted_speaker", "update uncounted_speaker set held_on = date '2020-01-01'"]
)
def test_never_lets_a_page_count_somebody_sooner(connection, statement):
    with pytest.raises(ProgrammingError):
        connection.execute(text(statement))
