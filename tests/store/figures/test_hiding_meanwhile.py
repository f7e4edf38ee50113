"""Whoever is in the release that is being made can hide at once."""

import datetime as dt

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.figures import releases
from mapservice.store.places import homes
from mapservice.store.tables import CountedMember, Member, Membership, Release
from testing.locations import zone_called
from tests.store.figures.test_releases import START, people, release

SLUG = "crohns-disease"

#: What the release does with each of them.
PARTS = ("enters", "moves", "leaves", "rested")

LONG_AGO = START - dt.timedelta(days=400)


@pytest.fixture
def everybody(engine: Engine, owner_engine: Engine):
    """The ids of four members, one for each part; they are real to every process, and deleted in the end."""
    with db.open_session(owner_engine) as session:
        condition = conditions.get(session, SLUG)
        home = zone_called(session, "Freiburg", Level.AREA, "DE")
        ids = dict(
            zip(PARTS, (member.id for member in people(session, condition, home, 4, prefix="hides")), strict=True)
        )
        for part in ("moves", "leaves"):
            session.add(
                CountedMember(
                    condition_id=condition.id, member_id=ids[part], country="FR", region="FR.1", changed_on=LONG_AGO
                )
            )
        uncounted = Membership.member_id.in_([ids["leaves"], ids["rested"]])
        session.execute(update(Membership).where(uncounted).values(counted_since=None))
        session.execute(update(Member).where(Member.id == ids["rested"]).values(left_count_on=LONG_AGO))
        session.commit()
    yield ids
    with db.transaction(engine) as session:
        for member_id in ids.values():
            members.delete_account(session, session.get_one(Member, member_id))


def make(session: Session) -> None:
    """Make a release in which each of them has their part."""
    for number in (1, 2, 3):
        session.add(Release(number=number, made_on=START - dt.timedelta(weeks=3 - number), profile="default", tree=1))
    session.flush()
    release(session, 1)


def hide(engine: Engine, member_id) -> None:
    """Hide as a page does, and wait for nobody longer than a moment."""
    with db.transaction(engine) as page:
        page.execute(text("set local lock_timeout = '1s'"))
        member = page.get_one(Member, member_id)
        homes.hide(page, memberships.get(page, member, conditions.get(page, SLUG)))


@pytest.mark.parametrize("part", PARTS)
def test_nobody_waits_for_a_release_in_order_to_hide(engine, owner_engine, everybody, monkeypatch, part):
    hidden: list[str] = []

    def next_state(*arguments, **options):
        if not hidden:
            hide(engine, everybody[part])
            hidden.append(part)
        return original(*arguments, **options)

    original = releases.next_state
    monkeypatch.setattr(releases, "next_state", next_state)
    with owner_engine.connect() as connection, connection.begin() as undone:
        with db.open_session(connection) as session:
            make(session)
            now = {
                part: session.get(CountedMember, (conditions.get(session, SLUG).id, everybody[part])) for part in PARTS
            }
            rested_on = session.get_one(Member, everybody["rested"]).left_count_on
        undone.rollback()

    assert hidden == [part]
    assert {part: row and row.region for part, row in now.items()} == {
        "enters": "DE.3", "moves": "DE.3", "leaves": None, "rested": None,
    }  # fmt: skip
    assert rested_on is None
