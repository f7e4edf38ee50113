"""Change what a member says about themselves in a condition, and who can read it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from mapservice.privacy.profiles import MemberProfile, shows_more
from mapservice.store.places import restore_reviews
from mapservice.store.profiles import profiles
from mapservice.store.tables import Membership


def change_profile(
    session: Session, membership: Membership, profile: MemberProfile, *, confirm_identity: Callable[[], bool]
) -> bool:
    """Store a profile; return False, and change nothing, if it shows more and the member cannot be confirmed.

    ``confirm_identity`` is only called if some part is shown to more people than before.

    :raise ReviewFirstError: if it shows more and the member has to review their settings first.
    """
    before = profiles.find(session, membership.condition_id, membership.member_id)
    if shows_more(before, profile):
        restore_reviews.require_reviewed(session, membership.member_id)
        if not confirm_identity():
            return False
    profiles.save(session, membership, profile)
    return True
