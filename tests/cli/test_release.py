"""The command that publishes figures, on a database of its own, as a timer or somebody in a hurry calls it."""

import datetime as dt
import threading
from itertools import pairwise

import pytest
from sqlalchemy import text

from mapservice import catalogue, db, demo
from mapservice.cli import main
from mapservice.hosting import embedded
from mapservice.privacy.disclosure import DEFAULT, STRICT
from mapservice.store.across import demo as stored
from mapservice.store.figures import eligibility, releases
from testing import database

COUNT = 5_000
TODAY = dt.date(2026, 11, 22)
KEY = b"c" * 32
TABLES = ("release", "released_count", "count_bucket", "counted_member")


@pytest.fixture(scope="module")
def template(server):
    """A database with a small demo community and its releases."""
    with database.clone(server, database.ground_template(server)) as name:
        engine = db.new_engine(embedded.url(server, embedded.OWNER, name), timeouts=False)
        with db.transaction(engine) as session:
            ground, communities = stored.load_areas(session), stored.communities(session, catalogue.read_demo())
            people = demo.members(ground, communities, COUNT, seed=1, today=TODAY, key=b"k" * 32)
            stored.load(session, people, COUNT, lambda *_: None)
            stored.publish(session, TODAY, key=KEY, profile=DEFAULT, progress=lambda *_: None)
        engine.dispose()
        yield name


@pytest.fixture
def address(server, template):
    with database.clone(server, template) as name:
        yield embedded.url(server, embedded.OWNER, name)


@pytest.fixture
def engine(address):
    engine = db.new_engine(address, timeouts=False)
    yield engine
    engine.dispose()


@pytest.fixture
def command(runner, address, tmp_path):
    """Call the command; its answer."""
    settings = {"DATABASE_URL": address, "MAPSERVICE_STATE": str(tmp_path), "MAPSERVICE_COUNT_KEY": KEY.hex()}

    def call(*words, **further):
        return runner.invoke(main, ["release", *words], env={**settings, **further})

    return call


def everything(engine, tables=TABLES):
    """All that stands in the tables of releases."""
    with engine.connect() as connection:
        return {table: sorted(connection.scalars(text(f"select t::text from {table} t"))) for table in tables}


def in_a_week(weeks=1):
    return ("--today", str(TODAY + dt.timedelta(weeks=weeks)))


def test_a_release_is_made_once_a_day(command, engine):
    first, again = command(*in_a_week()), command(*in_a_week())

    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "Release 13 of 2026-11-29 (default) has been made." in first.output
    assert "Release 13 was made on 2026-11-29: there is nothing to do." in again.output
    assert len(everything(engine)["release"]) == 13


def test_a_dry_run_says_what_would_change_and_changes_nothing(command, engine):
    before = everything(engine)

    answer = command("--dry-run", *in_a_week())

    assert answer.exit_code == 0
    assert "Numbers that would appear:" in answer.output
    assert answer.output.endswith("Nothing was changed.\n")
    assert everything(engine) == before


def test_a_release_is_that_of_today_unless_told_otherwise(command):
    answer = command("--dry-run")

    assert answer.exit_code == 0
    assert str(dt.datetime.now(dt.UTC).date()) in answer.output or "was made on" in answer.output


@pytest.mark.parametrize(
    ("words", "settings", "advice"),
    [
        (in_a_week(), {"MAPSERVICE_PRODUCTION": "yes"}, "omit --today"),
        ((), {"MAPSERVICE_PRODUCTION": "yes", "MAPSERVICE_COUNT_KEY": ""}, "MAPSERVICE_COUNT_KEY"),
        ((), {"MAPSERVICE_RELEASE_PROFILE": "lax"}, "must be default or strict, not 'lax'"),
    ],
)
def test_never_makes_a_release_under_doubtful_circumstances(command, engine, words, settings, advice):
    before = everything(engine)

    answer = command(*words, **settings)

    assert answer.exit_code == 1
    assert advice in answer.output
    assert everything(engine) == before


def test_the_strict_profile_is_kept_with_the_release(command, engine):
    answer = command(*in_a_week(), MAPSERVICE_RELEASE_PROFILE="strict")

    assert answer.exit_code == 0
    with engine.connect() as connection:
        assert connection.scalar(text("select profile from release where number = 13")) == "strict"
        youngest = text("select max(joined) from member join counted_member on member_id = id")
        assert connection.scalar(youngest) <= TODAY + dt.timedelta(weeks=1) - dt.timedelta(days=STRICT.account_days)


