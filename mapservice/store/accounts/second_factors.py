"""Second factors: salts of the secrets, used codes, and recovery codes for a lost phone."""

from collections.abc import Iterable

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from mapservice.store.tables import Member, RecoveryCode, SecondFactor
from mapservice.store.transactions import withdrawals

# Earlier than any time step that can be used.
_NEVER = -1


def find(session: Session, member: Member) -> SecondFactor | None:
    """Return the second factor of a member, if they have set one up."""
    return session.get(SecondFactor, member.id)


def set_up(session: Session, member: Member, *, salt: bytes, step: int, codes: Iterable[bytes]) -> None:
    """Store a new second factor and the hashes of its recovery codes; its first code was used at time step ``step``.

    :raise IntegrityError: if there is one already, which somebody who has it must remove first.
    """
    session.execute(insert(SecondFactor).values(member_id=member.id, salt=salt, last_step=step))
    _keep(session, member, codes)


def use_step(session: Session, member: Member, step: int | None) -> bool:
    """Use up the code of a time step; return False if it, or a later one, was used, or if ``step`` is None.

    One statement, so that only one of two simultaneous attempts succeeds; it takes as long for None.
    """
    statement = update(SecondFactor).where(SecondFactor.member_id == member.id)
    newer = statement.where(SecondFactor.last_step < (_NEVER if step is None else step))
    used = newer.values(last_step=step).returning(SecondFactor.member_id)
    return session.scalar(used.execution_options(synchronize_session=False)) is not None


def use_code(session: Session, member: Member, code_hash: bytes) -> bool:
    """Use up a recovery code; return False if none has this hash."""
    statement = delete(RecoveryCode).where(RecoveryCode.member_id == member.id, RecoveryCode.code_hash == code_hash)
    used = statement.returning(RecoveryCode.member_id).execution_options(synchronize_session=False)
    return session.scalar(used) is not None


def codes_left(session: Session, member: Member) -> int:
    """Return the number of unused recovery codes."""
    statement = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.member_id == member.id)
    return session.scalar(statement) or 0


def replace_codes(session: Session, member: Member, codes: Iterable[bytes]) -> None:
    """Store the hashes of new recovery codes; the old ones become invalid."""
    old = delete(RecoveryCode).where(RecoveryCode.member_id == member.id)
    session.execute(old.execution_options(synchronize_session=False))
    _keep(session, member, codes)


def remove(session: Session, member: Member) -> bool:
    """Delete a member's second factor and its recovery codes; return False if they had none."""
    statement = delete(SecondFactor).where(SecondFactor.member_id == member.id)
    had_one = session.connection().execute(statement).rowcount == 1
    if had_one:
        withdrawals.note(session, member.id)
    return had_one


def _keep(session: Session, member: Member, codes: Iterable[bytes]) -> None:
    session.execute(insert(RecoveryCode), [{"member_id": member.id, "code_hash": code_hash} for code_hash in codes])
