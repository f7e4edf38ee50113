"""The consents of a member: which they gave, and the one to be counted."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.store import restore_reviews
from mapservice.store.community import memberships
from mapservice.store.tables import Condition, Consent, Member, Membership

#: The consents that belong to being on the map.
SHOWN, FINER = "shown", "finer"

#: The consent to be one of a published figure; being shown is another.
COUNTED = memberships.COUNTED

#: What belongs to a membership and ends with it.
JOINED = "joined"

#: What can be taken back in a condition, in the order in which it is asked for.
KINDS = (JOINED, SHOWN, FINER, COUNTED)


def of(session: Session, member: Member) -> Sequence[tuple[Consent, Condition | None]]:
    """All that a member agreed to with its condition, standing or revoked, by the condition's name."""
    statement = (
        select(Consent, Condition)
        .outerjoin(Condition, Condition.id == Consent.condition_id)
        .where(Consent.member_id == member.id)
        .order_by(Condition.name.nulls_first(), Consent.given_at, Consent.kind)
    )
    return [(row[0], row[1]) for row in session.execute(statement)]


def count(session: Session, member: Member, membership: Membership, wording: str, *, today: dt.date) -> None:
    """Let a membership be counted from now on; who is counted already stays so since the day they said it.

    :raise ReviewFirstError: if the member has to look through their settings first.
    """
    restore_reviews.require_none(session, member.id)
    memberships.agree(session, member, membership.condition_id, COUNTED, wording)
    membership.counted_since = membership.counted_since or today


def count_no_more(session: Session, member: Member, membership: Membership) -> None:
    """Take a membership out of all figures to come."""
    memberships.revoke(session, member, membership.condition_id, COUNTED)
    memberships.uncount(session, membership)
