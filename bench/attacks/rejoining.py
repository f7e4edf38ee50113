"""Attacks on the rest of 180 days: one account comes into a count and goes, as often as the pages let it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice import db, embedded
from mapservice.geo.zones import Level
from mapservice.privacy.disclosure import DEFAULT, WORLD
from mapservice.privacy.visibility import Audience
from mapservice.store import consents, memberships, places
from mapservice.store.tables import CountedMember, Member
from tests.accounts import new_member
from tests.cast import put
from tests.releasing import as_owner, release

#: Releases that are watched: until the rest of who was counted at first is over, and they come in again.
WEEKS = DEFAULT.rest_days // 7 + 3 * DEFAULT.longest_delay

# Time goes by where all days that were written down become a week older.
_A_WEEK_PASSES = tuple(
    text(f"update {table} set " + ", ".join(f"{column} = {column} - 7 * interval '1 day'" for column in columns))
    for table, columns in {
        "release": ("made_on",),
        "member": ("joined", "confirmed_at", "left_count_on"),
        "membership": ("joined", "counted_since"),
        "counted_member": ("changed_on",),
        "consent": ("given_at", "revoked_at"),
        "home_zone": ("since",),
    }.items()
)

_NO_REST = text("update member set left_count_on = null")

#: What an account does in each week.
Habit = Callable[[Session, Member, str], None]


def a13_rejoining(context: Context) -> Outcome:
    """Accounts leave and join again each week, take the consent back and give it, or let their place be forgotten."""
    most = _most(context, rests=True)
    broken = _most(context, rests=False)
    return Outcome(
        "A13 leave and join again", "times one account fills a batch in 180 days, worst habit", "≤ 1", str(most),
        most <= 1, "no rest after leaving", str(broken), broken > 1,
    )  # fmt: skip


def _most(context: Context, *, rests: bool) -> int:
    """How often the busiest account came into one bucket within 180 days."""
    came: dict[tuple[str, str], list[int]] = {}
    with _stage(context) as session:
        area = service.freiburg(session)
        actors = {name: new_member(session, f"{name}@example.org") for name in HABITS}
        session.execute(text("update member set joined = joined - 400, confirmed_at = now() - interval '400 days'"))
        for member in actors.values():
            session.refresh(member)
            _join(session, member, area)
        before: set[tuple[str, str]] = set()
        for week in range(WEEKS):
            release(session, _today(session))
            session.expire_all()
            inside = _inside(session, actors)
            for bucket in inside - before:
                came.setdefault(bucket, []).append(week)
            before = inside
            for name, member in actors.items():
                HABITS[name](session, member, area)
            session.commit()
            with as_owner(session):
                for statement in (*_A_WEEK_PASSES, *(() if rests else (_NO_REST,))):
                    session.execute(statement)
    within = DEFAULT.rest_days // 7
    return max(sum(0 <= week - first < within for week in weeks) for weeks in came.values() for first in weeks)


@contextmanager
def _stage(context: Context) -> Iterator[Session]:
    """A session with the rights of the pages, that can take on those of the command that makes releases."""
    engine = create_engine(context.engine.url.set(username=embedded.SUPERUSER))
    with engine.connect() as connection, connection.begin() as undone:
        connection.exec_driver_sql(f"set role {embedded.RUNTIME}")
        with db.session_on(connection) as session:
            yield session
        undone.rollback()
    engine.dispose()


def _today(session: Session) -> dt.date:
    return session.scalars(text("select current_date")).one()


def _inside(session: Session, actors: Mapping[str, Member]) -> set[tuple[str, str]]:
    """In which buckets of the condition each account is counted."""
    names = {member.id: name for name, member in actors.items()}
    rows = session.execute(
        select(CountedMember.member_id, CountedMember.country, CountedMember.region).where(
            CountedMember.member_id.in_(names)
        )
    )
    return {(names[row.member_id], place) for row in rows for place in (WORLD, row.country, row.region) if place}


def _join(session: Session, member: Member, area: str) -> None:
    condition = service.condition(session)
    membership = put(session, member, condition, area, level=Level.REGION, audience=Audience.NOBODY)
    consents.count(session, member, membership, "Count me.", today=_today(session))


def _is_counted(session: Session, member: Member) -> bool:
    return session.scalar(select(CountedMember.member_id).where(CountedMember.member_id == member.id)) is not None


def _leaves(session: Session, member: Member, area: str) -> None:
    """Out as soon as they are counted, and in again at once."""
    if _is_counted(session, member):
        memberships.leave(session, memberships.get(session, member, service.condition(session)))
        _join(session, member, area)


def _takes_back(session: Session, member: Member, _area: str) -> None:
    if _is_counted(session, member):
        membership = memberships.get(session, member, service.condition(session))
        consents.count_no_more(session, member, membership)
        consents.count(session, member, membership, "Count me.", today=_today(session))


def _takes_back_and_leaves(session: Session, member: Member, area: str) -> None:
    """The consent is gone with the membership, and with it that it was taken back."""
    if _is_counted(session, member):
        membership = memberships.get(session, member, service.condition(session))
        consents.count_no_more(session, member, membership)
        memberships.leave(session, membership)
        _join(session, member, area)


def _forgets_place(session: Session, member: Member, area: str) -> None:
    """Counted in the world alone, and in the region again."""
    if _is_counted(session, member):
        places.forget(session, member)
        _join(session, member, area)


HABITS: Mapping[str, Habit] = {
    "leaves": _leaves,
    "takes-back": _takes_back,
    "takes-back-and-leaves": _takes_back_and_leaves,
    "forgets-place": _forgets_place,
}

ATTACKS = (a13_rejoining,)
