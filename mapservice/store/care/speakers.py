"""For which affected person a membership speaks, and the end of speaking for one."""

import uuid

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.care import SpeaksAs, speaks_as
from mapservice.privacy.visibility import Role
from mapservice.store.profiles import profiles
from mapservice.store.tables import Membership
from mapservice.store.tables.care import PersonCodeRow, SpeakerRow
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY


def speaks_here_as(membership: Membership) -> SpeaksAs | None:
    """Return as whom a membership speaks for an affected person, or None if it speaks for none."""
    return speaks_as(Role(membership.role), for_minor=membership.for_minor)


def find(session: Session, membership: Membership) -> SpeakerRow | None:
    """Return for whom a membership speaks; None if nothing is known but that it is one person."""
    return session.get(SpeakerRow, _key(membership), populate_existing=True)


def get(session: Session, membership: Membership) -> SpeakerRow:
    """Return for whom a membership speaks, in a new row if there was none, locked until the transaction ends."""
    condition_id, member_id = _key(membership)
    values = {"condition_id": condition_id, "member_id": member_id, "person_id": uuid.uuid4()}
    session.execute(insert(SpeakerRow).values(values).on_conflict_do_nothing())
    return session.get_one(SpeakerRow, (condition_id, member_id), with_for_update=True, populate_existing=True)


def end(session: Session, membership: Membership) -> None:
    """Let a membership speak for a person of its own again; the others are not told.

    Codes that the member made or entered no longer work.
    """
    withdrawals.note(session, membership.member_id)
    _delete_code(session, membership)
    row = find(session, membership)
    if row is not None:
        row.person_id, row.is_shared, row.entered_hash, row.entered_at = uuid.uuid4(), False, None, None
        session.flush()


def cancel_codes(session: Session, membership: Membership) -> uuid.UUID:
    """Delete the codes that a member made or entered; return the person for whom the membership speaks."""
    _delete_code(session, membership)
    row = get(session, membership)
    row.entered_hash, row.entered_at = None, None
    session.flush()
    return row.person_id


def forget(session: Session, membership: Membership) -> None:
    """Delete for whom a membership speaks, and what it says of them: it speaks as somebody else from now on."""
    _delete_code(session, membership)
    profiles.forget_person(session, membership)
    row = find(session, membership)
    if row is not None:
        if row.is_shared:
            withdrawals.note(session, membership.member_id)
        session.delete(row)
        session.flush()


def separate(session: Session, member_id: uuid.UUID) -> None:
    """Let every membership of a member speak for a person of its own: after a restore, they may have ended it."""
    alone = {"person_id": func.gen_random_uuid(), "is_shared": False, "entered_hash": None, "entered_at": None}
    mine = update(SpeakerRow).where(SpeakerRow.member_id == member_id)
    session.execute(mine.values(alone), execution_options=DATABASE_ONLY)


def _delete_code(session: Session, membership: Membership) -> None:
    condition_id, member_id = _key(membership)
    own = PersonCodeRow.condition_id == condition_id, PersonCodeRow.member_id == member_id
    session.execute(delete(PersonCodeRow).where(*own))


def _key(membership: Membership) -> tuple[int, uuid.UUID]:
    return membership.condition_id, membership.member_id
