"""Hide a member: in one condition or everywhere, with the way back; and take their location off the map for good."""

import uuid

from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.community import memberships
from mapservice.store.places import homes
from mapservice.store.tables import Member, Membership


def hide_here(session: Session, membership: Membership) -> uuid.UUID | None:
    """Show a membership to nobody and keep its zone; the id of the act by which this can be undone, if it can."""
    act = uuid.uuid4()
    return act if homes.hide(session, membership, act) else None


def hide_everywhere(session: Session, member: Member) -> uuid.UUID | None:
    """Show a member to nobody in any condition, as one act: its id, if anybody saw them."""
    act = uuid.uuid4()
    return act if homes.hide_everywhere(session, member, act) else None


def show_to_nobody(session: Session, membership: Membership) -> bool:
    """Hide a membership and end its consents to be shown; False if nobody saw it before."""
    if membership.audience == Audience.NOBODY:
        return False
    homes.show_to_nobody(session, membership)
    return True


def audience_to_restore(session: Session, member: Member, membership: Membership) -> Audience | None:
    """Return to whom a hidden membership was shown; None if anything has changed since.

    Hiding keeps the consents, saving the form as shown to nobody ends them: then there is no way back but the form.
    """
    if membership.audience_before is None:
        return None
    zone = membership.shown_zone
    agrees = memberships.has_agreed(session, member, membership.condition_id, ConsentKind.SHOWN, zone_id=zone)
    return Audience(membership.audience_before) if agrees else None


def undo_here(session: Session, member: Member, membership: Membership) -> bool:
    """Show a membership again as before it was hidden; False if anything has changed since.

    :raise ReviewFirstError: if the member has to look through their settings first.
    """
    audience = audience_to_restore(session, member, membership)
    if audience is None:
        return False
    homes.show_to(session, membership, audience)
    return True


def undo(session: Session, member: Member, act: uuid.UUID | None) -> tuple[list[Membership], list[Membership]]:
    """Show a member again wherever one act hid them: the memberships shown again, and those that changed since.

    :raise ReviewFirstError: if the member has to look through their settings first.
    """
    shown: list[Membership] = []
    changed: list[Membership] = []
    for membership in homes.lock(session, member):
        if act is not None and membership.hidden_by == act:
            (shown if undo_here(session, member, membership) else changed).append(membership)
    return shown, changed


def take_off_map(session: Session, membership: Membership) -> None:
    """Delete what one condition shows of a member's location, and the location where no other condition uses it."""
    homes.take_off(session, membership)


def delete_location(session: Session, member: Member) -> None:
    """Delete a member's location and take them off the map of every condition."""
    homes.forget(session, member)
