"""Members of staff in tests: appointed with the rights of the owner, as the command appoints them."""

from sqlalchemy.orm import Session

from mapservice.actions import appoint as actions
from mapservice.store.tables import Member
from testing.releasing import as_owner


def appoint(session: Session, member: Member, role: str) -> bool:
    """Give a member a staff role."""
    with as_owner(session):
        return actions.appoint(session, member, role)


def dismiss(session: Session, member: Member, role: str) -> bool:
    """Take a staff role from a member."""
    with as_owner(session):
        return actions.dismiss(session, member, role)
