"""Join the community of a condition, or change the role in it; and give the consent to be counted."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.visibility import Role
from mapservice.store.community import consents, memberships
from mapservice.store.places import homes
from mapservice.store.tables import Condition, Member, Membership


@dataclass(frozen=True, slots=True)
class Joining:
    """The role and name with which a member joins; ``pseudonym`` is None to keep the present name."""

    role: Role
    pseudonym: str | None = None
    for_minor: bool = False
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class JoinWords:
    """The wordings of the consents as the member read them: to take part, and to be counted."""

    joined: str
    counted: str


def join(
    session: Session, member: Member, condition: Condition, wish: Joining, *, words: JoinWords, today: dt.date
) -> Membership:
    """Add a member to a condition, not yet shown to anybody, or change their role and name, and store the consents.

    :raise ReviewFirstError: if the member consents to be counted and has to review their settings first.
    """
    homes.lock_member(session, member)
    before = memberships.find(session, member, condition)
    name = before.pseudonym if before and wish.pseudonym is None else wish.pseudonym or None
    membership = memberships.join(session, member, condition, wish.role, pseudonym=name, for_minor=wish.for_minor)
    homes.respect_minor(session, membership)
    consents.agree(session, member, condition.id, ConsentKind.JOINED, words.joined)
    if wish.is_counted:
        consents.count(session, member, membership, words.counted, today=today)
    else:
        consents.stop_counting(session, member, membership)
    return membership
