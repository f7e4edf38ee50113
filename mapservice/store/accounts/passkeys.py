"""The passkeys of members, by their public keys."""

import uuid
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store.tables import Member, Passkey
from mapservice.store.transactions import withdrawals

#: The most passkeys of one member.
MAX_PASSKEYS = 20


def listed(session: Session, member: Member) -> Sequence[Passkey]:
    """Return the passkeys of a member, by name."""
    return session.scalars(
        select(Passkey).where(Passkey.member_id == member.id).order_by(Passkey.name, Passkey.id)
    ).all()


def with_credential(session: Session, credential_id: bytes) -> Passkey | None:
    """Return the passkey of a credential id, of any member."""
    return session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def add(
    session: Session, member: Member, *, credential_id: bytes, public_key: bytes, sign_count: int, name: str
) -> bool:
    """Store a passkey; return False if it is stored already, for whichever member."""
    values = {"credential_id": credential_id, "public_key": public_key, "sign_count": sign_count, "name": name}
    added = insert(Passkey).values(id=uuid.uuid4(), member_id=member.id, **values)
    return session.scalar(added.on_conflict_do_nothing().returning(Passkey.id)) is not None


def note_use(session: Session, passkey: Passkey, sign_count: int) -> bool:
    """Note a use of a passkey today; return False if its device says that it was used fewer times than we know.

    A passkey that is kept on several devices does not count, and always says 0. One statement, so that of two uses
    with the same count only one succeeds.
    """
    grows = Passkey.sign_count == 0 if sign_count == 0 else Passkey.sign_count < sign_count
    used = update(Passkey).where(Passkey.id == passkey.id, grows)
    values = used.values(sign_count=sign_count, used_on=func.current_date()).returning(Passkey.id)
    return session.scalar(values.execution_options(synchronize_session=False)) is not None


def find(session: Session, member: Member, passkey_id: uuid.UUID) -> Passkey | None:
    """Return a passkey of a member; None if they have none of this id."""
    return session.scalar(select(Passkey).where(Passkey.id == passkey_id, Passkey.member_id == member.id))


def remove(session: Session, member: Member, passkey_id: uuid.UUID) -> bool:
    """Delete a passkey of a member; return False if they have none of this id."""
    own = delete(Passkey).where(Passkey.id == passkey_id, Passkey.member_id == member.id)
    if session.connection().execute(own).rowcount == 0:
        return False
    withdrawals.note(session, member.id)
    return True


def remove_all(session: Session, member: Member) -> None:
    """Delete all passkeys of a member."""
    removed = delete(Passkey).where(Passkey.member_id == member.id)
    if session.connection().execute(removed).rowcount:
        withdrawals.note(session, member.id)
