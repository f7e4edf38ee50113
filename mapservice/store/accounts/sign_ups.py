"""Sign-ups awaiting confirmation: an address and the condition they came from, and nothing else about a person."""

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import Integer, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.store.community import consent_rows
from mapservice.store.tables import Condition, Member, PendingSignUp, random_id
from mapservice.store.transactions.execution import DATABASE_ONLY

#: How long a link works.
RETENTION = dt.timedelta(days=5)


def begin(session: Session, token_hash: bytes, *, email: str, condition: Condition | None) -> None:
    """Store a sign-up, unless its address has an account; both cases run the same statement."""
    condition_id = condition.id if condition else None
    has_account = select(Member.id).where(Member.email == email).exists()
    row = select(literal(token_hash), literal(email), literal(condition_id, Integer)).where(~has_account)
    columns = ["token_hash", "email", "condition_id"]
    session.connection().execute(insert(PendingSignUp).from_select(columns, row))


def find(session: Session, token_hash: bytes) -> PendingSignUp | None:
    """Return the sign-up that a link belongs to; None if the link is expired, invalid, or was replaced."""
    statement = select(PendingSignUp).where(PendingSignUp.token_hash == token_hash)
    return session.scalar(statement.where(PendingSignUp.created_at > func.now() - RETENTION))


def complete(
    session: Session,
    pending: PendingSignUp,
    *,
    password: str,
    pseudonym: str,
    minor_until: dt.date | None,
    language: str,
    wording: str,
) -> Member | None:
    """Create the member, with the consent to take part, and end all links to the address.

    ``password`` is the hash, ``language`` the one they signed up in, ``wording`` the consent as it was read. Return
    None if the address already has an account, even if that was created at the same moment.
    """
    chosen = {"password": password, "pseudonym": pseudonym, "minor_until": minor_until, "language": language}
    member_id = _insert_member(session, pending.email, chosen)
    end(session, pending.email)
    if member_id is None:
        return None
    wording_id = consent_rows.find_or_store_wording(session, wording)
    consent_rows.add(session, member_id, ConsentKind.TAKING_PART, wording_id)
    return session.get_one(Member, member_id)


def _insert_member(session: Session, email: str, chosen: dict[str, Any]) -> uuid.UUID | None:
    values = {"id": uuid.uuid4(), "email": email, "active": True, "security_stamp": random_id(), **chosen}
    statement = insert(Member).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(Member.id)
    return session.scalar(statement)


def end(session: Session, email: str) -> None:
    """Delete all sign-ups of an address."""
    session.execute(delete(PendingSignUp).where(PendingSignUp.email == email), execution_options=DATABASE_ONLY)


def delete_expired(session: Session) -> int:
    """Delete expired sign-ups; return how many."""
    expired = delete(PendingSignUp).where(PendingSignUp.created_at <= func.now() - RETENTION)
    return session.connection().execute(expired).rowcount
