"""What each condition of a member shows of their home. Only a masked place can be stored."""

import datetime as dt
import uuid

from geoalchemy2 import WKTElement
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import ZoneId, is_finer, level_of, path
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import MaskedPlace, Pin, Shown, coarsen
from mapservice.privacy.precision import FINEST_FOR_MINORS, is_minor
from mapservice.privacy.visibility import Audience
from mapservice.store import tables
from mapservice.store.blocks import blocks
from mapservice.store.places import home_zones, restore_reviews, zone_counts
from mapservice.store.tables import SRID
from mapservice.store.transactions import withdrawals


def lock_member(session: Session, member: tables.Member) -> None:
    """Lock the member's row against other tabs. Every change of memberships begins with this."""
    # The foreign key of an operation locks the key of the member's row: a full lock on the key would make two tabs wait
    # for each other.
    locked = select(tables.Member.id).where(tables.Member.id == member.id).with_for_update(key_share=True)
    session.execute(locked)


def lock_memberships(session: Session, member: tables.Member) -> list[tables.Membership]:
    """Return the member's memberships, locked until the transaction ends, so that two tabs take turns."""
    lock_member(session, member)
    statement = (
        select(tables.Membership)
        .where(tables.Membership.member_id == member.id)
        .order_by(tables.Membership.condition_id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def save(
    session: Session,
    member: tables.Member,
    masked: MaskedPlace,
    *,
    since: dt.datetime,
    corrections: int | None = None,
) -> None:
    """Store the home zone, and the zone and pin that each condition shows, in one transaction with the counts.

    If a condition showed a zone that does not contain the new home, the member is hidden in it until they agree to the
    new zone; their audience is kept for asking them. ``corrections`` is the number of corrections of the home; None
    leaves it unchanged.

    :raise TypeError: if the place was not masked; no other form of a place may be stored.
    """
    if not isinstance(masked, MaskedPlace):
        raise TypeError("a place is stored as a MaskedPlace only")
    row = session.get(tables.HomeZone, member.id)
    if row is None:
        row = tables.HomeZone(member_id=member.id, zone_id=masked.home, since=since)
        session.add(row)
        home_zones.keep_change(session, member.id, None, 0)
    row.zone_id, row.since = masked.home, since
    row.corrections = (row.corrections or 0) if corrections is None else corrections
    with zone_counts.counted(session, lock_memberships(session, member)) as memberships:
        for membership in memberships:
            shown = masked.shown.get(membership.condition_id)
            if membership.shown_zone is not None and membership.shown_zone not in path(masked.home):
                _take_from_old_zone(session, membership, shown)
            elif shown is not None:
                _put(membership, shown.zone_id, _point(shown.pin))


def show_to(session: Session, membership: tables.Membership, audience: Audience) -> None:
    """Show a membership to an audience; to hide it use :func:`show_to_nobody`.

    :raise ReviewFirstError: if the member has to review their settings first.
    """
    if audience is not Audience.NOBODY:
        restore_reviews.require_reviewed(session, membership.member_id)
    with zone_counts.counted(session, [membership]):
        membership.audience, membership.audience_before = audience, None


def show_to_nobody(session: Session, membership: tables.Membership) -> None:
    """Hide a membership and end the consents to show it; the zone is kept, but this cannot be undone."""
    membership.note_change()
    show_to(session, membership, Audience.NOBODY)
    _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)


def hide(session: Session, membership: tables.Membership, act: uuid.UUID | None = None) -> bool:
    """Hide a membership, and keep its zone and audience, so that it can be undone in one step.

    ``act`` is a random id shared by everything that is hidden together. Return False if it was already hidden.
    """
    membership.note_change()
    if membership.audience == Audience.NOBODY:
        return False
    before = membership.audience if membership.shown_zone else None
    with zone_counts.counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, before
        membership.hidden_by = (act or uuid.uuid4()) if before else None
    return True


def hide_everywhere(session: Session, member: tables.Member, act: uuid.UUID) -> int:
    """Hide every visible membership of a member, as one act; return how many."""
    return sum(hide(session, membership, act) for membership in lock_memberships(session, member))


def take_off(session: Session, membership: tables.Membership) -> None:
    """Remove a membership's zone and pin, and the home zone if no other membership uses it."""
    membership.note_change()
    with zone_counts.counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, None
        _put(membership, None, None)
    _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)
    home_zones.forget_unused_home(session, membership.member_id)


