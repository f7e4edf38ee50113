"""Where a member lives and what each of their conditions shows of it. A masked place is all that enters."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from geoalchemy2 import WKTElement
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import is_finer, level_of, path
from mapservice.privacy.geomasking import MaskedPlace, Pin, Shown, coarsen
from mapservice.privacy.home_changes import REST, FormerHome, Home
from mapservice.privacy.precision import FINEST_FOR_MINORS, is_minor
from mapservice.privacy.visibility import AUDIENCES, Audience
from mapservice.store import restore_reviews, tables, withdrawals
from mapservice.store.places import zone_counts
from mapservice.store.tables import SRID


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
        _keep_change(session, member.id, None, 0)
    row.zone_id, row.since = masked.home, since
    row.corrections = (row.corrections or 0) if corrections is None else corrections
    with counted(session, lock(session, member)) as memberships:
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
    with counted(session, [membership]):
        membership.audience, membership.audience_before = audience, None


def show_to_nobody(session: Session, membership: tables.Membership) -> None:
    """Show a membership to nobody and end what was agreed to for it; the zone is kept, and no way back but the form."""
    membership.note_change()
    show_to(session, membership, Audience.NOBODY)
    _end_consents(session, membership, "shown", "finer")


def hide(session: Session, membership: tables.Membership, act: uuid.UUID | None = None) -> bool:
    """Show a membership to nobody, and keep its zone and to whom it was shown, so that one step undoes it.

    ``act`` is a random id for all that is hidden together. False if nobody saw it before.
    """
    membership.note_change()
    if membership.audience == Audience.NOBODY:
        return False
    before = membership.audience if membership.shown_zone else None
    with counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, before
        membership.hidden_by = (act or uuid.uuid4()) if before else None
    return True


def hide_everywhere(session: Session, member: tables.Member, act: uuid.UUID) -> int:
    """Hide every membership of a member that anybody sees, as one act; how many they were."""
    return sum(hide(session, membership, act) for membership in lock(session, member))


def take_off(session: Session, membership: tables.Membership) -> None:
    """Take a membership off the map without leaving anything of the place on it, nor a home that nothing shows."""
    membership.note_change()
    with counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, None
        _put(membership, None, None)
    _end_consents(session, membership, "shown", "finer")
    forget_unused_home(session, membership.member_id)


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
        with counted(session, [membership]):
            _put(membership, coarsen(shown, FINEST_FOR_MINORS), None)
        name_wider_zone(session, membership, "shown")
        _end_consents(session, membership, "finer")


def name_wider_zone(
    session: Session, membership: tables.Membership, kind: str, expected_people: int | None = None
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
        _keep_change(session, member_id, erased.since.astimezone(dt.UTC).date(), erased.corrections)
    lives = select(tables.HomeZone.member_id).where(tables.HomeZone.member_id == member_id)
    # Whoever is counted is counted in the world only from now on.
    session.execute(
        update(tables.CountedMember)
        .where(tables.CountedMember.member_id == member_id, tables.CountedMember.country.is_not(None), ~lives.exists())
        .values(country=None, region=None, changed_on=func.current_date())
    )


def forget_old_changes(session: Session) -> int:
    """Erase the days of changes of deleted homes after which another may be chosen; how many they were."""
    over = update(tables.Member).where(tables.Member.home_changed_on <= func.current_date() - REST)
    return session.connection().execute(over.values(home_changed_on=None, home_corrections=0)).rowcount


def forget(session: Session, member: tables.Member) -> None:
    """Erase the member's place: home zone, shown zones, pins, and their share in every count."""
    for membership in lock(session, member):
        take_off(session, membership)
    forget_unused_home(session, member.id)


def forget_member(session: Session, member: tables.Member) -> None:
    """Erase all that a member has in the communities: place, memberships, counts, consents to them."""
    # The key too, since the row goes.
    session.execute(select(tables.Member.id).where(tables.Member.id == member.id).with_for_update())
    forget(session, member)
    for table in (tables.CountedMember, tables.Consent, tables.Membership):
        session.execute(delete(table).where(table.member_id == member.id))


@contextmanager
def counted(session: Session, memberships: Iterable[tables.Membership]) -> Iterator[list[tables.Membership]]:
    """Memberships that may be changed inside the block; the counts follow in the same transaction."""
    held = list(memberships)
    before = _contributions(held)
    showed = [(each.audience, each.shown_zone) for each in held]
    yield held
    session.flush()
    for membership, shown in zip(held, showed, strict=True):
        if _shows_less(shown, (membership.audience, membership.shown_zone)):
            withdrawals.note(session, membership.member_id)
    zone_counts.apply(session, before, _contributions(held))


def _shows_less(before: tuple[str, str | None], after: tuple[str, str | None]) -> bool:
    """Whether a membership shows to fewer people, in a coarser zone or another one, or lost the zone it kept."""
    (audience, zone), (audience_after, zone_after) = before, after
    if zone is None:
        return False
    if zone_after is None or zone not in path(zone_after):
        return True
    return AUDIENCES.index(audience_after) < AUDIENCES.index(audience)


def _keep_change(session: Session, member_id: uuid.UUID, changed_on: dt.date | None, corrections: int) -> None:
    """Keep with a member when a home that is gone was last changed."""
    kept = update(tables.Member).where(tables.Member.id == member_id)
    values = {"home_changed_on": changed_on, "home_corrections": corrections}
    session.execute(kept.values(values), execution_options={"synchronize_session": False})


def _take_from_old_zone(session: Session, membership: tables.Membership, shown: Shown | None) -> None:
    """Show a membership to nobody, with the place it would show from now on, and end what was agreed to for the old.

    What an earlier move took off the map, and was not agreed to since, goes on waiting for that question.
    """
    is_visible, was_asked = membership.audience != Audience.NOBODY, membership.audience_before
    had_agreed = _end_consents(session, membership, "shown", "finer")
    before = membership.audience if is_visible else None if had_agreed else was_asked
    membership.audience = Audience.NOBODY
    _put(membership, shown.zone_id if shown else None, _point(shown.pin) if shown else None)
    membership.audience_before = before if shown is not None else None


def _end_consents(session: Session, membership: tables.Membership, *kinds: str) -> bool:
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


def _contributions(memberships: Iterable[tables.Membership]) -> Counter[zone_counts.Key]:
    total: Counter[zone_counts.Key] = Counter()
    for membership in memberships:
        total += zone_counts.contribution(membership)
    return total


def _point(pin: Pin | None) -> WKTElement | None:
    return None if pin is None else WKTElement(f"POINT({pin.lng!r} {pin.lat!r})", srid=SRID)
