"""People who are remembered are a number by country: late, rounded, blurred, never fewer than five, each once."""

import datetime as dt

import pytest
from sqlalchemy import select, text, update

from mapservice.geo.zones import Level
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.visibility import Role
from mapservice.store.care import codes, memorials
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.figures import releases, remembered
from mapservice.store.tables import CountedMember, Member, Membership, RememberedBucket, RememberedCount
from mapservice.store.tables.care import MemorialRow, UncountedSpeakerRow
from testing.locations import zone_called
from tests.store.figures.test_releases import START, people, release, session

__all__ = ["session"]

#: The week after which every secret delay is over.
LATE = 14

#: A year of releases after it: every bucket was renewed by then.
ALL_RENEWED = range(LATE, LATE + DEFAULT.renewal_interval)


def carers(session, condition, home, count, prefix="carer"):
    """Caregivers of long standing."""
    members = people(session, condition, home, count, prefix=prefix)
    session.execute(update(Membership).values(role=Role.CAREGIVER))
    session.commit()
    return members


def close(session, condition, member, choice=AfterDeath.MEMORY, today=START):
    membership = memberships.get(session, member, condition)
    memorials.close(session, member, membership, choice, today)
    session.commit()


def finish(session, condition, member):
    """Let the membership be deleted as after 30 days."""
    membership = closed_memberships.get(session, member, condition)
    row = memorials.find(session, membership)
    memberships.leave(session, membership)
    memorials.finish(session, row)
    session.commit()


def pair(session, condition, one, other):
    mine, theirs = (memberships.get(session, member, condition) for member in (one, other))
    codes.enter(session, theirs, codes.make(session, mine, SpeaksAs.CAREGIVER))
    assert codes.confirm(session, mine)
    session.commit()


def number(session, condition):
    """How many people are counted as remembered, which no page can read."""
    session.expire_all()
    bucket = session.get(RememberedBucket, (condition.id, "DE"), populate_existing=True)
    return bucket.people if bucket else 0


def published(session, condition):
    return {row.zone_id: row.shown for row in remembered.by_country(session, releases.newest(session), condition)}


def test_people_are_remembered_by_country_once_their_delay_is_over(session, condition, freiburg):
    for member in carers(session, condition, freiburg, 40):
        close(session, condition, member)
        finish(session, condition, member)

    for week in range(5):
        release(session, week)
        assert number(session, condition) == 0, "nobody is counted who may still be brought back"
    release(session, LATE)
    assert number(session, condition) == 40

    for week in ALL_RENEWED:
        release(session, week)
    [(zone, shown)] = published(session, condition).items()
    assert zone == "DE"
    assert abs(shown - 40) <= DEFAULT.interval
    assert shown % DEFAULT.base == 0


def test_never_publishes_a_number_of_fewer_than_five(session, condition, freiburg):
    for member in carers(session, condition, freiburg, DEFAULT.minimum_count - 1):
        close(session, condition, member)

    for week in ALL_RENEWED:
        release(session, week)
        assert published(session, condition) == {}
    assert number(session, condition) == DEFAULT.minimum_count - 1


def test_the_number_moves_only_with_a_batch_or_a_renewal(session, condition, freiburg):
    """Whoever reads every release does not see a person enter: the number of the bucket has the same version then."""
    first, *others = carers(session, condition, freiburg, 20)
    for member in others:
        close(session, condition, member)
    for week in ALL_RENEWED:
        release(session, week)
    before, shown = session.get_one(RememberedBucket, (condition.id, "DE")).version, published(session, condition)
    close(session, condition, first, today=START - dt.timedelta(days=200))

    seen = set()
    for week in range(ALL_RENEWED.stop, ALL_RENEWED.stop + DEFAULT.renewal_interval - 1):
        release(session, week)
        bucket = session.get_one(RememberedBucket, (condition.id, "DE"), populate_existing=True)
        seen.add((bucket.version, bucket.people))
        if bucket.version == before:
            assert published(session, condition) == shown
    assert {version for version, _people in seen} <= {before, before + 1}
    assert (before, 20) in seen or (before + 1, 20) in seen


