"""Many people are loaded without live indexes if nobody else uses the database, and beside readers if somebody does."""

import datetime as dt

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from mapservice import catalogue, db, demo
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.privacy.visibility import Audience
from mapservice.store.across import bulk_load
from mapservice.store.across import demo as stored
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.places import count_rollup, homes
from mapservice.store.tables import Member
from testing import database
from testing.accounts import new_member
from testing.locations import put, zone_called

COUNT = 500
TODAY = dt.date(2026, 11, 22)
SLUG = "acute-lymphoblastic-leukaemia"

_INDEXES = """
    select indexrelid, pg_get_indexdef(indexrelid) from pg_index
    where indrelid = any('{member,home_zone,membership,consent}'::regclass[])
"""
_KEYS = """
    select conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated from pg_constraint
    where connamespace = current_schema()::regnamespace
"""


@pytest.fixture
def engine(server):
    """The owner's engine of a database that nobody else uses."""
    with database.clone(server, database.ground_template(server)) as name:
        engine = db.new_engine(embedded.url(server, embedded.OWNER, name), timeouts=False)
        yield engine
        engine.dispose()


@pytest.fixture
def real(engine: Engine):
    """A real member who is on the map, with a pin."""
    with db.transaction(engine) as session:
        member = new_member(session, "real@example.org")
        home = zone_called(session, "Freiburg", Level.AREA, "DE")
        put(session, member, conditions.get(session, SLUG), home, level=Level.AREA, audience=Audience.CONDITION)
        return member.id


def load(session: Session, *, progress=lambda _done, _of: None, count: int = COUNT) -> None:
    """Load invented people as the command does."""
    ground, communities = stored.load_areas(session), stored.communities(session, catalogue.read_demo())
    people = demo.members(ground, communities, COUNT, seed=1, today=TODAY, key=b"k" * 32)
    is_alone = not bulk_load.is_in_use(session)
    stored.load(session, (person for person, _ in zip(people, range(count), strict=False)), COUNT, progress,
                is_alone=is_alone)  # fmt: skip


def indexes(engine: Engine) -> dict[int, str]:
    with engine.connect() as connection:
        return dict(map(tuple, connection.execute(text(_INDEXES.replace("::", r"\:\:")))))


def keys(engine: Engine) -> set[tuple]:
    with engine.connect() as connection:
        return set(map(tuple, connection.execute(text(_KEYS.replace("::", r"\:\:")))))


def own_rows(session: Session, member_id) -> list[str]:
    """All that is stored of the real member."""
    tables = {"member": "id", "home_zone": "member_id", "membership": "member_id", "consent": "member_id"}
    lines = [f"select t::text as line from {name} t where {column} = :own" for name, column in tables.items()]
    statement = " union all ".join(lines).replace("::", r"\:\:")
    return sorted(session.scalars(text(statement), {"own": member_id}))


def version_of_counts(session: Session) -> int:
    """The version of what the members of the condition see: that of the counts, and of the changes that wait."""
    own = "condition_id = (select id from condition where slug = :slug) and audience = 'condition'"
    stored, waiting = (
        session.scalar(text(f"select coalesce(sum({column}), 0) from {table} where {own}"), {"slug": SLUG})
        for column, table in (("version", "zone_count_version"), ("id", "zone_count_change"))
    )
    return int(stored + waiting)


def test_a_quiet_database_is_loaded_without_live_indexes_also_beside_real_people(engine, real):
    before, constraints = indexes(engine), keys(engine)
    with db.transaction(engine) as session:
        own, version = own_rows(session, real), version_of_counts(session)
        load(session)

    after = indexes(engine)
    assert set(before) & set(after) == set()
    assert sorted(after.values()) == sorted(before.values())
    assert keys(engine) == constraints
    with db.transaction(engine) as session:
        assert own_rows(session, real) == own
        assert session.scalar(text("select count(*) from member")) == COUNT + 1
        assert count_rollup.differences(session) == 0
        assert version_of_counts(session) > version > 0
        pin = session.scalar(text("select st_astext(pin) from membership where member_id = :own"), {"own": real})
        assert pin.startswith("POINT")


def test_keys_hold_after_a_load(engine, real):
    with db.transaction(engine) as session:
        load(session)

    for statement in (
        "insert into membership (condition_id, member_id, public_id, role)"
        " select condition_id, member_id, 'another', role from membership limit 1",
        "insert into home_zone (member_id, zone_id) values (gen_random_uuid(), 'DE')",
        "insert into member (id, email, pseudonym, active, security_stamp)"
        " select gen_random_uuid(), email, 'Another', true, 'another' from member limit 1",
    ):
        with pytest.raises(IntegrityError), db.transaction(engine) as session:
            session.execute(text(statement))


def test_never_takes_an_index_from_those_who_use_the_database(engine, server, real):
    before = indexes(engine)
    reader = db.new_engine(str(engine.url.render_as_string(hide_password=False)), timeouts=False)
    read: list[int] = []

    def look(_done: int, _of: int) -> None:
        with db.open_session(reader) as session:
            session.execute(text("set local lock_timeout = '1s'"))
            read.append(len(own_rows(session, real)))
            read.append(session.scalar(text("select count(*) from membership")) or 0)
            read.append(count_rollup.differences(session))

    try:
        look(0, 0)
        with db.transaction(engine) as session:
            load(session, progress=look)
    finally:
        reader.dispose()

    assert set(indexes(engine)) == set(before)
    assert read[:3] == read[3:6]
    assert read[1:3] == [1, 0]
    assert read[0] > 3


def test_never_leaves_anything_of_a_load_that_was_interrupted(engine, real):
    before, constraints = indexes(engine), keys(engine)

    def interrupt(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), db.transaction(engine) as session:
        load(session, progress=interrupt)

    assert indexes(engine) == before
    assert keys(engine) == constraints
    with db.transaction(engine) as session:
        assert session.scalars(text("select id from member")).all() == [real]
        assert len(session.scalars(text("select version from membership")).all()) == 1


def test_somebody_who_hides_meanwhile_is_hidden_at_once(engine, real):
    other = db.new_engine(str(engine.url.render_as_string(hide_password=False)), timeouts=False)

    def hide(_done: int, _of: int) -> None:
        with db.transaction(other) as page:
            page.execute(text("set local lock_timeout = '1s'"))
            homes.hide(page, memberships.get(page, page.get_one(Member, real), conditions.get(page, SLUG)))

    try:
        with other.connect(), db.transaction(engine) as session:
            load(session, progress=hide)
    finally:
        other.dispose()

    with db.transaction(engine) as session:
        assert session.scalar(text("select audience from membership where member_id = :own"), {"own": real}) == "nobody"
        assert count_rollup.differences(session) == 0
