"""The people of the demo, as they are made up: the same for the same seed, and shown no finer than real people."""

import datetime as dt
import uuid

import numpy as np
import pytest

from mapservice import demo
from mapservice.demo import Areas, Community, DemoMember
from mapservice.geo import anchors
from mapservice.geo.zones import CHOOSABLE, Level, Zone, ZoneId, is_finer, level_of, path
from mapservice.privacy.geomasking import jitter, jitter_many
from mapservice.privacy.precision import check_level, needs_second_consent, offered_level
from mapservice.privacy.visibility import Audience

KEY = b"k" * 32
TODAY = dt.date(2026, 11, 22)
COMMUNITIES = [Community(1, 70.0, 50.0), Community(2, 20.0, 5.0), Community(3, 10.0, None)]
PREVALENCE = {community.condition: community.prevalence for community in COMMUNITIES}


def zone(zone_id: str, people: int) -> Zone:
    level = level_of(zone_id)
    drawn = is_finer(level, than=Level.REGION)
    places = np.random.default_rng(people).integers(-80_000_000, 80_000_000, (5, 2)) if drawn else np.empty((0, 2))
    return Zone(ZoneId(zone_id), 1, level, zone_id, people, places.astype("<i4").tobytes())


GROUND = Areas(
    [
        zone("DE", 80_000_000),
        zone("DE.1", 9_000_000),
        zone("DE.1.1", 900_000),
        zone("IS", 300_000),
        zone("IS.1", 300_000),
    ]
    + [zone("IS.1.1", 300_000), *(zone(f"IS.1.1.{n}", 60_000 + n) for n in range(1, 5))]
    + [zone(f"DE.1.1.{n}", 100_000 + n) for n in range(1, 9)]
)


def people(count: int = 2_000, *, seed: int = 1, today: dt.date = TODAY) -> list[DemoMember]:
    return list(demo.members(GROUND, COMMUNITIES, count, seed=seed, today=today, key=KEY))


def test_the_same_seed_makes_the_same_people():
    assert people() == people()


@pytest.mark.parametrize("other", [{"seed": 2}, {"today": TODAY - dt.timedelta(days=1)}])
def test_another_seed_or_day_makes_other_people(other):
    assert people() != people(**other)


def test_nobody_joins_tomorrow():
    assert max(person.joined for person in people()) <= TODAY


def test_never_shows_anybody_finer_than_offered_without_the_second_consent():
    shown = [person for person in people() if person.shown_zone]

    for person in shown:
        area = next(steps for steps in GROUND.paths if person.shown_zone in steps)
        home = [GROUND.by_id[area_id] for area_id in area]
        level = level_of(person.shown_zone)
        check_level(level, for_minor=person.for_minor)
        offered = offered_level(home, PREVALENCE[person.condition], for_minor=person.for_minor)
        assert person.agrees_to_finer or not needs_second_consent(level, offered)
    assert {level_of(person.shown_zone) for person in shown} == set(CHOOSABLE)


def test_never_shows_those_without_a_place_to_anybody():
    assert {person.audience for person in people() if person.shown_zone is None} == {Audience.NOBODY}


def test_all_are_marked_as_invented():
    assert all(person.pseudonym.endswith("(invented)") for person in people())


def test_every_pin_is_the_one_that_a_real_member_would_have():
    for person in people():
        if person.shown_zone:
            real = jitter(
                GROUND.by_id[person.shown_zone], uuid.UUID(person.id), person.condition, salt=person.salt, key=KEY
            )
            assert (person.lng, person.lat) == ((real.pin.lng, real.pin.lat) if real.pin else (None, None))
        else:
            assert person.lng is None


def test_choosing_many_pins_is_choosing_each():
    zones = [zone("DE", 1), zone("DE.1.1", 2), zone("DE.1.1.7", 3)]
    asked = [(zones[n % 3], uuid.UUID(int=n, version=4), n * n, bytes([n % 7])[: n % 2]) for n in range(300)]

    many = list(
        jitter_many(((place, member.bytes, condition, salt) for place, member, condition, salt in asked), key=KEY)
    )

    assert many == [
        jitter(place, member, condition, salt=salt, key=KEY).pin for place, member, condition, salt in asked
    ]
    assert anchors.count(zones[2].anchors) == 5


def test_the_areas_are_those_of_the_ground():
    assert {steps[-1] for steps in GROUND.paths} == {zone_id for zone_id in GROUND.by_id if len(path(zone_id)) == 4}
