import datetime as dt
import itertools
import uuid

import pytest
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.zones import Level, path
from mapservice.privacy.disclosure import DEFAULT, WORLD, Bucket, batch_size, entry_delay, renewal
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.community import memberships
from mapservice.store.figures import releases
from mapservice.store.tables import Condition, CountBucket, CountedMember, HomeZone, Member, Membership, ReleasedCount
from testing.locations import put

KEY = b"k" * 32
START = dt.date(2026, 1, 5)


@pytest.fixture
def session(owner_connection: Connection):
    """A session with the rights of the command that makes releases."""
    with db.open_session(owner_connection) as session:
        yield session


def people(session: Session, condition: Condition, home: str, count: int, *, prefix: str = "p") -> list[Member]:
    """Members of long standing who agreed to be counted, each in a region and shown to nobody."""
    if count == 0:
        return []
    ids = [uuid.uuid4() for _ in range(count)]
    long_ago = {"joined": START - dt.timedelta(days=400), "confirmed_at": dt.datetime(2025, 1, 1, tzinfo=dt.UTC)}
    accounts = [{"id": id_, "email": f"{prefix}-{n}@example.org", "pseudonym": "Alice"} for n, id_ in enumerate(ids)]
    session.execute(insert(Member), [account | long_ago for account in accounts])
    session.execute(insert(HomeZone), [{"member_id": id_, "zone_id": home} for id_ in ids])
    # All enter with one release, so that no test depends on chance: public ids, and with them delays, are random.
    at_once = (name for n in itertools.count() if entry_delay(KEY, name := f"{prefix}-{n}") == DEFAULT.min_delay)
    own = {"condition_id": condition.id, "role": Role.PERSON, "audience": Audience.NOBODY, "counted_since": START,
           "shown_zone": coarsen(path(home)[-1], Level.REGION)}  # fmt: skip
    session.execute(
        insert(Membership),
        [{**own, "member_id": id_, "public_id": public_id} for id_, public_id in zip(ids, at_once, strict=False)],
    )
    session.commit()
    return [session.get_one(Member, id_) for id_ in ids]


def release(session: Session, week: int):
    made = releases.make(session, START + dt.timedelta(weeks=week), key=KEY, profile=DEFAULT)
    session.flush()
    return made


def bucket_of(session: Session, condition: Condition, place: str = WORLD) -> CountBucket:
    """What the next figure of a place depends on, as it is stored now."""
    return session.get_one(CountBucket, (condition.id, place), populate_existing=True)


def quiet_week(condition: Condition, week: int) -> int:
    """The first week from a given one on in whose release no place of Freiburg is renewed, nor in the next."""
    phases = {renewal(KEY, Bucket(condition.slug, place)) for place in (WORLD, "DE", "DE.3")}
    return next(
        candidate for candidate in itertools.count(week) if not phases & {(candidate + 1) % 12, (candidate + 2) % 12}
    )


def published(session: Session, number: int) -> list[tuple]:
    columns = (ReleasedCount.condition_id, ReleasedCount.place, ReleasedCount.shown)
    return sorted(tuple(row) for row in session.execute(select(*columns).where(ReleasedCount.release == number)))


def test_figures_appear_for_world_country_and_region_after_the_secret_delay(session, condition, freiburg):
    people(session, condition, freiburg, 40)

    first = release(session, 0)
    assert published(session, first.number) == []
    last = [release(session, week) for week in range(1, 5)][-1]

    places_shown = {place: shown for _, place, shown in published(session, last.number)}
    assert set(places_shown) == {WORLD, "DE", "DE.3"}
    assert all(abs(shown - 40) <= DEFAULT.interval and shown % 5 == 0 for shown in places_shown.values())


def test_a_release_is_made_once_a_day_and_never_again(session, condition, freiburg):
    people(session, condition, freiburg, 40)
    made = [release(session, week) for week in (0, 1, 2, 3, 3)]

    assert [release.number for release in made] == [1, 2, 3, 4, 4]
    before = published(session, 4)
    session.execute(update(Membership).values(counted_since=None))
    release(session, 3)
    assert published(session, 4) == before


def test_never_changes_a_public_figure_for_joins_and_leaves_between_two_releases(session, condition, freiburg):
    people(session, condition, freiburg, 30)
    quiet = quiet_week(condition, 4)
    for week in range(quiet + 1):
        last = release(session, week)
    before = published(session, last.number)

    passing = people(session, condition, freiburg, 30, prefix="passing")
    for member in passing:
        memberships.leave(session, memberships.get(session, member, condition))

    assert published(session, last.number) == before
    assert published(session, release(session, quiet + 1).number) == before


@pytest.mark.parametrize("leaving", [1, 30])
def test_never_publishes_departures_before_the_renewal(session, condition, freiburg, leaving):
    crowd = people(session, condition, freiburg, 40)
    quiet = quiet_week(condition, 4)
    for week in range(quiet + 1):
        last = release(session, week)
    before = published(session, last.number), bucket_of(session, condition).changes

    for member in crowd[:leaving]:
        members.delete_account(session, member)
    session.flush()

    assert published(session, release(session, quiet + 1).number) == before[0]
    bucket = bucket_of(session, condition)
    assert (bucket.people, bucket.changes) == (40 - leaving, before[1])


