"""Close a membership after the death of the person for whom it speaks, undo that, and make it final."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.actions import hide
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.memorials import AfterDeath, can_undo
from mapservice.store.care import memorials
from mapservice.store.community import closed_memberships, consents, memberships
from mapservice.store.messages import erasure
from mapservice.store.places import restore_reviews
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.transactions import row_security

# Choices made final in one run, so that the worker gets to its other jobs.
_BATCH_SIZE = 100


def close(
    session: Session,
    member: Member,
    membership: Membership,
    choice: AfterDeath,
    *,
    wording: str,
    today: dt.date,
) -> None:
    """Close a membership: nobody sees it anywhere from now on. ``wording`` is the consent to be remembered.

    :raise ReviewFirstError: if somebody is to be counted and the member has to review their settings first.
    """
    if choice is AfterDeath.MEMORY:
        restore_reviews.require_reviewed(session, member.id)
        consents.agree(session, member, membership.condition_id, ConsentKind.REMEMBERED, wording)
    memorials.close(session, member, membership, choice, today)


def shows_when_undone(session: Session, member: Member, membership: Membership) -> bool:
    """Return whether undoing the choice shows a closed membership to somebody."""
    row = memorials.find(session, membership)
    return row is not None and row.was_shown and hide.audience_to_restore(session, member, membership) is not None


def undo(session: Session, member: Member, membership: Membership, today: dt.date) -> bool:
    """Bring a closed membership back as it was; return False if it is too late.

    :raise ReviewFirstError: if it was shown and the member has to review their settings first.
    """
    row = memorials.find(session, membership)
    if row is None or not can_undo(row.closed_on, today):
        return False
    was_shown, counted_since = row.was_shown, row.counted_since
    consents.revoke(session, member, membership.condition_id, ConsentKind.REMEMBERED)
    memorials.reopen(session, membership, row)
    if consents.has_agreed(session, member, membership.condition_id, ConsentKind.COUNTED):
        membership.counted_since = counted_since
    if was_shown:
        hide.undo_here(session, member, membership)
    return True


def finish(session: Session, membership: Membership) -> None:
    """Delete a closed membership, as on leaving; of somebody in memory the country and the consent are kept."""
    row = memorials.find(session, membership)
    erasure.erase_all_in(session, membership.member_id, membership.condition_id)
    memberships.leave(session, membership)
    if row is not None:
        memorials.finish(session, row)


def finish_due(session: Session, today: dt.date) -> int:
    """Make some of the choices final that can no longer be undone; return how many."""
    waiting = memorials.due(session, today)[:_BATCH_SIZE]
    for row in waiting:
        member, condition = session.get_one(Member, row.member_id), session.get_one(Condition, row.condition_id)
        with row_security.acting_for(session, member.id):
            finish(session, closed_memberships.get(session, member, condition))
    return len(waiting)


def withdraw(session: Session, member: Member, condition: Condition) -> None:
    """Withdraw the consent to count somebody as remembered, and delete them from the numbers to come."""
    consents.revoke(session, member, condition.id, ConsentKind.REMEMBERED)
    memorials.withdraw(session, member, condition)
    closed_memberships.forget_consent_to_remember(session, member, condition)
