"""What a member agreed to, and what follows at once when they take it back."""

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.precision import offered_level
from mapservice.store import restore_reviews
from mapservice.store.community import memberships
from mapservice.store.places import homes
from mapservice.store.tables import Condition, Consent, Member, Membership
from mapservice.store.zones import tree

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


def revoke(session: Session, member: Member, membership: Membership, kind: str, *, key: bytes) -> None:
    """End a consent and, in the same transaction, what was allowed by it."""
    match kind:
        case "joined":
            memberships.leave(session, membership)
        case "shown":
            homes.show_to_nobody(session, membership)
        case "finer":
            _show_as_offered(session, member, membership, key=key)
            memberships.revoke(session, member, membership.condition_id, FINER)
        case _:
            count_no_more(session, member, membership)


def _show_as_offered(session: Session, member: Member, membership: Membership, *, key: bytes) -> None:
    """Show no finer zone than the one that needs no second consent."""
    home = homes.home(session, member)
    if home is None or membership.shown_zone is None:
        return
    path = tree.path(session, membership.shown_zone)
    prevalence = session.get_one(Condition, membership.condition_id).prevalence
    offered = offered_level(path, prevalence, for_minor=homes.is_for_minor(session, membership))
    zone = tree.get(session, coarsen(membership.shown_zone, offered))
    shown = jitter(zone, member.id, membership.condition_id, salt=membership.salt, key=key)
    homes.save(session, member, MaskedPlace(home.zone_id, {membership.condition_id: shown}), since=home.since)
    homes.name_wider_zone(session, membership, SHOWN)
