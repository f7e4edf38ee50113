"""How many new people somebody can write to in a day is exact, however many tries there are at once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, update

from mapservice import db
from mapservice.errors import TooManyNewPeopleError
from mapservice.privacy.messages import FULL_LIMIT, NEWCOMER_ACCEPTED, NEWCOMER_DAYS, NEWCOMER_LIMIT
from mapservice.store.messages import first_messages
from mapservice.store.tables import Member
from mapservice.store.tables.messages import FirstMessageRow
from testing.accounts import new_member

TRIES, AT_ONCE = 1000, 16


@pytest.fixture
def writer(engine):
    """Somebody who is committed, so that other connections see them."""
    with db.open_session(engine) as session:
        member = new_member(session, "writer@example.org")
    yield member
    with db.open_session(engine) as session:
        session.execute(delete(Member).where(Member.id == member.id))
        session.commit()


def known(session, member):
    """Make somebody a member who has been here for a while, and whom others have accepted."""
    old = dt.date.today() - dt.timedelta(days=NEWCOMER_DAYS)  # noqa: DTZ011
    session.execute(update(Member).where(Member.id == member.id).values(joined=old))
    for _ in range(NEWCOMER_ACCEPTED):
        first_messages.note_accepted(session, member.id)
    session.commit()


def claimed(session, member, tries=20):
    """How many of some tries are allowed."""
    done = 0
    for _ in range(tries):
        try:
            first_messages.claim(session, member)
            done += 1
        except TooManyNewPeopleError:
            pass
    return done


def test_never_lets_more_than_the_limit_through_in_a_thousand_tries_at_once(engine, writer):
    def attempt(_number):
        try:
            with db.transaction(engine) as session:
                first_messages.claim(session, writer)
        except TooManyNewPeopleError:
            return 0
        return 1

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert sum(pool.map(attempt, range(TRIES))) == NEWCOMER_LIMIT


def test_somebody_new_writes_to_three_people_a_day_and_others_to_fifteen(session, alice, bob):
    known(session, bob)

    assert claimed(session, alice) == NEWCOMER_LIMIT == 3
    assert claimed(session, bob) == FULL_LIMIT == 15
    assert first_messages.count(session, bob).is_used_up


def test_after_a_day_it_begins_again(session, alice):
    assert claimed(session, alice) == NEWCOMER_LIMIT
    session.execute(update(FirstMessageRow).values(sent_at=FirstMessageRow.sent_at - dt.timedelta(hours=24, minutes=1)))

    assert first_messages.count(session, alice).written == 0
    assert claimed(session, alice) == NEWCOMER_LIMIT


def test_what_is_no_longer_counted_is_deleted(session, alice):
    claimed(session, alice)
    session.execute(update(FirstMessageRow).values(sent_at=FirstMessageRow.sent_at - dt.timedelta(hours=25)))

    assert first_messages.delete_expired(session) == NEWCOMER_LIMIT
