"""The consents of a member, and the consent to be counted."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.store.community import memberships
from mapservice.store.places import restore_reviews
from mapservice.store.tables import Condition, Consent, Member, Membership


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
    memberships.agree(session, member, membership.condition_id, ConsentKind.COUNTED, wording)
    membership.counted_since = membership.counted_since or today


def stop_counting(session: Session, member: Member, membership: Membership) -> None:
    """Exclude a membership from all future figures."""
    memberships.revoke(session, member, membership.condition_id, ConsentKind.COUNTED)
    memberships.stop_counting(session, membership)
