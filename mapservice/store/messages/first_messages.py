"""How many new people a member has written to in a day."""

import uuid
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.errors import TooManyNewPeopleError
from mapservice.privacy.messages import DAY, NEWCOMER_ACCEPTED, Newness
from mapservice.store.places.homes import lock_member
from mapservice.store.tables import Member
from mapservice.store.tables.messages import AcceptedCountRow, FirstMessageRow
from mapservice.store.transactions.execution import DATABASE_ONLY

_RECENT = FirstMessageRow.sent_at > func.now() - DAY


@dataclass(frozen=True, slots=True)
class NewPeople:
    """How many new people a member has written to in the last 24 hours, and how many they can."""

    written: int
    limit: int

    @property
    def is_used_up(self) -> bool:
        """Whether they have to wait before they can write to somebody new."""
        return self.written >= self.limit


def count(session: Session, member: Member) -> NewPeople:
    """Return how many new people a member has written to, of how many."""
    recent = select(func.count()).where(FirstMessageRow.member_id == member.id, _RECENT)
    return NewPeople(session.scalar(recent) or 0, _limit(session, member))


def claim(session: Session, member: Member) -> NewPeople:
    """Count one more new person in this transaction; of attempts at the same moment, one waits for the other.

    :raise TooManyNewPeopleError: if there are as many as a member can write to in a day.
    """
    lock_member(session, member)
    session.execute(
        delete(FirstMessageRow).where(FirstMessageRow.member_id == member.id, ~_RECENT),
        execution_options=DATABASE_ONLY,
    )
    limit = _limit(session, member)
    used = set(session.scalars(select(FirstMessageRow.place).where(FirstMessageRow.member_id == member.id)))
    if len(used) >= limit:
        raise TooManyNewPeopleError
    place = next(number for number in range(1, limit + 1) if number not in used)
    session.add(FirstMessageRow(member_id=member.id, place=place))
    session.flush()
    return NewPeople(len(used) + 1, limit)


def delete_expired(session: Session) -> int:
    """Delete what is no longer counted; return how many."""
    return session.connection().execute(delete(FirstMessageRow).where(~_RECENT)).rowcount


def note_accepted(session: Session, member_id: uuid.UUID) -> None:
    """Count that somebody accepted a first message of a member, up to the number that matters."""
    first = insert(AcceptedCountRow).values(member_id=member_id, accepted=1)
    more = func.least(AcceptedCountRow.accepted + 1, NEWCOMER_ACCEPTED)
    session.execute(first.on_conflict_do_update(index_elements=["member_id"], set_={"accepted": more}))


def _limit(session: Session, member: Member) -> int:
    """Return the limit of a member. It does not shrink when a conversation ends: that would tell how it did."""
    accepted = select(AcceptedCountRow.accepted).where(AcceptedCountRow.member_id == member.id)
    joined, today = session.execute(select(Member.joined, func.current_date()).where(Member.id == member.id)).one()
    return Newness(joined, session.scalar(accepted) or 0).limit(today)
