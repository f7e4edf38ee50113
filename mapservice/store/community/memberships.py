"""Who belongs to the community of a condition, as what, and with which consents."""

import secrets
import uuid
from collections.abc import Sequence

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from mapservice.errors import NotAMemberError
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store import tables, withdrawals
from mapservice.store.places.home_zones import forget_unused_home
from mapservice.store.places.homes import take_turns
from mapservice.store.places.zone_counts import counted
from mapservice.store.tables import Consent, CountedMember, Membership

#: The day is the database's, so that no object in memory can be brought up to date.
_IN_THE_DATABASE = {"synchronize_session": False}


def of(session: Session, member: tables.Member) -> Sequence[tuple[Membership, tables.Condition]]:
    """The memberships of a member with their conditions, by the condition's name."""
    statement = (
        select(Membership, tables.Condition)
        .join(tables.Condition, tables.Condition.id == Membership.condition_id)
        .where(Membership.member_id == member.id)
        .order_by(tables.Condition.name)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def find(session: Session, member: tables.Member, condition: tables.Condition) -> Membership | None:
    """The membership of a member in a condition, or None."""
    return session.get(Membership, (condition.id, member.id), populate_existing=True)


def get(session: Session, member: tables.Member, condition: tables.Condition) -> Membership:
    """The membership of a member in a condition, held until the transaction ends.

    :raise NotAMemberError: if the member has not joined it.
    """
    take_turns(session, member)
    membership = session.get(Membership, (condition.id, member.id), with_for_update=True, populate_existing=True)
    if membership is None:
        raise NotAMemberError
    return membership


def is_shown(session: Session, member: tables.Member) -> bool:
    """Whether anybody sees a member in any condition."""
    shown = select(Membership.member_id).where(
        Membership.member_id == member.id, Membership.audience != Audience.NOBODY
    )
    return bool(session.scalar(select(shown.exists())))


def version(session: Session, member: tables.Member, membership: Membership | None) -> int:
    """The state of a membership by number, or of a member who has none here; no number ever comes again."""
    if membership is not None:
        return membership.version
    return session.scalars(select(tables.Member.version).where(tables.Member.id == member.id)).one()


def viewer(session: Session, member: tables.Member | None, condition: tables.Condition) -> Viewer:
    """Who is looking at a condition, for the rules of visibility."""
    if member is None:
        return Viewer()
    return Viewer(member.id, has_joined=find(session, member, condition) is not None)


def join(
    session: Session,
    member: tables.Member,
    condition: tables.Condition,
    role: Role,
    *,
    pseudonym: str | None,
    for_minor: bool,
) -> Membership:
    """Take a member into a condition, shown to nobody, or change as what they take part.

    A membership for somebody under 18 has a name of its own, made up where none is given: the account's would join it
    to the card of the parent. It stays one for somebody under 18 until :func:`come_of_age`.
    """
    take_turns(session, member)
    membership = find(session, member, condition)
    if membership is None:
        membership = Membership(condition_id=condition.id, member_id=member.id, role=role, audience=Audience.NOBODY)
        membership.version = version(session, member, None) + 1
        session.add(membership)
        session.flush()
    elif membership.pseudonym != pseudonym:
        withdrawals.note(session, member.id)
    if (membership.role, membership.pseudonym, membership.for_minor) != (role, pseudonym, for_minor):
        membership.audience_before = None  # shown again by one step is only who was shown before
    with counted(session, [membership]):
        membership.role, membership.for_minor = role, membership.for_minor or for_minor
        membership.pseudonym = pseudonym or (generated_name() if membership.for_minor else None)
    return membership


def generated_name() -> str:
    """A name that says nothing of anybody."""
    return f"Member {secrets.randbelow(90_000) + 10_000}"


def come_of_age(session: Session, membership: Membership) -> bool:
    """Let a membership be for an adult from now on; whether it was not. What is shown stays as it is."""
    was_for_minor, membership.for_minor = membership.for_minor, False
    session.flush()
    return was_for_minor


def leave(session: Session, membership: Membership) -> None:
    """Take a member out of a condition: pin, counts and consents go with it, and a home that nothing else shows."""
    withdrawals.note(session, membership.member_id)
    with counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, None
    uncount(session, membership)
    session.execute(
        delete(Consent).where(
            Consent.member_id == membership.member_id, Consent.condition_id == membership.condition_id
        )
    )
    last = membership.version
    session.delete(membership)
    session.flush()
    left = update(tables.Member).where(tables.Member.id == membership.member_id)
    later = func.greatest(tables.Member.version, last) + 1
    session.execute(left.values(version=later), execution_options=_IN_THE_DATABASE)
    forget_unused_home(session, membership.member_id)


def uncount(session: Session, membership: Membership) -> None:
    """Count a membership no more; figures that are published already stay as they are.

    Who was counted rests before they are counted anew, or one account could come into a figure and go as often as it
    likes. Since when is kept with the member, without the condition. Who was not counted yet is in no figure and has
    nothing to rest from: thinking again costs them nothing.
    """
    if membership.counted_since is not None:
        withdrawals.note(session, membership.member_id)
    membership.counted_since = None
    membership.note_change()
    was_counted = session.scalar(
        delete(CountedMember)
        .where(CountedMember.member_id == membership.member_id, CountedMember.condition_id == membership.condition_id)
        .returning(CountedMember.member_id)
    )
    if was_counted is not None:
        resting = update(tables.Member).where(tables.Member.id == membership.member_id)
        session.execute(resting.values(left_count_on=func.current_date()), execution_options=_IN_THE_DATABASE)


def agree(
    session: Session,
    member: tables.Member,
    condition_id: int | None,
    kind: ConsentKind,
    wording: str,
    *,
    zone_id: str | None = None,
    expected_people: int | None = None,
) -> None:
    """Keep what a member agreed to, in the words they read; agreeing again to the same keeps the first.

    A consent to be shown is for one zone, and the second one for the people expected there: those are kept beside the
    words, which have gaps for them.
    """
    same = _standing(member, condition_id, kind).where(
        Consent.wording == wording,
        Consent.zone_id.is_not_distinct_from(zone_id),
        Consent.expected_people.is_not_distinct_from(expected_people),
    )
    if session.scalar(select(same.exists())):
        return
    _end(session, member, condition_id, kind)
    place = {"zone_id": zone_id, "expected_people": expected_people}
    session.add(Consent(member_id=member.id, condition_id=condition_id, kind=kind, wording=wording, **place))
    session.flush()
    _note_change(session, member, condition_id)


def revoke(session: Session, member: tables.Member, condition_id: int | None, *kinds: ConsentKind) -> None:
    """End consents; that each stood, and until when, is kept, but not the place that it was given for."""
    if _end(session, member, condition_id, *kinds):
        withdrawals.note(session, member.id)
        _note_change(session, member, condition_id)


def _end(session: Session, member: tables.Member, condition_id: int | None, *kinds: ConsentKind) -> bool:
    """End consents; False if none stood."""
    standing = update(Consent).where(
        Consent.member_id == member.id,
        Consent.condition_id.is_not_distinct_from(condition_id),
        Consent.kind.in_(kinds),
        Consent.revoked_at.is_(None),
    )
    values = {"revoked_at": func.now(), "zone_id": None, "expected_people": None}
    return bool(session.scalars(standing.values(values).returning(Consent.id)).all())


def has_agreed(
    session: Session, member: tables.Member, condition_id: int | None, kind: ConsentKind, *, zone_id: str | None = None
) -> bool:
    """Whether a consent of this kind stands; with a zone, one that was given for it or for a finer one inside it."""
    standing = _standing(member, condition_id, kind)
    if zone_id is not None:
        standing = standing.where(or_(Consent.zone_id == zone_id, Consent.zone_id.startswith(f"{zone_id}.")))
    return bool(session.scalar(select(standing.exists())))


def _note_change(session: Session, member: tables.Member, condition_id: int | None) -> None:
    membership = session.get(Membership, (condition_id, member.id)) if condition_id is not None else None
    if membership is not None:
        membership.note_change()


def _standing(member: tables.Member, condition_id: int | None, kind: ConsentKind) -> Select[uuid.UUID]:
    return select(Consent.id).where(
        Consent.member_id == member.id,
        Consent.condition_id.is_not_distinct_from(condition_id),
        Consent.kind == kind,
        Consent.revoked_at.is_(None),
    )
