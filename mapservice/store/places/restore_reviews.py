"""Members who were hidden after a restore: nothing of them is shown before they have reviewed their settings."""

import uuid

from sqlalchemy.orm import Session

from mapservice.errors import ReviewFirstError
from mapservice.store.tables import Member


def require_reviewed(session: Session, member_id: uuid.UUID) -> None:
    """Check that a member has reviewed their settings, before more of them is shown or counted.

    :raise ReviewFirstError: if they have not.
    """
    if session.get_one(Member, member_id).review_since is not None:
        raise ReviewFirstError


def finish(member: Member) -> None:
    """Note that a member has reviewed their settings."""
    member.review_since = None
