"""The zone that a member lives in, and what is kept of a home that was deleted."""

import datetime as dt
import uuid

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.privacy.home_changes import COOLDOWN, FormerHome, Home
from mapservice.store import tables


def home(session: Session, member: tables.Member) -> Home | None:
    """The stored home zone of a member, or None where they told no place or had it forgotten."""
    row = session.get(tables.HomeZone, member.id)
    return None if row is None else Home(row.zone_id, row.since, row.corrections)


def last_home(session: Session, member: tables.Member) -> Home | FormerHome | None:
    """The stored home of a member, or what is kept of one that was deleted; None where the next choice is free."""
    stored = home(session, member)
    if stored is not None:
        return stored
    kept = select(tables.Member.home_changed_on, tables.Member.home_corrections).where(tables.Member.id == member.id)
    changed_on, corrections = session.execute(kept).one()
    return None if changed_on is None else FormerHome(changed_on, corrections)


def keep_change(session: Session, member_id: uuid.UUID, changed_on: dt.date | None, corrections: int) -> None:
    """Keep with a member when a home that is gone was last changed."""
    kept = update(tables.Member).where(tables.Member.id == member_id)
    values = {"home_changed_on": changed_on, "home_corrections": corrections}
    session.execute(kept.values(values), execution_options={"synchronize_session": False})


def forget_unused_home(session: Session, member_id: uuid.UUID) -> None:
    """Erase the home zone of a member none of whose memberships has a place, hidden or shown.

    The day on which it was last changed stays until the rest is over, or forgetting would be a way to choose anew.
    """
    uses = select(tables.Membership.member_id).where(
        tables.Membership.member_id == member_id, tables.Membership.shown_zone.is_not(None)
    )
    unused = delete(tables.HomeZone).where(tables.HomeZone.member_id == member_id, ~uses.exists())
    erased = session.execute(unused.returning(tables.HomeZone.since, tables.HomeZone.corrections)).one_or_none()
    if erased is not None:
        keep_change(session, member_id, erased.since.astimezone(dt.UTC).date(), erased.corrections)
    lives = select(tables.HomeZone.member_id).where(tables.HomeZone.member_id == member_id)
    # Whoever is counted is counted in the world only from now on.
    session.execute(
        update(tables.CountedMember)
        .where(tables.CountedMember.member_id == member_id, tables.CountedMember.country.is_not(None), ~lives.exists())
        .values(country=None, region=None, changed_on=func.current_date())
    )


def forget_old_changes(session: Session) -> int:
    """Erase the days of changes of deleted homes after which another may be chosen; how many they were."""
    over = update(tables.Member).where(tables.Member.home_changed_on <= func.current_date() - COOLDOWN)
    return session.connection().execute(over.values(home_changed_on=None, home_corrections=0)).rowcount
