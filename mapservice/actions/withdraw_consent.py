"""Withdraw a consent given in a condition, and what it allowed."""

from sqlalchemy.orm import Session

from mapservice.actions.show_location import show_suggested_zone
from mapservice.privacy.consents import ConsentKind
from mapservice.store.community import consents, memberships
from mapservice.store.messages import erasure
from mapservice.store.places import homes
from mapservice.store.tables import Member, Membership


def withdraw_consent(
    session: Session, member: Member, membership: Membership, kind: ConsentKind, *, key: bytes
) -> None:
    """End a consent and, in the same transaction, undo what it allowed. ``key`` determines the pins.

    :raise ValueError: if consents of this kind are not given per condition.
    """
    match kind:
        case ConsentKind.JOINED:
            erasure.erase_all_in(session, membership.member_id, membership.condition_id)
            memberships.leave(session, membership)
        case ConsentKind.SHOWN:
            homes.show_to_nobody(session, membership)
        case ConsentKind.FINER:
            show_suggested_zone(session, member, membership, key=key)
            consents.revoke(session, member, membership.condition_id, ConsentKind.FINER)
        case ConsentKind.COUNTED:
            consents.stop_counting(session, member, membership)
        case _:
            raise ValueError(kind)
