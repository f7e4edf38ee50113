"""The profiles of memberships. What of one a viewer can read is decided by :mod:`mapservice.privacy.profiles`."""

import uuid
from dataclasses import replace

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from mapservice.privacy.care import AgeBand, Relationship
from mapservice.privacy.profiles import (
    ABOUT_THE_PERSON,
    Duration,
    LookingFor,
    MemberProfile,
    ProfilePart,
    withdraws,
)
from mapservice.privacy.visibility import Audience
from mapservice.store.tables import Membership
from mapservice.store.tables.profiles import ProfileRow
from mapservice.store.transactions import withdrawals
from mapservice.store.transactions.execution import DATABASE_ONLY


def find(session: Session, condition_id: int, member_id: uuid.UUID) -> MemberProfile:
    """Return the whole profile of a membership, with its audiences; an empty one if there is none."""
    row = session.get(ProfileRow, (condition_id, member_id))
    if row is None:
        return MemberProfile()
    return MemberProfile(
        row.words,
        tuple(row.languages),
        tuple(map(LookingFor, row.looking_for)),
        Duration(row.duration) if row.duration else None,
        {part: Audience(getattr(row, f"{part}_audience")) for part in ProfilePart},
        Relationship(row.relationship) if row.relationship else None,
        AgeBand(row.age_band) if row.age_band else None,
    )


def save(session: Session, membership: Membership, profile: MemberProfile) -> None:
    """Store the profile of a membership, or delete the row if it says nothing, and make open forms outdated."""
    key = membership.condition_id, membership.member_id
    if withdraws(find(session, *key), profile):
        withdrawals.note(session, membership.member_id)
    membership.note_change()
    if not any(map(profile.says, ProfilePart)):
        mine = ProfileRow.condition_id == membership.condition_id, ProfileRow.member_id == membership.member_id
        session.execute(delete(ProfileRow).where(*mine))
        return
    audiences = {f"{part}_audience": profile.audience(part) for part in ProfilePart}
    session.merge(
        ProfileRow(
            condition_id=membership.condition_id,
            member_id=membership.member_id,
            words=profile.words,
            languages=list(profile.languages),
            looking_for=list(profile.looking_for),
            duration=profile.duration,
            relationship=profile.relationship,
            age_band=profile.age_band,
            **audiences,
        )
    )
    session.flush()


def describe_person(
    session: Session, membership: Membership, relationship: Relationship | None, age_band: AgeBand | None
) -> None:
    """Store what a caregiver says about the person for whom they speak; the audiences stay as they are."""
    profile = find(session, membership.condition_id, membership.member_id)
    save(session, membership, replace(profile, relationship=relationship, age_band=age_band))


def forget_person(session: Session, membership: Membership) -> None:
    """Delete what a caregiver said about a person, because they speak for that person no longer."""
    profile = find(session, membership.condition_id, membership.member_id)
    if any(map(profile.says, ABOUT_THE_PERSON)):
        describe_person(session, membership, None, None)


def hide(session: Session, member_id: uuid.UUID) -> None:
    """Let nobody read any part of a member's profiles; what they say is kept."""
    audiences = {f"{part}_audience": Audience.NOBODY for part in ProfilePart}
    mine = update(ProfileRow).where(ProfileRow.member_id == member_id).values(audiences)
    session.execute(mine, execution_options=DATABASE_ONLY)