def is_for_minor(session: Session, membership: tables.Membership) -> bool:
    """Return whether a membership shows a region at most: it is for a minor, or its member is one."""
    said = session.scalar(select(tables.Member.minor_until).where(tables.Member.id == membership.member_id))
    return membership.for_minor or is_minor(said, dt.datetime.now(dt.UTC).date())


def respect_minor(session: Session, membership: tables.Membership) -> None:
    """Coarsen a membership to its region, without a pin, if it is for a minor now."""
    if is_for_minor(session, membership):
        show_by_region(session, membership)


def show_by_region(session: Session, membership: tables.Membership) -> None:
    """Coarsen a membership to the region of its zone, without a pin, if it shows a finer zone."""
    shown = membership.shown_zone
    if shown is not None and is_finer(level_of(shown), than=FINEST_FOR_MINORS):
        with zone_counts.counted(session, [membership]):
            _put(membership, coarsen(shown, FINEST_FOR_MINORS), None)
        name_wider_zone(session, membership, ConsentKind.SHOWN)
        _end_consents(session, membership, ConsentKind.FINER)


def name_wider_zone(
    session: Session, membership: tables.Membership, kind: ConsentKind, expected_people: int | None = None
) -> None:
    """Change a consent given for a finer zone to name the zone around it that is shown now."""
    zone_id = membership.shown_zone
    given_for_finer = update(tables.Consent).where(
        tables.Consent.member_id == membership.member_id,
        tables.Consent.condition_id == membership.condition_id,
        tables.Consent.kind == kind,
        tables.Consent.revoked_at.is_(None),
        tables.Consent.zone_id.startswith(f"{zone_id}."),
    )
    session.execute(given_for_finer.values(zone_id=zone_id, expected_people=expected_people))


def forget(session: Session, member: tables.Member) -> None:
    """Delete the member's location: home zone, shown zones, pins, and their part of every count."""
    for membership in lock_memberships(session, member):
        take_off(session, membership)
    home_zones.forget_unused_home(session, member.id)


def forget_member(session: Session, member: tables.Member) -> None:
    """Delete everything of a member in the communities: location, blocks, memberships, counts, consents."""
    # Lock the key too, because the row will be deleted.
    session.execute(select(tables.Member.id).where(tables.Member.id == member.id).with_for_update())
    forget(session, member)
    blocks.forget_member(session, member.id)
    for table in (tables.CountedMember, tables.Consent, tables.Membership):
        session.execute(delete(table).where(table.member_id == member.id))


def _take_from_old_zone(session: Session, membership: tables.Membership, shown: Shown | None) -> None:
    """Hide a membership, set the zone and pin that it will show next, and end the consents for the old zone.

    If an earlier move hid it and the member has not agreed since, their earlier audience is still kept for asking them.
    """
    is_visible, was_asked = membership.audience != Audience.NOBODY, membership.audience_before
    had_agreed = _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)
    before = membership.audience if is_visible else None if had_agreed else was_asked
    membership.audience = Audience.NOBODY
    _put(membership, shown.zone_id if shown else None, _point(shown.pin) if shown else None)
    membership.audience_before = before if shown is not None else None


def _end_consents(session: Session, membership: tables.Membership, *kinds: ConsentKind) -> bool:
    """End consents to be shown, and delete the zone and the figure that they were given for.

    Return False if none was valid.
    """
    mine = update(tables.Consent).where(
        tables.Consent.member_id == membership.member_id,
        tables.Consent.condition_id == membership.condition_id,
        tables.Consent.kind.in_(kinds),
    )
    session.execute(mine.values(zone_id=None, expected_people=None))
    ended = mine.where(tables.Consent.revoked_at.is_(None)).values(revoked_at=func.now()).returning(tables.Consent.kind)
    was_valid = bool(session.scalars(ended).all())
    if was_valid:
        withdrawals.note(session, membership.member_id)
    return was_valid


def _put(membership: tables.Membership, zone_id: ZoneId | None, pin: WKTElement | None) -> None:
    """Set zone and pin of a membership; a new zone discards the audience from before it was hidden."""
    if zone_id == membership.shown_zone and (pin is None) == (membership.pin is None):
        return
    if zone_id != membership.shown_zone:
        membership.audience_before = None
    membership.shown_zone, membership.pin = zone_id, pin


def _point(pin: Pin | None) -> WKTElement | None:
    return None if pin is None else WKTElement(f"POINT({pin.lng!r} {pin.lat!r})", srid=SRID)
