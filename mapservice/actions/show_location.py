"""Show a member's location on the map of one condition: the only path from a request to stored zones and consents."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from mapservice.geo.zones import Zone, is_finer, level_of
from mapservice.i18n.consent_wordings import ConsentWords
from mapservice.privacy.consents import ConsentKind
from mapservice.privacy.geomasking import MaskedPlace, coarsen, jitter
from mapservice.privacy.home_changes import FormerHome, Home, next_home, next_move_date
from mapservice.privacy.precision import FINEST_FOR_MINORS, expected_people, needs_second_consent, offered_level
from mapservice.privacy.showing import Obstacle, Wish, is_more_visible, obstacles
from mapservice.privacy.visibility import Audience
from mapservice.store.community import closed_memberships, consents, memberships
from mapservice.store.places import home_zones, homes
from mapservice.store.tables import Condition, Member, Membership
from mapservice.store.zones import tree


@dataclass(frozen=True, slots=True)
class Outcome:
    """The obstacles to a request; if there are none, the location is shown as requested.

    ``next_move_date`` is the day from which another zone may be chosen; None without a home.
    """

    obstacles: tuple[Obstacle, ...] = ()
    next_move_date: dt.date | None = None


def show_location(
    session: Session,
    member: Member,
    membership: Membership,
    condition: Condition,
    wish: Wish,
    *,
    now: dt.datetime,
    key: bytes,
    words: ConsentWords,
    confirm_identity: Callable[[], bool],
) -> Outcome:
    """Store the zone that a member chose and show it to the chosen audience, with the necessary consents.

    Nothing is changed if there is an obstacle. ``key`` determines the pins. ``words`` are the consents to this audience
    as the member read them. ``confirm_identity`` is only called if the request shows more than before.

    :raise ReviewFirstError: if the member has to review their settings first.
    """
    homes.lock_memberships(session, member)
    home, for_minor = home_zones.last_home(session, member), homes.is_for_minor(session, membership)
    preventing = _obstacles(session, member, condition, wish, home, for_minor=for_minor, now=now)
    if _shows_more(membership, wish) and not confirm_identity():
        preventing.append(Obstacle.CONFIRM_IDENTITY)
    if preventing:
        return Outcome(tuple(preventing), next_move_date(home) if home else None)
    _store(session, member, membership, next_home(home, wish.zone.id, now=now), wish.path, key=key)
    if wish.audience is Audience.NOBODY:
        homes.show_to_nobody(session, membership)
        return Outcome()
    homes.show_to(session, membership, wish.audience)
    _keep_consents(session, member, membership, condition, wish, for_minor=for_minor, words=words)
    return Outcome()


def _shows_more(membership: Membership, wish: Wish) -> bool:
    return is_more_visible(membership.shown_zone, Audience(membership.audience), wish.zone.id, wish.audience)


def show_suggested_zone(session: Session, member: Member, membership: Membership, *, key: bytes) -> None:
    """Show the finest zone that needs no second consent, to the same audience, if a finer one was shown."""
    home = home_zones.home(session, member)
    if home is None or membership.shown_zone is None:
        return
    path = tree.path(session, membership.shown_zone)
    prevalence = session.get_one(Condition, membership.condition_id).prevalence
    offered = offered_level(path, prevalence, for_minor=homes.is_for_minor(session, membership))
    wider = [zone for zone in path if not is_finer(zone.level, than=offered)]
    _store(session, member, membership, home, wider, key=key)
    homes.name_wider_zone(session, membership, ConsentKind.SHOWN)


def _obstacles(
    session: Session,
    member: Member,
    condition: Condition,
    wish: Wish,
    home: Home | FormerHome | None,
    *,
    for_minor: bool,
    now: dt.datetime,
) -> list[Obstacle]:
    """Return the obstacles to a request; a second consent given earlier for this zone counts."""
    had_agreed = consents.has_agreed(session, member, condition.id, ConsentKind.FINER, zone_id=wish.zone.id)
    accepted = replace(wish, agrees_to_finer=wish.agrees_to_finer or had_agreed)
    return obstacles(accepted, home, prevalence=condition.prevalence, for_minor=for_minor, now=now)


def _store(
    session: Session, member: Member, membership: Membership, home: Home, path: Sequence[Zone], *, key: bytes
) -> None:
    """Store the home and what each condition shows of it: here the last zone of ``path``, others at their level."""
    zones_by_id = {zone.id: zone for zone in path}
    shown = {}
    closed = closed_memberships.list_for_member(session, member)
    for own, _condition in (*memberships.list_for_member(session, member), *closed):
        if own.condition_id == membership.condition_id:
            zone = path[-1]
        elif own.shown_zone:
            zone_id = coarsen(home.zone_id, level_of(own.shown_zone))
            if homes.is_for_minor(session, own):
                zone_id = coarsen(zone_id, FINEST_FOR_MINORS)
            zone = zones_by_id.get(zone_id) or tree.get(session, zone_id)
        else:
            continue
        shown[own.condition_id] = jitter(zone, member.id, own.condition_id, salt=own.salt, key=key)
    masked = MaskedPlace(home.zone_id, shown)
    homes.save(session, member, masked, since=home.since, corrections=home.corrections)


def _keep_consents(
    session: Session,
    member: Member,
    membership: Membership,
    condition: Condition,
    wish: Wish,
    *,
    for_minor: bool,
    words: ConsentWords,
) -> None:
    """Store the consents of a request, and end the second consent if the zone needs none.

    A second consent given earlier for a finer zone inside this one is changed to name this zone.
    """
    zone = wish.zone
    consents.agree(session, member, condition.id, ConsentKind.SHOWN, words.shown, zone_id=zone.id)
    people = round(expected_people(zone, condition.prevalence))
    offered = offered_level(wish.path, condition.prevalence, for_minor=for_minor)
    if not needs_second_consent(zone.level, offered):
        consents.revoke(session, member, condition.id, ConsentKind.FINER)
    elif wish.agrees_to_finer:
        consents.agree(
            session, member, condition.id, ConsentKind.FINER, words.finer, zone_id=zone.id, expected_people=people
        )
    else:
        homes.name_wider_zone(session, membership, ConsentKind.FINER, expected_people=people)
