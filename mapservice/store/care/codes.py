"""Codes by which two memberships agree that they speak for one affected person.

One makes it, the other enters it, and the first confirms. Neither is shown anything of the other.
"""

import datetime as dt
import uuid
from collections.abc import Collection

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.config import Config
from mapservice.errors import SpeaksForAnotherError, TooManySpeakersError, UnknownCodeError
from mapservice.privacy.care import LIFETIME, MAX_SPEAKERS, SpeaksAs, code_hash, new_code
from mapservice.store.blocks import blocks
from mapservice.store.care import speakers
from mapservice.store.figures import counted_members
from mapservice.store.tables import Member, Membership
from mapservice.store.tables.care import PersonCodeRow, SpeakerRow
from mapservice.store.transactions import withdrawals


def make(session: Session, membership: Membership, for_whom: SpeaksAs) -> str:
    """Return a new code of a membership, of which only the hash is stored; an earlier one no longer works."""
    speakers.get(session, membership)
    own = PersonCodeRow.condition_id == membership.condition_id, PersonCodeRow.member_id == membership.member_id
    session.execute(delete(PersonCodeRow).where(*own))
    code = new_code()
    key = {"condition_id": membership.condition_id, "member_id": membership.member_id}
    session.add(PersonCodeRow(**key, code_hash=code_hash(code), for_whom=for_whom))
    session.flush()
    return code


def find(session: Session, membership: Membership) -> PersonCodeRow | None:
    """Return the code that a membership made and nobody has entered, or None."""
    row = _made(session, membership)
    return None if row is None or row.is_used else row


def enter(session: Session, membership: Membership, code: str) -> None:
    """Enter the code of somebody who speaks for the same person; it works once, and its maker has to confirm.

    :raise UnknownCodeError: if it does not work: the same answer for a wrong, an old and a used one, and for one that
        is for somebody else or by somebody who has blocked this member.
    :raise SpeaksForAnotherError: if the membership speaks for a person together with others already.
    """
    mine = speakers.get(session, membership)
    if mine.is_shared:
        raise SpeaksForAnotherError
    row = session.scalar(
        select(PersonCodeRow)
        .where(
            PersonCodeRow.condition_id == membership.condition_id,
            PersonCodeRow.code_hash == code_hash(code),
            PersonCodeRow.member_id != membership.member_id,
            PersonCodeRow.for_whom == speakers.speaks_here_as(membership),
            PersonCodeRow.made_at > func.now() - LIFETIME,
            ~PersonCodeRow.is_used,
        )
        .with_for_update()
    )
    if row is None or row.member_id in blocks.blockers(session, membership.condition_id, membership.member_id):
        raise UnknownCodeError
    row.is_used = True
    mine.entered_hash, mine.entered_at = row.code_hash, dt.datetime.now(dt.UTC)
    session.flush()


def is_waiting(row: SpeakerRow | None) -> bool:
    """Return whether a member entered a code in the last day; whether the other has answered is not told."""
    return row is not None and row.entered_at is not None and row.entered_at > dt.datetime.now(dt.UTC) - LIFETIME


def entered_for(session: Session, membership: Membership) -> SpeaksAs | None:
    """Return as whom somebody who entered the code of this membership speaks; None if nobody waits for an answer."""
    made = _made(session, membership)
    return SpeaksAs(made.for_whom) if made is not None and _entrant(session, membership, made) is not None else None


def waiting_in(session: Session, memberships: Collection[Membership]) -> frozenset[int]:
    """Return in which conditions somebody who entered the member's code waits for an answer."""
    ids = {membership.member_id for membership in memberships}
    made_in = set(session.scalars(select(PersonCodeRow.condition_id).where(PersonCodeRow.member_id.in_(ids))))
    mine = [membership for membership in memberships if membership.condition_id in made_in]
    return frozenset(membership.condition_id for membership in mine if entered_for(session, membership))


def confirm(session: Session, membership: Membership) -> bool:
    """Let the membership that entered the code speak for the same person; return False if none waits for it.

    From now on the person is counted once.

    :raise TooManySpeakersError: if enough others speak for the person already.
    """
    made = _made(session, membership)
    entrant_id = None if made is None else _entrant(session, membership, made)
    if made is None or entrant_id is None:
        return False
    _lock(session, membership, entrant_id)
    mine, theirs = (_locked(session, membership.condition_id, id_) for id_ in (membership.member_id, entrant_id))
    if mine is None or theirs is None or theirs.is_shared or theirs.entered_hash != made.code_hash:
        return False
    same = SpeakerRow.condition_id == membership.condition_id, SpeakerRow.person_id == mine.person_id
    if (session.scalar(select(func.count()).where(*same)) or 0) >= MAX_SPEAKERS:
        raise TooManySpeakersError
    theirs.person_id, theirs.entered_hash, theirs.entered_at = mine.person_id, None, None
    mine.is_shared = theirs.is_shared = True
    session.delete(made)
    session.flush()
    withdrawals.note(session, membership.member_id)
    together = session.scalars(select(SpeakerRow.member_id).where(*same)).all()
    counted_members.count_once(session, membership.condition_id, together)
    return True


def refuse(session: Session, membership: Membership) -> None:
    """Delete the code of a membership, with what was entered; the other is not told."""
    own = PersonCodeRow.condition_id == membership.condition_id, PersonCodeRow.member_id == membership.member_id
    session.execute(delete(PersonCodeRow).where(*own))


def delete_expired(session: Session, _config: Config) -> int:
    """Delete codes that no longer work, and what was entered of them; return how many."""
    old = delete(PersonCodeRow).where(PersonCodeRow.made_at < func.now() - LIFETIME)
    entered = update(SpeakerRow).where(SpeakerRow.entered_at < func.now() - LIFETIME)
    connection = session.connection()
    connection.execute(entered.values(entered_hash=None, entered_at=None))
    return connection.execute(old).rowcount


def _made(session: Session, membership: Membership) -> PersonCodeRow | None:
    """Return the code of a membership that still works or can be confirmed."""
    made = select(PersonCodeRow).where(
        PersonCodeRow.condition_id == membership.condition_id,
        PersonCodeRow.member_id == membership.member_id,
        PersonCodeRow.made_at > func.now() - LIFETIME,
    )
    return session.scalar(made.execution_options(populate_existing=True))


def _entrant(session: Session, membership: Membership, made: PersonCodeRow) -> uuid.UUID | None:
    """Return the member who entered a code; None if nobody did, or they have blocked its maker since."""
    condition_id = membership.condition_id
    entered = SpeakerRow.condition_id == condition_id, SpeakerRow.entered_hash == made.code_hash
    found = session.scalar(select(SpeakerRow.member_id).where(*entered))
    return None if found in blocks.blockers(session, condition_id, membership.member_id) else found


def _locked(session: Session, condition_id: int, member_id: uuid.UUID) -> SpeakerRow | None:
    return session.get(SpeakerRow, (condition_id, member_id), with_for_update=True, populate_existing=True)


def _lock(session: Session, membership: Membership, other_id: uuid.UUID) -> None:
    """Lock two members, always in one order, and the keys of their memberships, so that no release counts them now."""
    ids = [membership.member_id, other_id]
    members = select(Member.id).where(Member.id.in_(ids)).order_by(Member.id)
    session.execute(members.with_for_update(key_share=True))
    both = Membership.condition_id == membership.condition_id, Membership.member_id.in_(ids)
    session.execute(select(Membership.member_id).where(*both).order_by(Membership.member_id).with_for_update())
