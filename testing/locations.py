"""Members put on the map, by the use cases that the pages call."""

import datetime as dt

from geoalchemy2 import WKTElement
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from mapservice.actions.join import Joining, JoinWords, join
from mapservice.actions.show_location import Outcome, show_location
from mapservice.geo.zones import Level, ZoneId, path
from mapservice.i18n import consent_wordings
from mapservice.privacy.geomasking import coarsen
from mapservice.privacy.showing import Wish
from mapservice.privacy.visibility import Audience, Role
from mapservice.store import tables
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree
from testing.placing import place_new

ANCHOR_KEY = bytes.fromhex("a0" * 32)

#: The consents of joining, as tests give them.
JOIN_WORDS = JoinWords("I agree to join.", "I agree to be counted.")


def zone_called(session: Session, name: str, level: Level, country: str) -> ZoneId:
    """The id of the zone that people know by a name."""
    query = select(tables.ZoneRow.id).where(
        tables.ZoneRow.name == name, tables.ZoneRow.level == level, tables.ZoneRow.country == country
    )
    return session.scalars(query).one()


def put(
    session: Session, member: Member, condition: Condition, home: str, *, level: Level, audience: Audience
) -> Membership:
    """Let a member who lives in a zone join a condition and show them there at a level, as the pages do."""
    home = path(home)[-1]
    shown = coarsen(home, level)
    placed = place_new(session, member, condition, home, shown, audience, words=JOIN_WORDS, key=ANCHOR_KEY)
    membership = placed or put_by_use_cases(session, member, condition, home, shown, audience)
    session.commit()
    return membership


def put_by_use_cases(
    session: Session, member: Member, condition: Condition, home: ZoneId, shown: ZoneId, audience: Audience
) -> Membership:
    """Let a member join a condition and choose their home and the zone to show, by what the pages call."""
    membership = join(session, member, condition, Joining(Role.PERSON), words=JOIN_WORDS, today=_now().date())
    # Time has passed for tests: who deleted a home before may choose one again.
    session.execute(update(Member).where(Member.id == member.id).values(home_changed_on=None, home_corrections=0))
    if shown != home:
        show(session, member, membership, home, Audience.NOBODY)
    show(session, member, membership, shown, audience)
    return membership


def put_at(session: Session, member: Member, condition: Condition, lng: float, lat: float) -> Membership:
    """Let a member of the area around Freiburg join a condition, with a pin at a point instead of at an anchor."""
    home = zone_called(session, "Freiburg", Level.AREA, "DE")
    membership = put(session, member, condition, home, level=Level.AREA, audience=Audience.MEMBERS)
    membership.pin = WKTElement(f"POINT({lng} {lat})", srid=tables.SRID)
    session.commit()
    return membership


def show(session: Session, member: Member, membership: Membership, zone: str, audience: Audience) -> None:
    """Show a member in a zone to an audience, as the pages do where everything needed is agreed to."""
    condition = session.get_one(Condition, membership.condition_id)
    outcome = show_location(
        session,
        member,
        membership,
        condition,
        Wish(tree.path(session, zone), audience, agrees_to_finer=True, says_moved=True),
        now=_now(),
        key=ANCHOR_KEY,
        words=consent_wordings.wordings_to_store(audience),
        confirm_identity=lambda: True,
    )
    assert outcome == Outcome(), outcome


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
