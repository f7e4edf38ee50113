"""Memberships that a caregiver closed after a death: until that is undone or final, and what is kept in memory."""

import datetime as dt
import uuid
from collections.abc import Callable, Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import Level, ancestor
from mapservice.privacy.memorials import REVERSIBLE, AfterDeath, counting_delay
from mapservice.store.care import memorial_notices, speakers
from mapservice.store.figures import counted_members
from mapservice.store.places import home_zones, homes
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.tables.care import MemorialRow, SpeakerRow
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY
from mapservice.withdrawal_log import Kind


def find(session: Session, membership: Membership) -> MemorialRow | None:
    """Return what was chosen for a closed membership, which can still be undone; None if it is not closed."""
    mine = MemorialRow.condition_id == membership.condition_id, MemorialRow.member_id == membership.member_id
    return session.scalar(select(MemorialRow).where(*mine, ~MemorialRow.is_final))


def close(session: Session, member: Member, membership: Membership, choice: AfterDeath, today: dt.date) -> None:
    """Close a membership after the death of the person for whom it speaks: from now on it is nowhere.

    Nothing of it is deleted yet but open codes. The person is taken out of the published figures, with whichever
    membership they were counted; a cooldown starts as on leaving. The other caregivers get their notice later.
    """
    withdrawals.note(session, membership.member_id)
    person_id = speakers.cancel_codes(session, membership)
    home, is_kept = home_zones.home(session, member), choice is AfterDeath.MEMORY
    values = {
        "condition_id": membership.condition_id,
        "id": uuid.uuid4(),
        "member_id": membership.member_id,
        "person_id": person_id,
        "choice": choice,
        "closed_on": today,
        "was_shown": homes.hide(session, membership),
        "counted_since": membership.counted_since,
        "country": ancestor(home.zone_id, Level.COUNTRY) if home and is_kept else None,
        "due_on": today + counting_delay() if is_kept else None,
        "is_final": False,
    }
    # Only releases may write who is counted, and the session would write that nobody is.
    row = session.scalars(insert(MemorialRow).values(values).returning(MemorialRow)).one()
    membership.closed_on, membership.counted_since = today, None
    public_texts.refresh_member(session, membership.member_id)
    _take_out_of_figures(session, row)
    memorial_notices.announce(session, row, today)


def reopen(session: Session, membership: Membership, row: MemorialRow) -> None:
    """Open a closed membership again, still hidden, and delete the notices that were not sent yet."""
    withdrawals.note(session, row.id, Kind.DELETED)
    membership.closed_on = None
    memorial_notices.cancel(session, row)
    session.delete(row)
    public_texts.refresh_member(session, membership.member_id)


def finish(session: Session, row: MemorialRow) -> None:
    """Make a choice final, after its membership was deleted: only somebody who is remembered somewhere has a row."""
    if row.choice == AfterDeath.MEMORY and row.country is not None:
        row.is_final, row.was_shown, row.counted_since = True, False, None
    else:
        session.delete(row)
    session.flush()


def due(session: Session, today: dt.date) -> Sequence[MemorialRow]:
    """Return the choices that can no longer be undone and are not final yet, in the order in which they are locked."""
    over = MemorialRow.closed_on < today - REVERSIBLE, ~MemorialRow.is_final
    return session.scalars(select(MemorialRow).where(*over).order_by(MemorialRow.member_id, MemorialRow.id)).all()


def in_memory(session: Session, member: Member) -> Sequence[tuple[MemorialRow, Condition]]:
    """Return the people whom a member lets be counted as remembered, with the conditions, by the condition's name."""
    statement = (
        select(MemorialRow, Condition)
        .join(Condition, Condition.id == MemorialRow.condition_id)
        .where(MemorialRow.member_id == member.id, MemorialRow.choice == AfterDeath.MEMORY)
        .order_by(Condition.name, MemorialRow.id)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def withdraw(session: Session, member: Member, condition: Condition) -> None:
    """Let nobody for whom a member spoke in a condition be counted as remembered; frozen releases stay.

    A choice that can still be undone becomes a removal.
    """
    mine = MemorialRow.condition_id == condition.id, MemorialRow.member_id == member.id
    for row in session.scalars(select(MemorialRow).where(*mine).with_for_update()).all():
        _forget(session, row)


def forget_countries(session: Session, member: Member) -> None:
    """Delete the countries in which a member lets people be counted as remembered: with them, those who are final."""
    mine = MemorialRow.member_id == member.id, MemorialRow.country.is_not(None)
    for row in session.scalars(select(MemorialRow).where(*mine).with_for_update()).all():
        _rest(session, row)
        if row.is_final:
            session.delete(row)
        else:
            row.country = None
    session.flush()


def repeat(session: Session, is_withdrawn: Callable[[uuid.UUID], bool]) -> int:
    """Undo the choices again that were undone or withdrawn since a backup was made; return how many.

    Those that could be undone then are open again, and hidden: nothing is deleted that a member has brought back.
    """
    repeated = 0
    for row in session.scalars(select(MemorialRow)).all():
        if not is_withdrawn(row.id):
            continue
        repeated += 1
        membership = session.get(Membership, (row.condition_id, row.member_id))
        if not row.is_final and membership is not None:
            membership.closed_on = None
            public_texts.refresh_member(session, membership.member_id)
        session.delete(row)
    session.flush()
    return repeated


def _forget(session: Session, row: MemorialRow) -> None:
    withdrawals.note(session, row.member_id)
    _rest(session, row)
    if row.is_final:
        withdrawals.note(session, row.id, Kind.DELETED)
        session.delete(row)
    else:
        row.choice, row.country, row.due_on = AfterDeath.REMOVAL, None, None
    session.flush()


def _rest(session: Session, row: MemorialRow) -> None:
    """Start the cooldown of numbers of remembered people, if a row was really in one.

    Otherwise one account could enter and leave such a number as often as it likes.
    """
    if row.counted_on is not None:
        resting = update(Member).where(Member.id == row.member_id)
        session.execute(resting.values(left_memory_on=func.current_date()), execution_options=DATABASE_ONLY)


def _take_out_of_figures(session: Session, row: MemorialRow) -> None:
    """Take the person out of the count of the living, with whichever membership they were counted.

    Members are locked in one order, and the keys of the memberships, so that no release counts them now.
    """
    same = SpeakerRow.condition_id == row.condition_id, SpeakerRow.person_id == row.person_id
    ids = session.scalars(select(SpeakerRow.member_id).where(*same).order_by(SpeakerRow.member_id)).all()
    members = select(Member.id).where(Member.id.in_(ids)).order_by(Member.id)
    session.execute(members.with_for_update(key_share=True))
    both = Membership.condition_id == row.condition_id, Membership.member_id.in_(ids)
    session.execute(select(Membership.member_id).where(*both).order_by(Membership.member_id).with_for_update())
    for member_id in ids:
        counted_members.take_out(session, row.condition_id, member_id)