def test_a_full_batch_of_people_who_come_is_published_at_once(session, condition, freiburg):
    people(session, condition, freiburg, 30)
    quiet = quiet_week(condition, 4)
    for week in range(quiet):
        release(session, week)
    bucket = bucket_of(session, condition)
    version = bucket.version
    full = batch_size(KEY, Bucket(condition.slug, WORLD), version) - bucket.changes

    people(session, condition, freiburg, full, prefix="batch")
    release(session, quiet)
    release(session, quiet + 1)

    assert bucket_of(session, condition).version == version + 1


def test_a_quiet_place_is_renewed_once_in_twelve_releases(session, condition, freiburg):
    people(session, condition, freiburg, 30)
    for week in range(12):
        release(session, week)

    renewed = {WORLD: [], "DE": [], "DE.3": []}
    for week in range(12, 36):
        before = {place: bucket_of(session, condition, place).version for place in renewed}
        number = release(session, week).number
        for place, numbers in renewed.items():
            if bucket_of(session, condition, place).version != before[place]:
                numbers.append(number)

    for place, numbers in renewed.items():
        phase = renewal(KEY, Bucket(condition.slug, place))
        assert numbers == [number for number in range(13, 37) if number % 12 == phase]


@pytest.mark.parametrize(
    "why_not",
    [
        "update membership set counted_since = null",
        "update member set active = false",
        "update member set joined = date '2026-01-01'",
        "update membership set counted_since = date '2027-01-01'",
    ],
)
def test_only_those_are_counted_for_whom_all_holds(session, condition, freiburg, why_not):
    people(session, condition, freiburg, 20)
    session.execute(text(why_not))

    for week in range(3):
        release(session, week)

    assert session.scalars(select(CountedMember.member_id)).all() == []


def test_a_person_is_counted_in_three_conditions_at_the_most(session, condition, freiburg):
    [member] = people(session, condition, freiburg, 1)
    slugs = ["crohns-disease", "multiple-sclerosis", "endometriosis"]
    for other in session.scalars(select(Condition).where(Condition.slug.in_(slugs))):
        put(session, member, other, freiburg, level=Level.REGION, audience=Audience.NOBODY)
    session.execute(update(Membership).values(counted_since=START))

    for week in range(5):
        release(session, week)

    assert len(session.scalars(select(CountedMember.condition_id)).all()) == DEFAULT.max_conditions


def test_who_moves_changes_bucket_only_after_the_rest(session, condition, freiburg):
    people(session, condition, freiburg, 1)
    for week in range(5):
        release(session, week)
    session.execute(text("update home_zone set zone_id = 'FR.1'"))

    release(session, 6)
    assert session.scalars(select(CountedMember.region)).one() == "DE.3"
    release(session, 40)
    assert session.scalars(select(CountedMember.region).execution_options(populate_existing=True)).one() == "FR.1"


@pytest.mark.parametrize(
    "statement",
    [
        "insert into release select * from release",
        "update release set made_on = date '2026-01-01'",
        "delete from release",
        "insert into released_count select * from released_count",
        "update released_count set shown = 500",
        "delete from released_count",
        "truncate released_count",
        "select * from count_bucket",
        "update count_bucket set people = 500",
        "delete from count_bucket",
        "insert into counted_member select * from counted_member",
        "update counted_member set condition_id = 1",
    ],
)
def test_never_lets_a_page_publish_anything(engine, statement):
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        connection.execute(text(statement))


def test_pages_read_releases(engine):
    with engine.connect() as connection:
        assert connection.execute(text("select * from release natural join released_count")).all() == []


def test_never_keeps_who_is_counted_after_they_left(session, condition, freiburg):
    members = people(session, condition, freiburg, 2)
    for week in range(5):
        release(session, week)
    counted = select(CountedMember.member_id).execution_options(populate_existing=True)
    assert len(session.scalars(counted).all()) == 2

    memberships.leave(session, memberships.get(session, members[0], condition))
    session.delete(members[1])
    session.flush()

    assert session.scalars(counted).all() == []


def test_never_keeps_a_departure_in_a_figure_for_longer_than_twelve_releases(session, condition, freiburg):
    members = people(session, condition, freiburg, 30)
    for week in range(5):
        release(session, week)
    before = {place: bucket_of(session, condition, place).version for place in (WORLD, "DE", "DE.3")}

    memberships.leave(session, memberships.get(session, members[0], condition))
    for week in range(5, 5 + DEFAULT.renewal_interval):
        release(session, week)

    assert {place: bucket_of(session, condition, place).version - version for place, version in before.items()} == {
        WORLD: 1, "DE": 1, "DE.3": 1,
    }  # fmt: skip
