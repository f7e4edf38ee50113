"""Give the demo member a condition and a location."""

import datetime as dt

from sqlalchemy.orm import Session

from mapservice.actions.change_profile import change_profile
from mapservice.actions.join import Joining, JoinWords, join
from mapservice.actions.show_location import show_location
from mapservice.geo.zones import Level, ZoneId
from mapservice.i18n.consent_wordings import ConsentWords
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.profiles import Duration, LookingFor, MemberProfile, ProfilePart
from mapservice.privacy.showing import Wish
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.across import demo
from mapservice.store.community import memberships
from mapservice.store.profiles import demo as invented_profiles
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree


def settle_demo_member(session: Session, member: Member, *, key: bytes, now: dt.datetime) -> bool:
    """Let a member join the first condition of the demo and show them on its map; return False if they had already."""
    condition = demo.first_condition(session)
    if memberships.find(session, member, condition) is not None:
        return False
    words = JoinWords(demo.WORDING, demo.WORDING)
    membership = join(session, member, condition, Joining(Role.PERSON), words=words, today=now.date())
    show_near_home(session, member, membership, condition, key=key, now=now)
    audiences = dict.fromkeys(ProfilePart, Audience.CONDITION)
    profile = MemberProfile(invented_profiles.WORDS[0], ("en",), (LookingFor.WORK,), Duration.ONE_TO_FIVE, audiences)
    change_profile(session, membership, profile, confirm_identity=lambda: True)
    return True


def show_near_home(
    session: Session,
    member: Member,
    membership: Membership,
    condition: Condition,
    *,
    level: Level = Level.AREA,
    key: bytes,
    now: dt.datetime,
) -> None:
    """Show a member of the demo to members of the condition, in the demo's home area or in the zone around it."""
    home = demo.home_area(session)
    if home is None:
        return
    path = tree.path(session, coarsen(ZoneId(home), level))
    show_location(
        session,
        member,
        membership,
        condition,
        Wish(path, Audience.CONDITION, agrees_to_finer=True, says_moved=False),
        now=now,
        key=key,
        words=ConsentWords(demo.WORDING, demo.WORDING),
        confirm_identity=lambda: True,
    )
