"""Who takes the consent back while a release is being made is not in it."""

import threading
import time

from sqlalchemy import Engine, select, text

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.store.accounts import members
from mapservice.store.catalogue import conditions
from mapservice.store.community import consents, memberships
from mapservice.store.tables import CountedMember, Member
from testing.locations import zone_called
from tests.store.figures.test_releases import people, release

# In this database; the server has others, of tests that run at the same time.
_WAITS = text("""
    select exists (
        select from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()
    )
""")


def test_never_counts_who_takes_the_consent_back_in_this_very_moment(engine: Engine, owner_engine: Engine):
    with db.open_session(owner_engine) as session:
        condition = conditions.get(session, "crohns-disease")
        home = zone_called(session, "Freiburg", Level.AREA, "DE")
        member_id = people(session, condition, home, 1, prefix="racer")[0].id
    entered: list = []
    making = threading.Thread(target=_make, args=(owner_engine, member_id, entered))
    try:
        with db.transaction(engine) as page:
            member = page.get_one(Member, member_id)
            consents.stop_counting(page, member, memberships.get(page, member, condition))
            page.flush()
            making.start()
            _wait_for_a_lock(engine, making)
        making.join()
    finally:
        with db.transaction(engine) as session:
            member = session.get_one(Member, member_id)
            members.delete_account(session, member)

    assert entered == [[]]


def _make(engine: Engine, member_id, entered: list) -> None:
    """Make the releases up to the one in which somebody of long standing enters; all are undone."""
    with engine.connect() as connection, connection.begin() as undone:
        with db.open_session(connection) as session:
            for week in range(2):
                release(session, week)
            counted = select(CountedMember.member_id).where(CountedMember.member_id == member_id)
            entered.append(list(session.scalars(counted)))
        undone.rollback()


def _wait_for_a_lock(engine: Engine, making: threading.Thread) -> None:
    with engine.connect() as connection:
        while making.is_alive() and not connection.execute(_WAITS).scalar():
            time.sleep(0.02)
            connection.rollback()