def test_never_makes_two_releases_of_a_day_at_once(engine):
    day = TODAY + dt.timedelta(weeks=1)
    numbers, together = [], threading.Barrier(3)

    def run():
        together.wait()
        with db.transaction(engine) as session:
            numbers.append(releases.make(session, day, key=KEY, profile=DEFAULT).number)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert numbers == [13, 13, 13]
    assert len(everything(engine)["release"]) == 13


def test_a_second_run_says_that_it_waits(command, engine):
    with db.open_session(engine) as other:
        assert releases.try_lock(other)
        threading.Timer(0.5, other.rollback).start()

        answer = command(*in_a_week())

    assert answer.exit_code == 0
    assert "waiting for it" in answer.output
    assert "Release 13" in answer.output


def test_a_run_that_dies_leaves_nothing_and_the_next_completes(command, engine, monkeypatch):
    before = everything(engine)
    with monkeypatch.context() as broken:
        broken.setattr(releases, "_FREEZE", text("select 1 / 0 + :number"))
        assert command(*in_a_week()).exit_code == 1
    assert everything(engine) == before

    assert command(*in_a_week()).exit_code == 0
    assert len(everything(engine)["release"]) == 13


def test_never_shows_a_figure_far_from_the_truth_or_behind_the_gate(engine):
    with engine.connect() as connection:
        rows = connection.execute(text("select people, changes, shown from count_bucket where shown is not null")).all()

    assert len(rows) > 50
    assert all(row.shown >= DEFAULT.smallest and row.shown % 5 == 0 for row in rows)
    fresh = [row for row in rows if row.changes == 0]
    assert fresh
    assert all(row.people >= DEFAULT.minimum_count and abs(row.shown - row.people) <= DEFAULT.interval for row in fresh)


def test_the_twelve_releases_of_the_demo_grow_plausibly(engine):
    weekly = text("""
        select release.number, made_on, coalesce(sum(shown) filter (where place = 'world'), 0) as people
        from release left join released_count on released_count.release = release.number group by 1, 2 order by 1
    """)
    with engine.connect() as connection:
        rows = connection.execute(weekly).all()

    assert [row.number for row in rows] == list(range(1, stored.RELEASES + 1))
    assert [TODAY - row.made_on for row in reversed(rows)] == [dt.timedelta(weeks=week) for week in range(12)]
    people = [row.people for row in rows]
    assert all(later >= earlier * 0.97 for earlier, later in pairwise(people))
    assert COUNT * 0.6 < people[-1] < COUNT * 0.85


def test_never_changes_a_public_byte_for_10_000_joins_leaves_and_edits_between_two_releases(engine):
    public = ("release", "released_count")
    before = everything(engine, public)
    with db.transaction(engine) as session:
        for statement in (
            "insert into member (id, email, pseudonym, active, security_stamp, confirmed_at, joined)"
            " select gen_random_uuid(), 'new-' || n, 'New', true, 'new-' || n, '2020-01-01', '2020-01-01'"
            " from generate_series(1, 4000) n",
            "insert into membership (condition_id, member_id, public_id, role, counted_since)"
            " select (select min(id) from condition), id, security_stamp, 'person', '2020-01-01'"
            " from member where not synthetic",
            "delete from membership where member_id in (select id from member where synthetic order by id limit 2000)",
            "update membership set counted_since = null where member_id in"
            " (select id from member where synthetic order by id desc limit 2000)",
            "update home_zone set zone_id = 'FR.1' where member_id in"
            " (select member_id from membership order by member_id limit 2000)",
        ):
            session.execute(text(statement))

    assert everything(engine, public) == before
    with db.transaction(engine) as session:
        releases.make(session, TODAY, key=KEY, profile=DEFAULT)
    assert everything(engine, public) == before


def test_somebody_who_leaves_while_a_release_is_made_does_not_break_it(engine, monkeypatch):
    left = []

    def leaves_now(_key, public_id, _profile):
        if not left:
            with db.transaction(engine) as page:
                page.execute(text("delete from membership where public_id = :who"), {"who": public_id})
            left.append(public_id)
        return 0

    monkeypatch.setattr(eligibility, "entry_delay", leaves_now)
    with db.transaction(engine) as session:
        made = releases.make(session, TODAY + dt.timedelta(weeks=1), key=KEY, profile=DEFAULT)

    assert (made.number, len(left)) == (13, 1)
