"""The demo community in the database."""

import datetime as dt

import pytest
from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from mapservice import catalogue, db, demo
from mapservice.store.across import demo as stored
from mapservice.store.tables import Consent, Member, Membership
from tests.counts import count_rows, true_rows

COUNT = 2_000
TODAY = dt.date(2026, 11, 22)


def make(session: Session, *, seed: int = 1) -> list[int]:
    """Make the demo anew; what the progress bar heard."""
    heard = []
    stored.remove(session)
    ground, communities = stored.load_areas(session), stored.communities(session, catalogue.read_demo())
    people = demo.members(ground, communities, COUNT, seed=seed, today=TODAY, key=b"k" * 32)
    stored.load(session, people, COUNT, lambda done, total: heard.append(done))
    return heard


@pytest.fixture
def session(owner_connection: Connection):
    with db.open_session(owner_connection) as session:
        yield session


def everybody(session: Session) -> list[tuple]:
    rows = text("select m::text, p::text from member m join membership p on p.member_id = m.id order by m.id")
    return [tuple(row) for row in session.execute(rows)]


def indexes(session: Session) -> set[str]:
    return set(session.scalars(text("select indexdef from pg_indexes where schemaname = 'public'")))


def index_ids(session: Session) -> set[int]:
    """What PostgreSQL calls the indexes of memberships, which is another number after each is built again."""
    return set(session.scalars(text("select indexrelid from pg_index where indrelid = 'membership'::regclass")))


def test_all_are_counted_and_synthetic_and_marked_and_cannot_sign_in_and_agreed_to_be_shown(session):
    assert make(session) == [COUNT]

    assert count_rows(session) == true_rows(session) != []
    assert session.scalar(select(func.count()).select_from(Member).where(Member.synthetic)) == COUNT
    marked = Member.pseudonym.like("%(invented)") & Member.email.like("%.invalid") & Member.password.is_(None)
    assert session.scalar(select(func.count()).select_from(Member).where(Member.synthetic, ~marked)) == 0
    kinds = func.array_agg(Consent.kind.distinct())

    rows = session.execute(
        select(Membership.audience, kinds)
        .join(Consent, (Consent.member_id == Membership.member_id) & (Consent.condition_id == Membership.condition_id))
        .group_by(Membership.member_id, Membership.audience)
    ).all()

    assert len(rows) == COUNT
    assert all("joined" in kinds and ("shown" in kinds) == (audience != "nobody") for audience, kinds in rows)


def test_never_puts_a_pin_outside_its_zone(session):
    make(session)
    outside = """
        select count(*) filter (where not st_dwithin(shape, pin, 0.000001)), count(*)
        from (select * from membership where pin is not null order by member_id limit 300) as chosen
        join zone on zone.id = shown_zone
    """

    assert tuple(session.execute(text(outside)).one()) == (0, 300)


def test_making_it_again_makes_the_same_people_and_keeps_every_index(session):
    before = indexes(session)
    make(session)
    first = everybody(session)
    make(session)

    assert everybody(session) == first
    assert indexes(session) == before


def test_indexes_are_built_at_the_end_also_beside_the_logins_that_everyone_knows(session):
    session.add(Member(email="demo@example.org", password="known", pseudonym="Demo", synthetic=True))
    session.flush()
    before, names = index_ids(session), indexes(session)

    make(session)

    assert index_ids(session) != before
    assert indexes(session) == names


def test_never_takes_an_index_from_real_people(session, alice):
    before = index_ids(session)

    make(session)

    assert index_ids(session) == before


def test_never_touches_real_people(session, alice):
    make(session, seed=2)

    stored.remove(session)

    assert session.scalars(select(Member.id)).all() == [alice.id]
    assert count_rows(session) == []
