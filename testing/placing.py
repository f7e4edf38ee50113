"""Rows of somebody new on the map, written at once: those that joining and showing a place leave, and much quicker.

``tests/store/places/test_putting.py`` compares them with those that the use cases of the pages write.
"""

import datetime as dt
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from mapservice.actions.join import JoinWords
from mapservice.geo.zones import Zone, ZoneId
from mapservice.i18n import consent_wordings
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import jitter
from mapservice.privacy.precision import expected_people, needs_second_consent, offered_level
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.community import consent_rows
from mapservice.store.places import homes, zone_counts
from mapservice.store.tables import Condition, Consent, ConsentWording, HomeZone, Member, Membership
from mapservice.store.zones import tree

# What the use cases would look at, or change: an earlier place or community, blocks, texts, what a minor may show.
_VERSION_OF_NEW = text("""
    select version from member
    where id = :id and minor_until is null and review_since is null and home_changed_on is null and home_corrections = 0
        and not exists (select from membership where member_id = :id)
        and not exists (select from home_zone where member_id = :id)
        and not exists (select from consent where member_id = :id and condition_id is not null)
        and not exists (select from block where :id in (member_id, blocked_id))
        and not exists (select from member_text where member_id = :id)
""")


def place_new(
    session: Session,
    member: Member,
    condition: Condition,
    home: ZoneId,
    shown: ZoneId,
    audience: Audience,
    *,
    words: JoinWords,
    key: bytes,
) -> Membership | None:
    """Let a member who did nothing before live in a zone, and join a condition that shows one; None for any other."""
    version = session.scalar(_VERSION_OF_NEW, {"id": member.id})
    if version is None:
        return None
    path = tree.path(session, shown)
    membership = Membership(
        condition_id=condition.id, member_id=member.id, role=Role.PERSON, version=version + 1, audience=audience
    )
    session.add(membership)
    session.flush()
    masked = jitter(path[-1], member.id, condition.id, salt=membership.salt, key=key)
    membership.shown_zone, membership.pin = masked.zone_id, homes._point(masked.pin)
    session.add(HomeZone(member_id=member.id, zone_id=home, since=dt.datetime.now(dt.UTC), corrections=0))
    session.flush()
    agreed = _consents(session, membership, condition, path, words)
    session.execute(insert(Consent), agreed, execution_options={"render_nulls": True})
    zone_counts.apply(session, {}, zone_counts.contribution(membership))
    return membership


def _consents(
    session: Session, membership: Membership, condition: Condition, path: list[Zone], words: JoinWords
) -> list[dict[str, Any]]:
    """What somebody agrees to who joins and is shown in a zone, the last of its path."""
    zone, wordings = path[-1], {ConsentKind.JOINED: words.joined}
    if membership.audience != Audience.NOBODY:
        stored = consent_wordings.wordings_to_store(Audience(membership.audience))
        wordings[ConsentKind.SHOWN] = stored.shown
        if needs_second_consent(zone.level, offered_level(path, condition.prevalence)):
            wordings[ConsentKind.FINER] = stored.finer
    ids = _wording_ids(session, list(wordings.values()))
    people = round(expected_people(zone, condition.prevalence))
    return [
        {
            "member_id": membership.member_id,
            "condition_id": condition.id,
            "kind": kind,
            "wording_id": ids[wording],
            "zone_id": zone.id if kind is not ConsentKind.JOINED else None,
            "expected_people": people if kind is ConsentKind.FINER else None,
        }
        for kind, wording in wordings.items()
    ]


def _wording_ids(session: Session, wordings: list[str]) -> dict[str, int]:
    """The ids of wordings, which are stored unless somebody agreed to them before."""
    ids = {wording: next(consent_rows._ids(wording)) for wording in wordings}
    rows = [{"id": wording_id, "wording": wording} for wording, wording_id in ids.items()]
    session.execute(postgresql.insert(ConsentWording).on_conflict_do_nothing(), rows)
    return ids
