"""Hide a member in one condition or everywhere, undo that, and delete their location from the map."""

import uuid

from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience
from mapservice.store.care import memorials
from mapservice.store.community import consents
from mapservice.store.places import homes
from mapservice.store.tables import Member, Membership


def hide_here(session: Session, membership: Membership) -> uuid.UUID | None:
    """Hide a membership and keep its zone; return the id of this act, with which it can be undone, or None."""
    act = uuid.uuid4()
    return act if homes.hide(session, membership, act) else None


def hide_everywhere(session: Session, member: Member) -> uuid.UUID | None:
    """Hide a member in all conditions as one act; return its id, or None if nobody could see them."""
    act = uuid.uuid4()
    return act if homes.hide_everywhere(session, member, act) else None


def show_to_nobody(session: Session, membership: Membership) -> bool:
    """Hide a membership and end its consents to be shown; return False if it was already hidden."""
    if membership.audience == Audience.NOBODY:
        return False
    homes.show_to_nobody(session, membership)
    return True


def audience_to_restore(session: Session, member: Member, membership: Membership) -> Audience | None:
    """Return the audience of a membership before it was hidden; None if anything has changed since.

    Hiding keeps the consents. Choosing the audience "nobody" in the form ends them, and cannot be undone this way.
    """
    if membership.audience_before is None:
        return None
    zone = membership.shown_zone
    agrees = consents.has_agreed(session, member, membership.condition_id, ConsentKind.SHOWN, zone_id=zone)
    return Audience(membership.audience_before) if agrees else None


def undo_here(session: Session, member: Member, membership: Membership) -> bool:
    """Show a membership again as before it was hidden; return False if anything has changed since.

    :raise ReviewFirstError: if the member has to review their settings first.
    """
    audience = audience_to_restore(session, member, membership)
    if audience is None:
        return False
    homes.show_to(session, membership, audience)
    return True


def undo(session: Session, member: Member, act: uuid.UUID | None) -> tuple[list[Membership], list[Membership]]:
    """Undo one act of hiding; return the memberships that are shown again, and those that have changed since.

    :raise ReviewFirstError: if the member has to review their settings first.
    """
    shown: list[Membership] = []
    changed: list[Membership] = []
    for membership in homes.lock_memberships(session, member):
        if act is not None and membership.hidden_by == act and membership.closed_on is None:
            (shown if undo_here(session, member, membership) else changed).append(membership)
    return shown, changed


def take_off_map(session: Session, membership: Membership) -> None:
    """Delete what one condition shows of a member's location, and the location itself if no other condition uses it."""
    homes.take_off(session, membership)


def delete_location(session: Session, member: Member) -> None:
    """Delete a member's location and take them off the map of every condition.

    The people in memory for whom they gave consent were counted in a country, which is their location too.
    """
    homes.forget(session, member)
    memorials.forget_countries(session, member)
