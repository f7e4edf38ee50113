import struct
import uuid
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapservice.geo.zones import Level, Zone, ZoneId, path
from mapservice.privacy.geomasking import Pin, Shown, anchor_index, coarsen, jitter, jitter_many

KEY = bytes(range(32))
SALT = bytes(range(16))
MEMBERS = [uuid.UUID(int=number) for number in range(4000)]


def zone(level: Level = Level.AREA, zone_id: str = "DE.1.2.3", anchors: int = 256) -> Zone:
    packed = b"".join(struct.pack("<ii", 8_000_000 + n, 48_000_000 - n) for n in range(anchors))
    return Zone(ZoneId(zone_id), 1, level, "Freiburg", 120_000, packed)


def test_never_draws_a_second_pin_for_the_same_place():
    pins = {jitter(zone(), MEMBERS[0], 7, salt=SALT, key=KEY) for _ in range(200)}

    assert len(pins) == 1


def test_a_pin_is_always_an_anchor_of_its_zone():
    anchors = {((8_000_000 + n) / 1e6, (48_000_000 - n) / 1e6) for n in range(256)}

    pins = [jitter(zone(), member, 7, salt=SALT, key=KEY).pin for member in MEMBERS[:500]]

    assert {(pin.lng, pin.lat) for pin in pins} <= anchors


@pytest.mark.parametrize("level", [Level.COUNTRY, Level.REGION])
def test_never_draws_a_country_or_a_region_as_a_dot(level):
    assert (
        jitter(zone(level, "DE" if level is Level.COUNTRY else "DE.1"), MEMBERS[0], 7, salt=SALT, key=KEY).pin is None
    )


def test_pins_of_two_conditions_say_nothing_of_each_other():
    same = sum(
        anchor_index(KEY, zone(), member, 7, SALT, 256) == anchor_index(KEY, zone(), member, 8, SALT, 256)
        for member in MEMBERS
    )

    assert same / len(MEMBERS) < 3 / 256


def test_anchors_are_used_evenly():
    used = Counter(anchor_index(KEY, zone(), member, 7, SALT, 16) for member in MEMBERS)

    expected = len(MEMBERS) / 16
    chi_square = sum((n - expected) ** 2 / expected for n in used.values())
    assert chi_square < 37.7  # p > 0.001 at 15 degrees of freedom


def test_another_key_draws_other_pins():
    same = sum(
        anchor_index(KEY, zone(), m, 7, SALT, 256) == anchor_index(KEY[::-1], zone(), m, 7, SALT, 256) for m in MEMBERS
    )

    assert same / len(MEMBERS) < 3 / 256


@given(st.integers(1, 9), st.integers(1, 99), st.integers(1, 99), st.sampled_from(list(Level)[1:]))
def test_coarsening_shows_an_ancestor_and_never_more(region, district, area, level):
    home = f"DE.{region}.{district}.{area}"

    assert coarsen(home, level) in path(home)
    assert coarsen(coarsen(home, level), Level.AREA) == coarsen(home, level)


@pytest.mark.parametrize(
    ("salt", "expected"), [(b"", [184, 232, 69, 29]), (SALT, [87, 154, 69, 33])], ids=["of before salts", "with a salt"]
)
def test_the_anchor_of_a_membership_stays_for_life(salt, expected):
    freiburg = zone(zone_id="DE.3.4.3")

    drawn = [
        anchor_index(KEY, freiburg, uuid.UUID(int=n), condition, salt, 256) for n in (1, 2) for condition in (7, 8)
    ]

    assert drawn == expected, "written down when the mechanism was made"


def test_another_salt_draws_other_pins():
    salts = [bytes([n]) * 16 for n in range(2)]
    one, other = ([anchor_index(KEY, zone(), member, 7, salt, 256) for member in MEMBERS] for salt in salts)

    assert sum(map(int.__eq__, one, other)) / len(MEMBERS) < 3 / 256


def test_a_membership_shows_its_zone_and_the_anchor_drawn_for_it():
    index = anchor_index(KEY, zone(), MEMBERS[0], 7, SALT, 256)

    assert jitter(zone(), MEMBERS[0], 7, salt=SALT, key=KEY) == Shown(
        "DE.1.2.3", Pin((8_000_000 + index) / 1e6, (48e6 - index) / 1e6)
    )


def test_a_zone_with_one_anchor_has_a_pin_and_one_with_none_has_not():
    assert jitter(zone(anchors=1), MEMBERS[0], 7, salt=SALT, key=KEY) == Shown("DE.1.2.3", Pin(8.0, 48.0))
    assert jitter(zone(anchors=0), MEMBERS[0], 7, salt=SALT, key=KEY) == Shown("DE.1.2.3", None)


@pytest.mark.parametrize("level", [Level.COUNTRY, Level.REGION, Level.DISTRICT, Level.AREA])
def test_many_pins_are_the_same_as_one_by_one(level):
    one = zone(level, "DE.1.2.3".rsplit(".", 4 - list(Level).index(level))[0])

    drawn = list(jitter_many([(one, member.bytes, 7, SALT) for member in MEMBERS[:50]], key=KEY))

    assert drawn == [jitter(one, member, 7, salt=SALT, key=KEY).pin for member in MEMBERS[:50]]


@pytest.mark.parametrize(
    ("level", "shown"),
    [(Level.COUNTRY, "DE"), (Level.REGION, "DE.3"), (Level.DISTRICT, "DE.3.7"), (Level.AREA, "DE.3.7.2")],
)
def test_a_level_shows_its_own_ancestor(level, shown):
    assert coarsen("DE.3.7.2", level) == shown
