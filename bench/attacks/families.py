"""An attack on figures by families: people who speak for one person are counted once, also if they try not to be."""

import dataclasses
import uuid
from collections.abc import Callable, Hashable, Mapping, Set

from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.rejoining import Entry, busiest, counted_now, let_a_week_pass, stage, today
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import Level
from mapservice.privacy.care import SpeaksAs
from mapservice.privacy.disclosure import WORLD
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.care import codes, speakers
from mapservice.store.community import consents, memberships
from mapservice.store.tables import Member
from testing.accounts import new_member
from testing.locations import put
from testing.releasing import release

#: Releases that are watched.
WEEKS = 12


@dataclasses.dataclass(frozen=True, slots=True)
class Family:
    """Two caregivers of one person, and what they do each week while one of them is counted."""

    name: str
    first: Member
    second: Member


def a36_families(context: Context) -> Outcome:
    """Two caregivers agree that they speak for one person, and try to be counted twice, or one of them again and again.

    They do nothing more; they end it each week and agree again; or the one who is counted withdraws the consent and
    gives it again, so that the other is counted instead.
    """
    twice, again = _watched(context, is_agreed=True)
    broken, _again = _watched(context, is_agreed=False)
    return Outcome(
        "A36 counting a family twice",
        "most people counted for one person in a release; times one account enters a bucket in 180 days",
        "1; ≤ 1", f"{twice}; {again}", twice == 1 and again <= 1, "memberships are counted", str(broken), broken > 1,
    )  # fmt: skip


def _watched(context: Context, *, is_agreed: bool) -> tuple[int, int]:
    """The most people counted of one family that is agreed, and how often one account entered a bucket."""
    came: list[tuple[Hashable, int]] = []
    most = 0
    before: Set[Entry] = frozenset()
    with stage(context) as session:
        families = [_family(session, name) for name in HABITS]
        session.execute(text("update member set joined = joined - 400, confirmed_at = now() - interval '400 days'"))
        for family in families:
            for member in (family.first, family.second):
                session.refresh(member)
                _join(session, member)
            if is_agreed:
                _agree(session, family.first, family.second)
        for week in range(WEEKS):
            release(session, today(session))
            session.expire_all()
            counted = counted_now(session)
            came += [((entry.account, entry.place), week) for entry in counted - before]
            before = counted
            here = {entry.account for entry in counted if entry.place == WORLD}
            most = max(most, *(len({family.first.id, family.second.id} & here) for family in families))
            for family in families if is_agreed else ():
                HABITS[family.name](session, family, here)
            let_a_week_pass(session, rests=True)
    return most, busiest(came)


def _family(session: Session, name: str) -> Family:
    first, second = (new_member(session, f"{name}-{at}@example.org") for at in (1, 2))
    return Family(name, first, second)


def _join(session: Session, member: Member) -> None:
    condition, area = service.condition(session), service.freiburg(session)
    put(session, member, condition, area, level=Level.REGION, audience=Audience.NOBODY)
    membership = memberships.join(session, member, condition, Role.CAREGIVER, pseudonym=None, for_minor=False)
    consents.count(session, member, membership, "Count me.", today=today(session))


def _agree(session: Session, maker: Member, other: Member) -> None:
    made, entered = (memberships.get(session, member, service.condition(session)) for member in (maker, other))
    codes.enter(session, entered, codes.make(session, made, SpeaksAs.CAREGIVER))
    assert codes.confirm(session, made)
    session.commit()


def _waits(_session: Session, _family: Family, _counted: Set[uuid.UUID]) -> None:
    """Nothing more."""


def _ends_and_agrees(session: Session, family: Family, counted: Set[uuid.UUID]) -> None:
    """The one who is not counted is a person of their own for a moment, and makes the next code."""
    maker, other = (family.first, family.second)[:: -1 if family.first.id in counted else 1]
    speakers.end(session, memberships.get(session, maker, service.condition(session)))
    speakers.end(session, memberships.get(session, other, service.condition(session)))
    _agree(session, maker, other)


def _takes_turns(session: Session, family: Family, counted: Set[uuid.UUID]) -> None:
    """The one who is counted makes room for the other, and waits to be counted again."""
    for member in (family.first, family.second):
        if member.id in counted:
            membership = memberships.get(session, member, service.condition(session))
            consents.stop_counting(session, member, membership)
            consents.count(session, member, membership, "Count me.", today=today(session))
            session.commit()


HABITS: Mapping[str, Callable[[Session, Family, Set[uuid.UUID]], None]] = {
    "waits": _waits,
    "ends-and-agrees": _ends_and_agrees,
    "takes-turns": _takes_turns,
}

ATTACKS = (a36_families,)
