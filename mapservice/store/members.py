"""Accounts: made once for an e-mail address, found, forgotten."""

import datetime as dt
import uuid

from sqlalchemy import delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from mapservice.store import mails
from mapservice.store.tables import Consent, Member, random_id

#: The consent without which nobody can be a member.
TAKING_PART = "taking_part"

# An account whose e-mail was never verified belongs to nobody.
UNVERIFIED_KEPT = dt.timedelta(days=7)


def by_email(session: Session, email: str) -> Member | None:
    """The member with an e-mail address, which the caller has written in its usual form."""
    return session.scalar(select(Member).where(Member.email == email))


def by_security_stamp(session: Session, stamp: str) -> Member | None:
    """The member whom a link in an e-mail names; None once the password was changed after it was written."""
    return session.scalar(select(Member).where(Member.security_stamp == stamp))


def sign_up(session: Session, *, email: str, password: str, pseudonym: str, wording: str) -> tuple[Member, bool]:
    """The member of an address, and whether they are new: then with the consent to take part.

    ``password`` is the hash, ``wording`` the consent as it was read. Of two at the same moment one gets the account.
    For an address that has an account the same statements run and write nothing, so that they take as long.
    """
    made = uuid.uuid4()
    values = {
        "id": made,
        "email": email,
        "password": password,
        "pseudonym": pseudonym,
        "active": True,
        "security_stamp": random_id(),
    }
    connection = session.connection()
    connection.execute(insert(Member).values(values).on_conflict_do_nothing(index_elements=["email"]))
    consent = select(literal(uuid.uuid4()), Member.id, literal(TAKING_PART), literal(wording)).where(Member.id == made)
    connection.execute(insert(Consent).from_select(["id", "member_id", "kind", "wording"], consent))
    member = session.scalars(select(Member).where(Member.email == email)).one()
    return member, member.id == made


def set_password(member: Member, password: str) -> None:
    """Give a member a new password (its hash); letters and sessions made before count no more."""
    member.password = password
    member.security_stamp = random_id()


def delete_account(session: Session, member: Member) -> None:
    """Delete a member and whatever hangs on them, letters included. The places module has taken them off the map."""
    mails.forget_for(session, member.email)
    session.execute(delete(Member).where(Member.id == member.id))


def forget_unverified(session: Session) -> int:
    """Delete accounts whose e-mail nobody ever verified; how many they were."""
    old = delete(Member).where(Member.confirmed_at.is_(None), Member.joined < func.current_date() - UNVERIFIED_KEPT)
    return session.connection().execute(old).rowcount
