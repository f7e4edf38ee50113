"""The home zone of a member, and what is kept of a deleted one."""

import datetime as dt
import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.privacy.home_changes import COOLDOWN, FormerHome, Home
from mapservice.store import tables
from mapservice.store.transactions.execution import DATABASE_ONLY


def home(session: Session, member: tables.Member) -> Home | None:
    """Return the home zone of a member, or None if they have none."""
    row = session.get(tables.HomeZone, member.id)
    return None if row is None else Home(row.zone_id, row.since, row.corrections)


def last_home(session: Session, member: tables.Member) -> Home | FormerHome | None:
    """Return the home zone of a member, or what is kept of a deleted one; None if the next choice is free."""
    stored = home(session, member)
    if stored is not None:
        return stored
    kept = select(tables.Member.home_changed_on, tables.Member.home_corrections).where(tables.Member.id == member.id)
    changed_on, corrections = session.execute(kept).one()
    return None if changed_on is None else FormerHome(changed_on, corrections)


def keep_change(session: Session, member_id: uuid.UUID, changed_on: dt.date | None, corrections: int) -> None:
    """Store with a member when a deleted home zone was last changed."""
    kept = update(tables.Member).where(tables.Member.id == member_id)
    values = {"home_changed_on": changed_on, "home_corrections": corrections}
    session.execute(kept.values(values), execution_options=DATABASE_ONLY)


def forget_unused_home(session: Session, member_id: uuid.UUID) -> None:
    """Delete the home zone of a member if none of their memberships has a location, hidden or shown.

    The day of its last change is kept until the cooldown is over; otherwise deleting would allow another choice at
    once.
    """
    uses = select(tables.Membership.member_id).where(
        tables.Membership.member_id == member_id, tables.Membership.shown_zone.is_not(None)
    )
    unused = delete(tables.HomeZone).where(tables.HomeZone.member_id == member_id, ~uses.exists())
    erased = session.execute(unused.returning(tables.HomeZone.since, tables.HomeZone.corrections)).one_or_none()
    if erased is not None:
        keep_change(session, member_id, erased.since.astimezone(dt.UTC).date(), erased.corrections)
    lives = select(tables.HomeZone.member_id).where(tables.HomeZone.member_id == member_id)
    # Count the member for the world only from now on.
    session.execute(
        update(tables.CountedMember)
        .where(tables.CountedMember.member_id == member_id, tables.CountedMember.country.is_not(None), ~lives.exists())
        .values(country=None, region=None, changed_on=func.current_date())
    )


def forget_old_changes(session: Session) -> int:
    """Delete the days of changes of deleted homes whose cooldown is over; return how many."""
    over = update(tables.Member).where(tables.Member.home_changed_on <= func.current_date() - COOLDOWN)
    return session.connection().execute(over.values(home_changed_on=None, home_corrections=0)).rowcount
