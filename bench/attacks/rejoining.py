"""Attacks on the rest of 180 days: somebody comes into a count and goes, as often as the pages let them."""

import datetime as dt
import uuid
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import create_engine, select, text
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import SMALL, Context, Outcome
from mapservice import db
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.privacy.disclosure import DEFAULT, WORLD
from mapservice.privacy.visibility import Audience
from mapservice.store.accounts import members
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes as places
from mapservice.store.tables import CountedMember, Member
from testing.accounts import new_member
from testing.locations import put
from testing.releasing import as_owner, release

#: Releases that are watched: until the rest of who was counted at first is over, and they come in again.
WEEKS = DEFAULT.cooldown_days // 7 + 3 * DEFAULT.max_delay

#: Those in which somebody who need not rest has come in, gone and come in again, which the control waits for.
WEEKS_OF_CONTROL = 4 * DEFAULT.max_delay

_DAYS = {
    "release": ("made_on",),
    "member": ("joined", "confirmed_at", "left_count_on", "left_memory_on"),
    "membership": ("joined", "counted_since", "closed_on"),
    "counted_member": ("changed_on",),
    "uncounted_speaker": ("held_on",),
    "memorial": ("closed_on", "due_on", "counted_on"),
    "consent": ("revoked_at",),
    "home_zone": ("since",),
}

# Time goes by where all days that were written down become a week older. The moment of a consent is part of its key:
# all go far away first, so that none meets one that has not gone yet.
_A_WEEK_PASSES = (
    *(
        text(f"update {table} set " + ", ".join(f"{column} = {column} - 7 * interval '1 day'" for column in columns))
        for table, columns in _DAYS.items()
    ),
    text("update consent set given_at = given_at - 100000 * interval '1 day'"),
    text("update consent set given_at = given_at + 99993 * interval '1 day'"),
)

_NO_REST = text("update member set left_count_on = null")

#: What somebody does in each week with their account, which is another afterwards where they registered anew.
Habit = Callable[[Session, Member, str], Member | None]


class Entry(NamedTuple):
    """That an account came into the count of a place; the e-mail stays when the account is registered anew."""

    account: uuid.UUID
    email: str
    place: str


def a13_rejoining(context: Context) -> Outcome:
    """Somebody leaves and joins again each week, takes the consent back, has the place forgotten, or registers anew.

    Of an account that is deleted no trace is kept, so that only its age holds up the next one of the same e-mail: the
    bar is that of accounts, and batches are larger than all that e-mails can bring (see ``joins``).
    """
    most, by_email = _most(context, WEEKS, rests=True)
    broken, _ = _most(context, WEEKS_OF_CONTROL if context.scale is SMALL else WEEKS, rests=False)
    return Outcome(
        "A13 leave and join again", "times one account fills a batch in 180 days, worst habit; "
        f"one e-mail, deleted and registered again (batches allow for one in {DEFAULT.min_return} releases)",
        "≤ 1; reported", f"{most}; {by_email}", most <= 1, "no rest after leaving", str(broken), broken > 1,
    )  # fmt: skip


def _most(context: Context, weeks: int, *, rests: bool) -> tuple[int, int]:
    """How often the busiest account, and the busiest e-mail, came into one bucket within 180 days."""
    came: list[tuple[Entry, int]] = []
    with stage(context) as session:
        area = service.freiburg(session)
        actors = {name: new_member(session, f"{name}@example.org") for name in HABITS}
        session.execute(text("update member set joined = joined - 400, confirmed_at = now() - interval '400 days'"))
        for member in actors.values():
            session.refresh(member)
            _join(session, member, area)
        before: set[Entry] = set()
        for week in range(weeks):
            release(session, today(session))
            session.expire_all()
            inside = counted_now(session)
            came += [(entry, week) for entry in inside - before]
            before = inside
            for name, member in list(actors.items()):
                actors[name] = HABITS[name](session, member, area) or member
            let_a_week_pass(session, rests=rests)
    by_account = busiest([((entry.account, entry.place), week) for entry, week in came])
    return by_account, busiest([((entry.email, entry.place), week) for entry, week in came])


def busiest(came: list[tuple[Hashable, int]]) -> int:
    """The most entries of one within 180 days."""
    within = DEFAULT.cooldown_days // 7
    return max(sum(who == other and 0 <= week - first < within for other, week in came) for who, first in came)


def let_a_week_pass(session: Session, *, rests: bool) -> None:
    """Make all days a week older; without ``rests`` also end every cooldown."""
    session.commit()
    with as_owner(session):
        for statement in (*_A_WEEK_PASSES, *(() if rests else (_NO_REST,))):
            session.execute(statement)


@contextmanager
def stage(context: Context) -> Iterator[Session]:
    """A session with the rights of the pages, that can take on those of the command that makes releases."""
    engine = create_engine(context.engine.url.set(username=embedded.SUPERUSER))
    with engine.connect() as connection, connection.begin() as undone:
        connection.exec_driver_sql(f"set role {embedded.RUNTIME}")
        with db.open_session(connection) as session:
            yield session
        undone.rollback()
    engine.dispose()


def today(session: Session) -> dt.date:
    """The day of the database."""
    return session.scalars(text("select current_date")).one()


def counted_now(session: Session) -> set[Entry]:
    """Who is counted where; nobody else is in this database."""
    rows = session.execute(
        select(Member.id, Member.email, CountedMember.country, CountedMember.region).join(
            CountedMember, CountedMember.member_id == Member.id
        )
    )
    return {Entry(id_, email, place) for id_, email, *places in rows for place in (WORLD, *places) if place}


def _join(session: Session, member: Member, area: str) -> None:
    condition = service.condition(session)
    membership = put(session, member, condition, area, level=Level.REGION, audience=Audience.NOBODY)
    consents.count(session, member, membership, "Count me.", today=today(session))


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
        consents.stop_counting(session, member, membership)
        consents.count(session, member, membership, "Count me.", today=today(session))


def _takes_back_and_leaves(session: Session, member: Member, area: str) -> None:
    """The consent is gone with the membership, and with it that it was taken back."""
    if _is_counted(session, member):
        membership = memberships.get(session, member, service.condition(session))
        consents.stop_counting(session, member, membership)
        memberships.leave(session, membership)
        _join(session, member, area)


def _forgets_place(session: Session, member: Member, area: str) -> None:
    """Counted in the world alone, and in the region again."""
    if _is_counted(session, member):
        places.forget(session, member)
        _join(session, member, area)


def _registers_anew(session: Session, member: Member, area: str) -> Member | None:
    """The account deleted as soon as it is counted, and another made at once with the same e-mail."""
    if not _is_counted(session, member):
        return None
    email = member.email
    members.delete_account(session, member)
    another = new_member(session, email)
    _join(session, another, area)
    return another


HABITS: Mapping[str, Habit] = {
    "leaves": _leaves,
    "takes-back": _takes_back,
    "takes-back-and-leaves": _takes_back_and_leaves,
    "forgets-place": _forgets_place,
    "registers-anew": _registers_anew,
}

ATTACKS = (a13_rejoining,)
