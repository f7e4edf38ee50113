"""Leave the community of a condition."""

from sqlalchemy.orm import Session

from mapservice.store.community import memberships
from mapservice.store.messages import erasure
from mapservice.store.tables import Condition, Member


def leave(session: Session, member: Member, condition: Condition) -> None:
    """Remove a member from a condition: profile, pin, counts, consents, and the home zone if nothing else shows it.

    Their conversations there are deleted, for both.

    :raise NotAMemberError: if the member has not joined it.
    """
    membership = memberships.get(session, member, condition)
    erasure.erase_all_in(session, member.id, condition.id)
    memberships.leave(session, membership)
