"""Sign-ups that wait for their link: an address and where its owner came from, and nothing else of a person."""

import datetime as dt
import uuid

from sqlalchemy import Integer, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.store.tables import Condition, Consent, Member, PendingSignUp, random_id

#: For how long a link works.
RETENTION = dt.timedelta(days=5)


def begin(session: Session, token_hash: bytes, *, email: str, condition: Condition | None) -> None:
    """Keep a request to sign up, unless its address has an account; both cases run the same statement."""
    condition_id = condition.id if condition else None
    has_account = select(Member.id).where(Member.email == email).exists()
    row = select(literal(token_hash), literal(email), literal(condition_id, Integer)).where(~has_account)
    columns = ["token_hash", "email", "condition_id"]
    session.connection().execute(insert(PendingSignUp).from_select(columns, row))


def find(session: Session, token_hash: bytes) -> PendingSignUp | None:
    """The request that a link belongs to; None if the link is too old, made up, or was ended by another one."""
    wanted = select(PendingSignUp).where(PendingSignUp.token_hash == token_hash)
    return session.scalar(wanted.where(PendingSignUp.created_at > func.now() - RETENTION))


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
    """Make the member, with the consent to take part, and end all links to the address.

    ``password`` is the hash, ``language`` the one they signed up in, ``wording`` the consent as it was read. None if
    the address has an account by now: of two
    at the same moment one gets it.
    """
    values = {
        "id": uuid.uuid4(),
        "email": pending.email,
        "password": password,
        "pseudonym": pseudonym,
        "active": True,
        "security_stamp": random_id(),
        "minor_until": minor_until,
        "language": language,
    }
    made = insert(Member).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(Member.id)
    member_id = session.scalar(made)
    end(session, pending.email)
    if member_id is None:
        return None
    session.add(Consent(member_id=member_id, kind=ConsentKind.TAKING_PART, wording=wording))
    session.flush()
    return session.get_one(Member, member_id)


def end(session: Session, email: str) -> None:
    """End all links to an address."""
    session.execute(
        delete(PendingSignUp).where(PendingSignUp.email == email), execution_options={"synchronize_session": False}
    )


def delete_expired(session: Session) -> int:
    """Delete the requests whose links are too old; how many they were."""
    expired = delete(PendingSignUp).where(PendingSignUp.created_at <= func.now() - RETENTION)
    return session.connection().execute(expired).rowcount
