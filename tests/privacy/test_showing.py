import datetime as dt

import pytest

from mapservice.geo.zones import CHOOSABLE, Zone, path
from mapservice.privacy.home_changes import Home
from mapservice.privacy.showing import Obstacle, Wish, is_more_visible, obstacles
from mapservice.privacy.visibility import Audience

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
LONG_AGO = NOW - dt.timedelta(days=400)
AREA = [
    Zone(zone_id, 1, CHOOSABLE[at], "", people, b"")
    for at, (zone_id, people) in enumerate(
        zip(path("DE.1.2.3"), (83_000_000, 11_000_000, 200_000, 60_000), strict=True)
    )
]


def wish(depth: int = 4, audience: Audience = Audience.CONDITION, *, finer: bool = False, moved: bool = False) -> Wish:
    return Wish(AREA[:depth], audience, finer, moved)


def against(wish: Wish, home: Home | None = None, prevalence: float | None = None, *, for_minor: bool = False):
    return obstacles(wish, home, prevalence=prevalence, for_minor=for_minor, now=NOW)


def test_a_common_condition_may_be_shown_by_area_at_once():
    assert against(wish(), prevalence=500.0) == []


def test_a_rare_condition_asks_for_the_second_consent():
    assert against(wish()) == [Obstacle.NEEDS_CONSENT]
    assert against(wish(finer=True)) == []


def test_who_is_hidden_needs_no_second_consent():
    assert against(wish(audience=Audience.NOBODY)) == []


@pytest.mark.parametrize("audience", [Audience.CONDITION, Audience.NOBODY])
def test_never_grants_an_area_for_a_child_whatever_is_agreed_to(audience):
    assert Obstacle.TOO_FINE in against(wish(finer=True, audience=audience), for_minor=True)


def test_a_zone_elsewhere_must_be_said_to_be_a_move():
    home = Home("FR.1.1.1", LONG_AGO)

    assert against(wish(1), home) == [Obstacle.SAY_MOVED]
    assert against(wish(1, moved=True), home) == []


def test_a_second_move_has_to_wait():
    assert against(wish(1, moved=True), Home("FR.1.1.1", NOW - dt.timedelta(days=30))) == [Obstacle.MOVED_TOO_SOON]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("DE.1", Audience.MEMBERS), ("DE", Audience.MEMBERS), False),
        (("DE.1", Audience.MEMBERS), ("DE.1", Audience.CONDITION), False),
        (("DE.1", Audience.MEMBERS), ("DE.1.2", Audience.NOBODY), False),
        (("DE.1", Audience.MEMBERS), (None, Audience.MEMBERS), False),
        (("DE.1", Audience.CONDITION), ("DE.1", Audience.MEMBERS), True),
        (("DE.1", Audience.CONDITION), ("DE.1.2", Audience.CONDITION), True),
        ((None, Audience.NOBODY), ("DE", Audience.CONDITION), True),
    ],
)
def test_only_showing_more_counts_as_more_visible(before, after, expected):
    assert is_more_visible(*before, *after) is expected
