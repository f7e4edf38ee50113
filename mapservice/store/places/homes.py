"""What each condition of a member shows of where they live. A masked place is all that enters."""

import datetime as dt
import uuid

from geoalchemy2 import WKTElement
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import is_finer, level_of, path
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import MaskedPlace, Pin, Shown, coarsen
from mapservice.privacy.precision import FINEST_FOR_MINORS, is_minor
from mapservice.privacy.visibility import Audience
from mapservice.store import restore_reviews, tables, withdrawals
from mapservice.store.places import home_zones, zone_counts
from mapservice.store.tables import SRID


def take_turns(session: Session, member: tables.Member) -> None:
    """Wait until no other tab of the member writes. Whoever changes memberships begins with this."""
    # An operation points to the member, which holds the key of the row: to ask for the key as well would have two
    # tabs wait for each other.
    held = select(tables.Member.id).where(tables.Member.id == member.id).with_for_update(key_share=True)
    session.execute(held)


def lock(session: Session, member: tables.Member) -> list[tables.Membership]:
    """The member's memberships, held until the transaction ends, so that two tabs take turns."""
    take_turns(session, member)
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

    Where a condition showed a zone that the new home does not lie in, nobody sees the member from now on: not in the
    old zone, and not in the new one before they agree to it. To whom they were shown is kept for that question.
    ``corrections`` is how often the home was corrected by now; None leaves the number as it is.

    :raise TypeError: if the place was not masked; no other form of a place may enter.
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
    with zone_counts.counted(session, lock(session, member)) as memberships:
        for membership in memberships:
            shown = masked.shown.get(membership.condition_id)
            if membership.shown_zone is not None and membership.shown_zone not in path(masked.home):
                _take_from_old_zone(session, membership, shown)
            elif shown is not None:
                _put(membership, shown.zone_id, _point(shown.pin))


def show_to(session: Session, membership: tables.Membership, audience: Audience) -> None:
    """Show a membership to an audience from now on; who withdraws asks for :func:`show_to_nobody`.

    :raise ReviewFirstError: if the member has to look through their settings first.
    """
    if audience is not Audience.NOBODY:
        restore_reviews.require_none(session, membership.member_id)
    with zone_counts.counted(session, [membership]):
        membership.audience, membership.audience_before = audience, None


def show_to_nobody(session: Session, membership: tables.Membership) -> None:
    """Show a membership to nobody and end what was agreed to for it; the zone is kept, and no way back but the form."""
    membership.note_change()
    show_to(session, membership, Audience.NOBODY)
    _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)


def hide(session: Session, membership: tables.Membership, act: uuid.UUID | None = None) -> bool:
    """Show a membership to nobody, and keep its zone and to whom it was shown, so that one step undoes it.

    ``act`` is a random id for all that is hidden together. False if nobody saw it before.
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
    """Hide every membership of a member that anybody sees, as one act; how many they were."""
    return sum(hide(session, membership, act) for membership in lock(session, member))


def take_off(session: Session, membership: tables.Membership) -> None:
    """Take a membership off the map without leaving anything of the place on it, nor a home that nothing shows."""
    membership.note_change()
    with zone_counts.counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, None
        _put(membership, None, None)
    _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)
    home_zones.forget_unused_home(session, membership.member_id)


def is_for_minor(session: Session, membership: tables.Membership) -> bool:
    """Whether a membership shows a region at most: it is for somebody under 18, or its member says that they are."""
    said = session.scalar(select(tables.Member.minor_until).where(tables.Member.id == membership.member_id))
    return membership.for_minor or is_minor(said, dt.datetime.now(dt.UTC).date())


def respect_minor(session: Session, membership: tables.Membership) -> None:
    """Take a membership back to its region, without a pin, if it is for somebody under 18 now."""
    if is_for_minor(session, membership):
        show_by_region(session, membership)


def show_by_region(session: Session, membership: tables.Membership) -> None:
    """Take a membership back to the region of its zone, without a pin, if it is shown finer than that."""
    shown = membership.shown_zone
    if shown is not None and is_finer(level_of(shown), than=FINEST_FOR_MINORS):
        with zone_counts.counted(session, [membership]):
            _put(membership, coarsen(shown, FINEST_FOR_MINORS), None)
        name_wider_zone(session, membership, ConsentKind.SHOWN)
        _end_consents(session, membership, ConsentKind.FINER)


def name_wider_zone(
    session: Session, membership: tables.Membership, kind: ConsentKind, expected_people: int | None = None
) -> None:
    """Let a consent that was given for a finer zone name the wider one around it that is shown from now on."""
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
    """Erase the member's place: home zone, shown zones, pins, and their share in every count."""
    for membership in lock(session, member):
        take_off(session, membership)
    home_zones.forget_unused_home(session, member.id)


def forget_member(session: Session, member: tables.Member) -> None:
    """Erase all that a member has in the communities: place, memberships, counts, consents to them."""
    # The key too, since the row goes.
    session.execute(select(tables.Member.id).where(tables.Member.id == member.id).with_for_update())
    forget(session, member)
    for table in (tables.CountedMember, tables.Consent, tables.Membership):
        session.execute(delete(table).where(table.member_id == member.id))


def _take_from_old_zone(session: Session, membership: tables.Membership, shown: Shown | None) -> None:
    """Show a membership to nobody, with the place it would show from now on, and end what was agreed to for the old.

    What an earlier move took off the map, and was not agreed to since, goes on waiting for that question.
    """
    is_visible, was_asked = membership.audience != Audience.NOBODY, membership.audience_before
    had_agreed = _end_consents(session, membership, ConsentKind.SHOWN, ConsentKind.FINER)
    before = membership.audience if is_visible else None if had_agreed else was_asked
    membership.audience = Audience.NOBODY
    _put(membership, shown.zone_id if shown else None, _point(shown.pin) if shown else None)
    membership.audience_before = before if shown is not None else None


def _end_consents(session: Session, membership: tables.Membership, *kinds: ConsentKind) -> bool:
    """End consents to be shown; the zone and the figure that they were given for go out of all of them.

    False if none stood.
    """
    mine = update(tables.Consent).where(
        tables.Consent.member_id == membership.member_id,
        tables.Consent.condition_id == membership.condition_id,
        tables.Consent.kind.in_(kinds),
    )
    session.execute(mine.values(zone_id=None, expected_people=None))
    ended = mine.where(tables.Consent.revoked_at.is_(None)).values(revoked_at=func.now()).returning(tables.Consent.id)
    stood = bool(session.scalars(ended).all())
    if stood:
        withdrawals.note(session, membership.member_id)
    return stood


def _put(membership: tables.Membership, zone_id: str | None, pin: WKTElement | None) -> None:
    """Give a membership a zone, and a pin where that is another zone. What one agreed to before hiding was the zone."""
    if zone_id == membership.shown_zone and (pin is None) == (membership.pin is None):
        return
    if zone_id != membership.shown_zone:
        membership.audience_before = None
    membership.shown_zone, membership.pin = zone_id, pin


def _point(pin: Pin | None) -> WKTElement | None:
    return None if pin is None else WKTElement(f"POINT({pin.lng!r} {pin.lat!r})", srid=SRID)
