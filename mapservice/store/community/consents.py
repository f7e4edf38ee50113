"""The consents of a member, and the consent to be counted."""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from mapservice.geo.zones import ZoneId
from mapservice.privacy.consents import ConsentKind
from mapservice.store.community import consent_rows, memberships
from mapservice.store.places import restore_reviews
from mapservice.store.tables import Condition, Consent, Member, Membership
from mapservice.store.transactions import withdrawals


def list_for_member(session: Session, member: Member) -> Sequence[tuple[Consent, Condition | None]]:
    """Return all consents of a member, valid or revoked, with their conditions, by the condition's name."""
    statement = (
        select(Consent, Condition)
        .outerjoin(Condition, Condition.id == Consent.condition_id)
        .where(Consent.member_id == member.id)
        .order_by(Condition.name.nulls_first(), Consent.given_at, Consent.kind)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def count(session: Session, member: Member, membership: Membership, wording: str, *, today: dt.date) -> None:
    """Count a membership from now on; one that is already counted keeps its date.

    :raise ReviewFirstError: if the member has to review their settings first.
    """
    restore_reviews.require_reviewed(session, member.id)
    agree(session, member, membership.condition_id, ConsentKind.COUNTED, wording)
    membership.counted_since = membership.counted_since or today


def stop_counting(session: Session, member: Member, membership: Membership) -> None:
    """Exclude a membership from all future figures."""
    revoke(session, member, membership.condition_id, ConsentKind.COUNTED)
    memberships.stop_counting(session, membership)


def agree(
    session: Session,
    member: Member,
    condition_id: int | None,
    kind: ConsentKind,
    wording: str,
    *,
    zone_id: ZoneId | None = None,
    expected_people: int | None = None,
) -> None:
    """Store a consent in the words that the member read; an identical consent that is still valid is kept instead.

    A consent to be shown is for one zone, and the second consent for the number of people expected there: both are
    columns of their own, and the wording has placeholders for them.
    """
    wording_id = consent_rows.find_or_store_wording(session, wording)
    identical = _unrevoked(member, condition_id, kind).where(
        Consent.wording_id == wording_id,
        Consent.zone_id.is_not_distinct_from(zone_id),
        Consent.expected_people.is_not_distinct_from(expected_people),
    )
    if session.scalar(select(identical.exists())):
        return
    _end(session, member, condition_id, kind)
    consent_rows.add(
        session,
        member.id,
        kind,
        wording_id,
        condition_id=condition_id,
        zone_id=zone_id,
        expected_people=expected_people,
    )
    _note_change(session, member, condition_id)


def revoke(session: Session, member: Member, condition_id: int | None, *kinds: ConsentKind) -> None:
    """Revoke consents; their period of validity is kept, the place that they were given for is not."""
    if _end(session, member, condition_id, *kinds):
        withdrawals.note(session, member.id)
        _note_change(session, member, condition_id)


def _end(session: Session, member: Member, condition_id: int | None, *kinds: ConsentKind) -> bool:
    """Revoke consents; return False if none was valid."""
    unrevoked = update(Consent).where(
        Consent.member_id == member.id,
        Consent.condition_id.is_not_distinct_from(condition_id),
        Consent.kind.in_(kinds),
        Consent.revoked_at.is_(None),
    )
    values = {"revoked_at": func.now(), "zone_id": None, "expected_people": None}
    return bool(session.scalars(unrevoked.values(values).returning(Consent.kind)).all())


def has_agreed(
    session: Session,
    member: Member,
    condition_id: int | None,
    kind: ConsentKind,
    *,
    zone_id: ZoneId | None = None,
) -> bool:
    """Return whether there is a valid consent of this kind; for a zone, one given for it or for a zone inside it."""
    unrevoked = _unrevoked(member, condition_id, kind)
    if zone_id is not None:
        unrevoked = unrevoked.where(or_(Consent.zone_id == zone_id, Consent.zone_id.startswith(f"{zone_id}.")))
    return bool(session.scalar(select(unrevoked.exists())))


def _note_change(session: Session, member: Member, condition_id: int | None) -> None:
    membership = session.get(Membership, (condition_id, member.id)) if condition_id is not None else None
    if membership is not None:
        membership.note_change()


def _unrevoked(member: Member, condition_id: int | None, kind: ConsentKind) -> Select[uuid.UUID]:
    return select(Consent.member_id).where(
        Consent.member_id == member.id,
        Consent.condition_id.is_not_distinct_from(condition_id),
        Consent.kind == kind,
        Consent.revoked_at.is_(None),
    )
