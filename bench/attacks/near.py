"""An attack on people near me: accounts that live everywhere look for somebody's home, and for what they keep back."""

import re
from unittest.mock import patch

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from bench.attacks import service
from bench.attacks.table import Context, Outcome
from mapservice.geo.zones import Level, ZoneId, ancestor
from mapservice.privacy.nearness import Nearness, Sought, Surrounding
from mapservice.privacy.visibility import Audience, Viewer
from mapservice.store.near import people
from mapservice.store.tables import Condition, HomeZone, Member, Membership, ZoneRow
from mapservice.store.tables.profiles import ProfileRow
from testing.accounts import new_member
from testing.locations import put

#: Areas of one region in which the attacker has an account, and people who show no more than this region.
AREAS, PEOPLE = 4, 12

#: What every second of them speaks, and lets nobody read.
KEPT_BACK = "es"


def a32_near(context: Context) -> Outcome:
    """Accounts with a home in each area of a region read all lists, with and without a filter, to place people in it.

    The people show their region, and no part of their profile.
    """
    chance = np.random.default_rng([context.seed, 32])
    with service.service(context) as (app, session, _connection):
        areas = _areas(session)
        homes = _people(session, areas, chance)
        watchers = {area: service.browser(app, _watcher(session, area)) for area in areas}
        found, filtered = _found(watchers, homes), _speakers(next(iter(watchers.values())), homes)
        with patch.object(people, "_matching", _by_what_is_stored):
            broken, broken_filter = _found(watchers, homes), _speakers(next(iter(watchers.values())), homes)
    return Outcome(
        "A32 people near me, and its filters",
        "homes found of people who show their region; advantage in telling a language kept back",
        "0; 0", f"{found:.3f}; {filtered:.3f}", found == 0 and filtered == 0,
        "groups by stored homes, filters by stored profiles", f"{broken:.3f}; {broken_filter:.3f}",
        broken > 0 and broken_filter > 0,
    )  # fmt: skip


def _areas(session: Session) -> list[ZoneId]:
    region = ancestor(service.freiburg(session), Level.REGION)
    inside = select(ZoneRow.id).where(ZoneRow.level == Level.AREA, ZoneRow.id.startswith(f"{region}."))
    return list(session.scalars(inside.order_by(ZoneRow.id).limit(AREAS)))


def _people(session: Session, areas: list[ZoneId], chance: np.random.Generator) -> dict[str, tuple[ZoneId, bool]]:
    """People in these areas who show their region: by public id, where they live and whether they speak it."""
    homes = {}
    for number in range(PEOPLE):
        home, speaks = areas[int(chance.integers(len(areas)))], number % 2 == 0
        member, condition = new_member(session, f"a32-{number}@example.org"), service.condition(session)
        own = put(session, member, condition, home, level=Level.REGION, audience=Audience.MEMBERS)
        languages = [KEPT_BACK] if speaks else ["en"]
        session.add(
            ProfileRow(condition_id=condition.id, member_id=member.id, words="", languages=languages, looking_for=[])
        )
        homes[own.public_id] = home, speaks
    session.commit()
    return homes


def _watcher(session: Session, area: ZoneId) -> Member:
    member = new_member(session, f"watches-{area}@example.org")
    session.add(HomeZone(member_id=member.id, zone_id=area))
    session.commit()
    return member


def _found(watchers: dict[ZoneId, FlaskClient], homes: dict[str, tuple[ZoneId, bool]]) -> float:
    """The share of people whom the account that lives where they do sees in a group nearer than what they show."""
    groups = (Nearness.AREA, Nearness.DISTRICT)
    near = {area: set().union(*(_listed(client, group) for group in groups)) for area, client in watchers.items()}
    return float(np.mean([public_id in near[home] for public_id, (home, _speaks) in homes.items()]))


def _speakers(client: FlaskClient, homes: dict[str, tuple[ZoneId, bool]]) -> float:
    """How much more often a filter finds those who speak the language than the others."""
    matched = set().union(*(_listed(client, group, language=KEPT_BACK) for group in Nearness))
    found = {speaks: [public_id in matched for public_id, (_home, does) in homes.items() if does is speaks]
             for speaks in (True, False)}  # fmt: skip
    return float(np.mean(found[True]) - np.mean(found[False]))


def _listed(client: FlaskClient, group: Nearness, **query: str) -> set[str]:
    answer = client.get(f"{service.PAGE}/nearby/{group}", query_string=query)
    assert answer.status_code == 200
    return set(re.findall(r'/people/([\w-]{20,})"', answer.text))


def _by_what_is_stored(
    condition: Condition, group: Surrounding, _viewer: Viewer, sought: Sought
) -> list[ColumnElement[bool]]:
    """The bad design: people by their homes, and by all that they have stored of themselves."""
    home = select(HomeZone.zone_id).where(HomeZone.member_id == Membership.member_id).scalar_subquery()
    profiles = select(ProfileRow.member_id).where(ProfileRow.member_id == Membership.member_id)
    parts = sought.of_profile.items()
    by_profile = [profiles.where(people._says(part, value)).exists() for part, value in parts]
    return [Membership.condition_id == condition.id, *people._in_group(home, group), *by_profile]


ATTACKS = (a32_near,)
