"""Give the demo a pair of caregivers of one child, a grown child who waits to take over, and somebody in memory."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions import after_death
from mapservice.actions.change_profile import change_profile
from mapservice.actions.join import Joining, JoinWords, join
from mapservice.actions.show_location import show_location
from mapservice.geo.zones import Level, ZoneId
from mapservice.i18n.consent_wordings import ConsentWords
from mapservice.privacy.care import AgeBand, Relationship, SpeaksAs
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.showing import Wish
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.across import demo
from mapservice.store.care import codes
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree

#: The name of the parent in the community of the child, and what they say. Both say that they are invented.
NAME = "Parent of a child (invented)"
WORDS = "Our child takes part in everything at school. We would like to meet other families. (Invented text)"

_JOIN_WORDS = JoinWords(demo.WORDING, demo.WORDING)


def invent_caregivers(session: Session, parent: Member, *, key: bytes, now: dt.datetime) -> bool:
    """Let a member be one of two caregivers of a child, and keep somebody in memory; return False if they were.

    The other caregiver, and the child who has entered a code, are invented people of the demo.
    """
    first, second = demo.first_condition(session), demo.second_condition(session)
    if any(_has_joined(session, parent, condition) for condition in (first, second)):
        return False
    membership = _join(session, parent, first, key=key, now=now)
    audiences = dict.fromkeys(ProfilePart, Audience.CONDITION)
    profile = MemberProfile(
        WORDS,
        ("en",),
        audiences=audiences,
        relationship=Relationship.PARENT,
        age_band=AgeBand.TWELVE_TO_SEVENTEEN,
    )
    change_profile(session, membership, profile, confirm_identity=lambda: True)
    other, child = (_invented(session, first, role) for role in (Role.CAREGIVER, Role.PERSON))
    if other is not None:
        codes.enter(session, membership, codes.make(session, other, SpeaksAs.CAREGIVER))
        codes.confirm(session, other)
    if child is not None:
        codes.enter(session, child, codes.make(session, membership, SpeaksAs.PERSON))
    remembered = join(session, parent, second, Joining(Role.CAREGIVER), words=_JOIN_WORDS, today=now.date())
    after_death.close(session, parent, remembered, AfterDeath.MEMORY, wording=demo.WORDING, today=now.date())
    return True


def _has_joined(session: Session, member: Member, condition: Condition) -> bool:
    open_or_closed = memberships.find, closed_memberships.find
    return any(find(session, member, condition) is not None for find in open_or_closed)


def _join(session: Session, parent: Member, condition: Condition, *, key: bytes, now: dt.datetime) -> Membership:
    wish = Joining(Role.CAREGIVER, NAME, for_minor=True)
    membership = join(session, parent, condition, wish, words=_JOIN_WORDS, today=now.date())
    home = demo.home_area(session)
    if home is not None:
        region = coarsen(ZoneId(home), Level.REGION)
        show_location(
            session,
            parent,
            membership,
            condition,
            Wish(tree.path(session, region), Audience.CONDITION, agrees_to_finer=True, says_moved=False),
            now=now,
            key=key,
            words=ConsentWords(demo.WORDING, demo.WORDING),
            confirm_identity=lambda: True,
        )
    return membership


def _invented(session: Session, condition: Condition, role: Role) -> Membership | None:
    """Return the membership of an invented person in a role, always the same one, if there is one."""
    invented = Member.synthetic, Member.password.is_(None)
    mine = Membership.condition_id == condition.id, Membership.role == role
    statement = select(Membership).join(Member, Member.id == Membership.member_id).where(*invented, *mine)
    return session.scalar(statement.order_by(Membership.public_id.desc()).limit(1))
