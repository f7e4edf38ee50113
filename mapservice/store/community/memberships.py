"""Memberships in the community of a condition, their roles and consents."""

import secrets
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mapservice.errors import NotAMemberError, UnknownConditionError
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Audience, Role, Viewer
from mapservice.store import tables
from mapservice.store.blocks import blocks
from mapservice.store.care import speakers
from mapservice.store.catalogue import conditions
from mapservice.store.contacts import contacts
from mapservice.store.figures import counted_members
from mapservice.store.places.home_zones import forget_unused_home
from mapservice.store.places.homes import lock_member
from mapservice.store.places.zone_counts import counted
from mapservice.store.tables import Consent, Membership
from mapservice.store.texts import public_texts
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY


def list_for_member(session: Session, member: tables.Member) -> Sequence[tuple[Membership, tables.Condition]]:
    """Return the memberships of a member with their conditions, by the condition's name; none that is closed."""
    statement = (
        select(Membership, tables.Condition)
        .join(tables.Condition, tables.Condition.id == Membership.condition_id)
        .where(Membership.member_id == member.id, Membership.closed_on.is_(None))
        .order_by(tables.Condition.name)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def get_condition(session: Session, member: tables.Member, slug: str) -> tables.Condition:
    """Return a condition for what a member stored in it: one that this service is for, or that they have joined.

    :raise UnknownConditionError: if there is none.
    """
    condition = conditions.get(session, slug, hidden=True)
    if not condition.is_offered and session.get(Membership, (condition.id, member.id)) is None:
        raise UnknownConditionError
    return condition


def find(session: Session, member: tables.Member, condition: tables.Condition) -> Membership | None:
    """Return the membership of a member in a condition, or None; one that was closed after a death is like none."""
    membership = session.get(Membership, (condition.id, member.id), populate_existing=True)
    return None if membership is None or membership.closed_on is not None else membership


def get(session: Session, member: tables.Member, condition: tables.Condition) -> Membership:
    """Return the membership of a member in a condition, locked until the transaction ends.

    Its key is not locked: a release that is being made locks those of new people in it, and they can hide meanwhile.

    :raise NotAMemberError: if the member has not joined it, or has closed the membership after a death.
    """
    lock_member(session, member)
    membership = session.get(
        Membership, (condition.id, member.id), with_for_update={"key_share": True}, populate_existing=True
    )
    if membership is None or membership.closed_on is not None:
        raise NotAMemberError
    return membership


def is_shown(session: Session, member: tables.Member) -> bool:
    """Return whether a member is visible to anybody in any condition."""
    shown = select(Membership.member_id).where(
        Membership.member_id == member.id, Membership.audience != Audience.NOBODY
    )
    return bool(session.scalar(select(shown.exists())))


def version(session: Session, member: tables.Member, membership: Membership | None) -> int:
    """Return the version of a membership, or of a member without one here; no version is ever used twice."""
    if membership is not None:
        return membership.version
    return session.scalars(select(tables.Member.version).where(tables.Member.id == member.id)).one()


def viewer(session: Session, member: tables.Member | None, condition: tables.Condition) -> Viewer:
    """Return the viewer of a condition, for the rules of visibility."""
    if member is None:
        return Viewer()
    own, apart = find(session, member, condition), blocks.apart(session, condition.id, member.id)
    if own is None:
        return Viewer(member.id, apart=apart)
    seen = contacts.ids(session, condition.id, member.id)
    if own.audience == Audience.CONTACTS:
        seen |= {member.id}
    return Viewer(member.id, has_joined=True, apart=apart, contacts=seen)


def join(
    session: Session,
    member: tables.Member,
    condition: tables.Condition,
    role: Role,
    *,
    pseudonym: str | None,
    for_minor: bool,
) -> Membership:
    """Add a member to a condition, visible to nobody, or change their role and name.

    A membership for a minor has a name of its own, generated if none is given: the account's name would link it to the
    parent's profile card. It stays a minor's membership until :func:`come_of_age`.

    :raise NotAMemberError: if they have closed the membership after a death, and can still undo that.
    """
    lock_member(session, member)
    membership = session.get(Membership, (condition.id, member.id), populate_existing=True)
    if membership is not None and membership.closed_on is not None:
        raise NotAMemberError
    if membership is None:
        membership = Membership(condition_id=condition.id, member_id=member.id, role=role, audience=Audience.NOBODY)
        membership.version = version(session, member, None) + 1
        session.add(membership)
        session.flush()
    elif membership.pseudonym != pseudonym:
        withdrawals.note(session, member.id)
    if (membership.role, membership.pseudonym, membership.for_minor) != (role, pseudonym, for_minor):
        membership.audience_before = None  # only a hidden membership can be shown again in one step
    spoke_as = speakers.speaks_here_as(membership)
    with counted(session, [membership]):
        membership.role, membership.for_minor = role, membership.for_minor or for_minor
        membership.pseudonym = pseudonym or (generated_name() if membership.for_minor else None)
    if speakers.speaks_here_as(membership) is not spoke_as:
        speakers.forget(session, membership)
    if membership.pseudonym is None:
        blocks.spread(session, member.id)
    public_texts.refresh_member(session, member.id)
    return membership


def generated_name() -> str:
    """Return a random name that reveals nothing about anybody."""
    return f"Member {secrets.randbelow(90_000) + 10_000}"


def come_of_age(session: Session, membership: Membership) -> bool:
    """Turn a minor's membership into an adult's; return whether it was a minor's. What is shown stays unchanged."""
    was_for_minor, membership.for_minor = membership.for_minor, False
    session.flush()
    return was_for_minor


def leave(session: Session, membership: Membership) -> None:
    """Remove a member from a condition: pin, counts and consents, and the home zone if no other membership uses it.

    A consent to count somebody as remembered is kept: it is withdrawn by itself.
    """
    withdrawals.note(session, membership.member_id)
    with counted(session, [membership]):
        membership.audience, membership.audience_before = Audience.NOBODY, None
    stop_counting(session, membership)
    is_over = (Consent.kind != ConsentKind.REMEMBERED) | Consent.revoked_at.is_not(None)
    mine = Consent.member_id == membership.member_id, Consent.condition_id == membership.condition_id
    session.execute(delete(Consent).where(*mine, is_over))
    last = membership.version
    session.delete(membership)
    session.flush()
    left = update(tables.Member).where(tables.Member.id == membership.member_id)
    later = func.greatest(tables.Member.version, last) + 1
    session.execute(left.values(version=later), execution_options=DATABASE_ONLY)
    forget_unused_home(session, membership.member_id)


def stop_counting(session: Session, membership: Membership) -> None:
    """Stop counting a membership; published figures stay unchanged.

    A cooldown starts if the membership was really counted, so that one account cannot enter and leave a figure as often
    as it likes. Its start is stored with the member, without the condition. A membership that was not counted yet is in
    no figure and needs no cooldown. The key is locked, so that a release that is being made does not count it either.
    """
    session.refresh(membership, ["public_id"], with_for_update=True)
    if membership.counted_since is not None:
        withdrawals.note(session, membership.member_id)
    membership.counted_since = None
    membership.note_change()
    counted_members.take_out(session, membership.condition_id, membership.member_id)
