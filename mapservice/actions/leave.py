"""Leave the community of a condition."""

from sqlalchemy.orm import Session

from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Member


def leave(session: Session, member: Member, condition: Condition) -> None:
    """Take a member out of a condition: profile, pin, counts and consents go, and a home that nothing else shows.

    :raise NotAMemberError: if the member has not joined it.
    """
    memberships.leave(session, memberships.get(session, member, condition))
