"""Give the demo a pair of caregivers of one child, a grown child who waits to take over, and somebody in memory."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice.actions import after_death
from mapservice.actions.change_profile import change_profile
from mapservice.actions.join import Joining, JoinWords, join
from mapservice.actions.settle_demo_member import show_near_home
from mapservice.geo.zones import Level
from mapservice.privacy.care import AgeBand, Relationship, SpeaksAs
from mapservice.privacy.memorials import AfterDeath
from mapservice.privacy.profiles import MemberProfile, ProfilePart
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.accounts import members
from mapservice.store.across import demo
from mapservice.store.care import codes, speakers
from mapservice.store.community import closed_memberships, memberships
from mapservice.store.tables import Condition, Member, Membership

#: The name of the parent in the community of the child, and what they say. Both say that they are invented.
NAME = "Parent of a child (invented)"
WORDS = "Our child takes part in everything at school. We would like to meet other families. (Invented text)"

#: The demo login of a caregiver.
DEMO_PARENT = "demo-parent@example.org"

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
    other = _invented(session, first, Role.CAREGIVER)
    if other is not None:
        codes.enter(session, membership, codes.make(session, other, SpeaksAs.CAREGIVER))
        codes.confirm(session, other)
    _let_child_enter(session, membership, first)
    remembered = join(session, parent, second, Joining(Role.CAREGIVER), words=_JOIN_WORDS, today=now.date())
    after_death.close(session, parent, remembered, AfterDeath.MEMORY, wording=demo.WORDING, today=now.date())
    return True


def keep_take_over_waiting(session: Session) -> None:
    """Let the grown child enter another code once the last one no longer works, which is after a day.

    A demo that has run for a week still shows what waits for an answer; an answer that was given stays.
    """
    parent, condition = members.by_email(session, DEMO_PARENT), demo.first_condition(session)
    membership = None if parent is None else memberships.find(session, parent, condition)
    if membership is None or codes.find(session, membership) or codes.entered_for(session, membership):
        return
    _let_child_enter(session, membership, condition)


def _let_child_enter(session: Session, membership: Membership, condition: Condition) -> None:
    child = _invented(session, condition, Role.PERSON)
    if child is None:
        return
    spoken = speakers.find(session, child)
    if spoken is None or not spoken.is_shared:
        codes.enter(session, child, codes.make(session, membership, SpeaksAs.PERSON))


def _has_joined(session: Session, member: Member, condition: Condition) -> bool:
    open_or_closed = memberships.find, closed_memberships.find
    return any(find(session, member, condition) is not None for find in open_or_closed)


def _join(session: Session, parent: Member, condition: Condition, *, key: bytes, now: dt.datetime) -> Membership:
    wish = Joining(Role.CAREGIVER, NAME, for_minor=True)
    membership = join(session, parent, condition, wish, words=_JOIN_WORDS, today=now.date())
    show_near_home(session, parent, membership, condition, level=Level.REGION, key=key, now=now)
    return membership


def _invented(session: Session, condition: Condition, role: Role) -> Membership | None:
    """Return the membership of an invented person in a role, always the same one, if there is one."""
    invented = Member.synthetic, Member.password.is_(None)
    mine = Membership.condition_id == condition.id, Membership.role == role
    statement = select(Membership).join(Member, Member.id == Membership.member_id).where(*invented, *mine)
    return session.scalar(statement.order_by(Membership.public_id.desc()).limit(1))
