"""Members under 18: until which month they are, and what that changes at once."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.store.places import homes
from mapservice.store.tables import Member
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals


def protect(session: Session, member: Member, until: dt.date, *, today: dt.date) -> None:
    """Store the first day of the month in which a member turns 18; until then nothing finer than a region is shown."""
    memberships = homes.lock_memberships(session, member)
    member.minor_until = until
    if until > today:
        withdrawals.note(session, member.id)
        for membership in memberships:
            membership.note_change()
            homes.show_by_region(session, membership)
    public_texts.refresh_member(session, member.id)


def set_adult(member: Member) -> bool:
    """Note that a member is an adult, as confirmed by staff; return False if they were not known as a minor."""
    was_minor, member.minor_until = member.minor_until is not None, None
    return was_minor
