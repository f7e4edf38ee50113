"""Second factors: their sealed secrets, used codes, and recovery codes for a lost phone."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from mapservice.errors import UnreadableTextError
from mapservice.privacy import second_factors as sealing
from mapservice.store.tables import Member, RecoveryCode, SecondFactor
from mapservice.store.transactions import withdrawals

# Earlier than any time step that can be used.
_NEVER = -1


def find(session: Session, member: Member) -> SecondFactor | None:
    """Return the second factor of a member, if they have set one up."""
    return session.get(SecondFactor, member.id)


def set_up(session: Session, member: Member, *, sealed: bytes, step: int, codes: Iterable[bytes]) -> None:
    """Store a new second factor and the hashes of its recovery codes; its first code was used at time step ``step``.

    :raise IntegrityError: if there is one already, which somebody who has it must remove first.
    """
    session.execute(insert(SecondFactor).values(member_id=member.id, sealed=sealed, last_step=step))
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


def replace_codes(session: Session, member: Member, *, sealed: bytes, codes: Iterable[bytes]) -> None:
    """Store the hashes of new recovery codes, with the secrets that they belong to; the old ones become invalid."""
    _forget_codes(session, member.id)
    of_member = update(SecondFactor).where(SecondFactor.member_id == member.id)
    session.execute(of_member.values(sealed=sealed, salt=None).execution_options(synchronize_session="fetch"))
    _keep(session, member, codes)


def change_key(session: Session, old: Sequence[str], new: str) -> int:
    """Seal the secrets of all members with a new key, so that their codes keep working; return of how many.

    ``old`` are the keys that may have been used; the last one is the key of the database. Where secrets were not sealed
    yet, the recovery codes depend on the old key itself and are deleted; the phone keeps working.
    """
    changed = 0
    for factor in session.scalars(select(SecondFactor).with_for_update()):
        opened = _open(factor, old)
        if factor.salt is not None:
            _forget_codes(session, factor.member_id)
        if opened is not None:
            factor.sealed, factor.salt = sealing.seal(opened, factor.member_id, new), None
            changed += 1
    session.flush()
    return changed


def remove(session: Session, member: Member) -> bool:
    """Delete a member's second factor and its recovery codes; return False if they had none."""
    statement = delete(SecondFactor).where(SecondFactor.member_id == member.id)
    had_one = session.connection().execute(statement).rowcount == 1
    if had_one:
        withdrawals.note(session, member.id)
    return had_one


def _open(factor: SecondFactor, keys: Sequence[str]) -> sealing.FactorSecrets | None:
    """Return the secrets that one of the keys opens, or that were derived from the last one."""
    if factor.salt is not None:
        secret = sealing.derive(factor.salt, factor.member_id, keys[-1]).secret
        return sealing.FactorSecrets(secret, sealing.new_pepper())
    for key in keys:
        with suppress(UnreadableTextError):
            return sealing.unseal(factor.sealed or b"", factor.member_id, key)
    return None


def _forget_codes(session: Session, member_id: uuid.UUID) -> None:
    old = delete(RecoveryCode).where(RecoveryCode.member_id == member_id)
    session.execute(old.execution_options(synchronize_session=False))


def _keep(session: Session, member: Member, codes: Iterable[bytes]) -> None:
    session.execute(insert(RecoveryCode), [{"member_id": member.id, "code_hash": code_hash} for code_hash in codes])
