"""The demo community in the database: loaded by COPY, in seconds for hundreds of thousands of people."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, delete, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from mapservice.catalogue import DemoCondition, read_demo
from mapservice.demo import Areas, Community, DemoMember
from mapservice.geo.zones import Level, Zone
from mapservice.privacy.disclosure import Profile
from mapservice.store.across import bulk_load
from mapservice.store.care import demo as invented_memorials
from mapservice.store.community import consent_rows
from mapservice.store.figures import releases
from mapservice.store.places import count_rollup
from mapservice.store.profiles import demo as invented_profiles
from mapservice.store.tables import SRID, Condition, Consent, HomeZone, Member, Membership, ZoneRow
from mapservice.store.tables.blocks import Block, BlockElsewhere
from mapservice.store.transactions.execution import DATABASE_ONLY

Progress = Callable[[int, int], None]

#: Addresses that never receive e-mail (RFC 2606).
ADDRESS = "demo-%s@community.invalid"

#: The home of the demo member.
HOME = "Freiburg"

#: Number of people held in memory at a time.
BATCH = 20_000

WORDING = "Invented for the demo."

# Staging table for a batch of people, as they come from Python, before they are inserted into the tables.
_INVENTED = """
    create temp table invented (
        id uuid, number integer, pseudonym text, joined date, condition_id integer, public_id text, role text,
        for_minor boolean, audience text, shown_zone text, lng float8, lat float8, agrees_to_finer boolean,
        is_counted boolean, salt bytea
    ) on commit drop
"""

_SPREAD = (
    """
    insert into member (id, email, pseudonym, active, security_stamp, confirmed_at, joined, synthetic)
    select id, format(%(address)s, number), pseudonym, true, 'demo-' || public_id,
           (joined + time '12:00') at time zone 'UTC', joined, true
    from invented
    """,
    """
    insert into home_zone (member_id, zone_id, since)
    select id, shown_zone, (joined + time '12:00') at time zone 'UTC' from invented where shown_zone is not null
    """,
    """
    insert into membership (condition_id, member_id, public_id, role, for_minor, audience, shown_zone, pin, joined,
                            counted_since, salt)
    select condition_id, id, public_id, role, for_minor, audience, shown_zone,
           st_setsrid(st_makepoint(lng, lat), %(srid)s), joined, case when is_counted then joined end, salt
    from invented
    """,
    """
    insert into consent (member_id, condition_id, kind, wording_id, given_at, zone_id)
    select id, condition_id, kind, %(wording_id)s,
           (joined + time '12:00') at time zone 'UTC', case when kind in ('shown', 'finer') then shown_zone end
    from invented
    cross join lateral unnest(
        case when audience = 'nobody' then array['joined']
             when agrees_to_finer then array['joined', 'shown', 'finer']
             else array['joined', 'shown'] end || case when is_counted then array['counted'] end
    ) as kind
    """,
    "truncate invented",
)  # fmt: skip

#: Number of releases in the demo, a week apart.
RELEASES = 12

_FORGET_RELEASES = text("""
    truncate release, released_count, count_bucket, counted_member, remembered_count, remembered_bucket
