"""Delete an account."""

from sqlalchemy.orm import Session

from mapservice.store.accounts import members
from mapservice.store.tables import Member


def delete_account(session: Session, member: Member) -> str:
    """Delete a member with all their data, and return the address whose e-mails in the outbox must be erased next."""
    email = member.email
    members.delete_account(session, member)
    return email