def test_never_counts_a_person_twice_for_whom_two_caregivers_spoke(session, condition, freiburg):
    iceland = zone_called(session, "Reykjavík", Level.AREA, "IS")
    [mother] = carers(session, condition, freiburg, 1, prefix="mother")
    [father] = carers(session, condition, iceland, 1, prefix="father")
    pair(session, condition, mother, father)
    for member in (mother, father):
        close(session, condition, member)

    for week in range(LATE, LATE + 3):
        release(session, week)

    counted = session.scalars(select(MemorialRow).where(MemorialRow.counted_on.is_not(None))).all()
    assert len(counted) == 1
    # If the one who is counted withdraws it, the other takes the place.
    memorials.withdraw(session, session.get_one(Member, counted[0].member_id), condition)
    release(session, LATE + 3)
    again = session.scalars(
        select(MemorialRow).where(MemorialRow.counted_on.is_not(None), MemorialRow.choice == "memory")
    )
    assert [row.member_id for row in again] == [({mother.id, father.id} - {counted[0].member_id}).pop()]


def test_never_counts_a_person_as_living_of_whose_death_a_caregiver_told(session, condition, freiburg):
    mother, father = carers(session, condition, freiburg, 2)
    pair(session, condition, mother, father)
    for week in range(5):
        release(session, week)
    assert len(session.scalars(select(CountedMember)).all()) == 1

    close(session, condition, mother, AfterDeath.REMOVAL, today=START + dt.timedelta(weeks=5))

    assert session.scalars(select(CountedMember)).all() == []
    for week in range(5, 12):
        release(session, week)
        assert session.scalars(select(CountedMember)).all() == []
    # Nobody chooses by undoing it in which release the other is counted again.
    assert session.scalars(select(UncountedSpeakerRow.member_id)).all() == [father.id]


def test_never_lets_one_account_enter_a_number_more_than_once_in_a_cooldown(session, condition, freiburg):
    [member] = carers(session, condition, freiburg, 1)
    close(session, condition, member)
    finish(session, condition, member)
    release(session, LATE)
    assert number(session, condition) == 1

    memorials.withdraw(session, member, condition)
    session.commit()
    assert session.scalar(select(Member.left_memory_on).where(Member.id == member.id)) is not None
    session.execute(text("update member set left_memory_on = :day"), {"day": START + dt.timedelta(weeks=LATE)})
    memberships.join(session, member, condition, Role.CAREGIVER, pseudonym=None, for_minor=False)
    close(session, condition, member, today=START)
    session.execute(text("update memorial set country = 'DE'"))
    release(session, LATE + 1)
    assert number(session, condition) == 0
    release(session, LATE + 25)
    assert number(session, condition) == 0
    release(session, LATE + 26)
    assert number(session, condition) == 1


def test_a_release_keeps_its_numbers_when_somebody_withdraws(session, condition, freiburg):
    members = carers(session, condition, freiburg, 20)
    for member in members:
        close(session, condition, member)
        finish(session, condition, member)
    for week in ALL_RENEWED:
        release(session, week)
    frozen = session.execute(select(RememberedCount.release, RememberedCount.shown)).all()
    assert frozen

    for member in members:
        memorials.withdraw(session, member, condition)
    session.commit()

    assert session.execute(select(RememberedCount.release, RememberedCount.shown)).all() == frozen
    for week in range(ALL_RENEWED.stop, ALL_RENEWED.stop + DEFAULT.renewal_interval):
        release(session, week)
    assert published(session, condition) == {}


@pytest.mark.parametrize(
    "privilege", ["update memorial set counted_on = current_date", "select people from remembered_bucket"]
)
def test_never_lets_the_pages_count_anybody_or_read_a_true_number(connection, privilege):
    with pytest.raises(Exception, match="permission denied"):
        connection.exec_driver_sql(privilege)