""")

_HAS_REAL_PEOPLE = text("select exists (select from member where not synthetic)")

_IS_ALL_INVENTED = text("select not exists (select from member where not synthetic or password is not null)")


def load_areas(session: Session) -> Areas:
    """Return the zones that people can live in, as the demo draws from them."""
    rows = session.execute(
        select(ZoneRow.id, ZoneRow.tree, ZoneRow.level, ZoneRow.name, ZoneRow.people, ZoneRow.anchors).where(
            ZoneRow.level != Level.PART
        )
    )
    return Areas([Zone(row[0], row[1], Level(row[2]), *row[3:]) for row in rows])


def communities(session: Session, demo_conditions: Iterable[DemoCondition]) -> list[Community]:
    """Return the conditions of the demo with their ids and prevalence."""
    weights = {condition.slug: condition.weight for condition in demo_conditions}
    rows = session.execute(
        select(Condition.slug, Condition.id, Condition.prevalence)
        .where(Condition.slug.in_(weights))
        .order_by(Condition.slug)
    )
    return [Community(row.id, weights[row.slug], row.prevalence) for row in rows]


def is_made(session: Session) -> bool:
    """Return whether the demo community exists."""
    return session.scalar(select(Member.id).where(Member.synthetic, Member.password.is_(None)).limit(1)) is not None


def first_condition(session: Session) -> Condition:
    """Return the condition that the demo member joins."""
    return session.scalars(select(Condition).where(Condition.slug == next(read_demo()).slug)).one()


def second_condition(session: Session) -> Condition:
    """Return the condition in which the demo has somebody in memory, beside the first."""
    _first, second, *_others = read_demo()
    return session.scalars(select(Condition).where(Condition.slug == second.slug)).one()


def home_area(session: Session) -> str | None:
    """Return the id of the zone in which the demo member lives, if the tree has it."""
    area = select(ZoneRow.id).where(ZoneRow.level == Level.AREA, ZoneRow.name == HOME, ZoneRow.country == "DE")
    return session.scalars(area).first()


def remove(session: Session) -> None:
    """Delete the invented people and their part of the counts."""
    if session.scalar(_IS_ALL_INVENTED):
        session.execute(text("truncate member, membership, consent, home_zone, zone_count, zone_count_change cascade"))
        session.execute(_FORGET_RELEASES)
        return
    _delete_members(session, Member.synthetic, Member.password.is_(None))
    count_rollup.repair(session)


def has_real_people(session: Session) -> bool:
    """Return whether there are people who were not invented."""
    return bool(session.scalar(_HAS_REAL_PEOPLE))


def has_invented_people(session: Session) -> bool:
    """Return whether there are invented people or publicly known logins."""
    return session.scalar(select(Member.id).where(Member.synthetic).limit(1)) is not None


def remove_all(session: Session) -> None:
    """Delete the invented people, the publicly known logins, their part of the counts, and their releases."""
    _delete_members(session, Member.synthetic)
    session.execute(_FORGET_RELEASES)
    count_rollup.repair(session)


def _delete_members(session: Session, *criteria: ColumnElement[bool] | InstrumentedAttribute[bool]) -> None:
    """Delete members and their rows in the communities: all at once, and without the cascades of the database."""
    theirs = select(Member.id).where(*criteria)
    columns = (Block.member_id, Block.blocked_id, BlockElsewhere.member_id, BlockElsewhere.blocked_id)
    for column in (*columns, Consent.member_id, Membership.member_id, HomeZone.member_id):
        session.execute(delete(column.class_).where(column.in_(theirs)), execution_options=DATABASE_ONLY)
    session.execute(delete(Member).where(*criteria), execution_options=DATABASE_ONLY)


def load(
    session: Session, people: Iterator[DemoMember], total: int, progress: Progress, *, is_alone: bool = False
) -> None:
    """Insert invented people, then rebuild the counts.

    ``is_alone`` says that nobody else uses the database. Otherwise those who do go on, and the load takes longer.
    """
    connection: Any = session.connection().connection.driver_connection
    wording_id = consent_rows.find_or_store_wording(session, WORDING)
    done = 0
    with (
        connection.cursor() as cursor,
        bulk_load.built_at_the_end(
            cursor, is_alone=is_alone, has_real_people=has_real_people(session)
        ) as is_without_indexes,
    ):
        cursor.execute(_INVENTED)
        for batch in _ahead(people):
            _add(cursor, batch, wording_id)
            done += len(batch)
            progress(done, total)
        cursor.execute("drop table invented")
        (count_rollup.count_all if is_without_indexes else count_rollup.repair)(session)
    session.execute(text("analyze member, membership, home_zone, zone_count, consent"))
    invented_profiles.invent(session)
    invented_memorials.invent(session)


def publish(session: Session, today: dt.date, *, key: bytes, profile: Profile, progress: Progress) -> None:
    """Make weekly releases up to a day, if none exists: the last is the one of that day."""
    if releases.current(session) is not None:
        return
    for count in range(RELEASES):
        releases.make(session, today - dt.timedelta(weeks=RELEASES - 1 - count), key=key, profile=profile)
        progress(count + 1, RELEASES)
    session.execute(text("analyze release, released_count, count_bucket, counted_member"))


def _ahead(people: Iterator[DemoMember]) -> Iterator[list[DemoMember]]:
    """Yield batches of people; the next is generated while the database stores the one before."""
    with ThreadPoolExecutor(max_workers=1) as executor:
        coming = executor.submit(lambda: list(islice(people, BATCH)))
        while batch := coming.result():
            coming = executor.submit(lambda: list(islice(people, BATCH)))
            yield batch


def _add(cursor: Any, people: Iterable[DemoMember], wording_id: int) -> None:
    """Insert a batch of people into all tables, with consents in one wording."""
    with cursor.copy("copy invented from stdin") as copy:
        for person in people:
            copy.write_row(person)
    for statement in _SPREAD:
        cursor.execute(statement, {"address": ADDRESS, "wording_id": wording_id, "srid": SRID})
