import datetime as dt

import pytest

from mapservice.errors import MovedTooSoonError
from mapservice.geo.zones import ZoneId
from mapservice.privacy.home_changes import (
    COOLDOWN,
    CORRECTION,
    Change,
    FormerHome,
    Home,
    change,
    next_home,
    next_move_date,
)

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def home(age: dt.timedelta) -> Home:
    return Home(ZoneId("DE.1.2.3"), NOW - age)


def test_the_first_choice_is_free():
    assert change(None, "DE.1", now=NOW) is Change.FIRST


@pytest.mark.parametrize("coarser", ["DE", "DE.1", "DE.1.2", "DE.1.2.3"])
def test_a_coarser_choice_keeps_the_home(coarser):
    before = home(COOLDOWN * 2)

    assert next_home(before, coarser, now=NOW) == before


def test_a_finer_choice_inside_the_home_refines_it():
    assert next_home(Home("DE.1", NOW - COOLDOWN * 2), "DE.1.2.3", now=NOW) == Home("DE.1.2.3", NOW)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(CORRECTION - SECOND, Change.CORRECTED), (COOLDOWN, Change.MOVED), (COOLDOWN * 2, Change.MOVED)],
)
def test_a_choice_elsewhere_is_a_correction_on_the_first_day_and_a_move_after_the_rest(age, expected):
    assert change(home(age), "DE.1.2.4", now=NOW) is expected


@pytest.mark.parametrize("age", [CORRECTION, COOLDOWN - SECOND])
def test_never_flips_a_home_between_the_first_day_and_the_end_of_the_rest(age):
    with pytest.raises(MovedTooSoonError):
        next_home(home(age), "DE.1.2.4", now=NOW)


def test_a_correction_does_not_prolong_the_day_in_which_it_is_free():
    before = home(CORRECTION - SECOND)

    assert next_home(before, "DE.9.9.9", now=NOW).since == before.since


def test_a_correction_takes_the_zone_that_was_chosen():
    before = home(CORRECTION - SECOND)

    assert next_home(before, "DE.9.9.9", now=NOW) == Home("DE.9.9.9", before.since, 1)


def test_never_corrects_more_than_twice():
    held = home(SECOND)
    for zone in ("DE.1.2.4", "DE.1.2.3"):
        held = next_home(held, zone, now=NOW)

    with pytest.raises(MovedTooSoonError):
        next_home(held, "DE.1.2.4", now=NOW)


def test_never_corrects_more_than_twice_by_coarsening_and_refining():
    held, changes = Home("DE.1.2.3", NOW), 0
    for day in range(80):
        now = NOW + dt.timedelta(days=day)
        for zone in ("DE.1.3", "DE.1.3.1", "DE.1.2", "DE.1.2.3"):
            try:
                what = change(held, zone, now=now)
            except MovedTooSoonError:
                continue
            changes += what is Change.CORRECTED
            held = next_home(held, zone, now=now)

    assert changes == 2


def test_corrections_come_back_after_a_rest():
    tired = Home("DE.1", NOW - COOLDOWN, 2)

    assert next_home(tired, "DE.1.2", now=NOW).corrections == 0
    assert next_home(tired, "DE.2", now=NOW) == Home("DE.2", NOW)
    assert next_home(Home("DE.1", NOW - COOLDOWN + SECOND, 2), "DE.1.2", now=NOW).corrections == 2


class TestOfADeletedHome:
    """Nobody knows where it was, so that any choice may be another one."""

    @pytest.mark.parametrize("days", [0, 1])
    @pytest.mark.parametrize("used", [0, 1])
    def test_a_correction_that_is_left_may_be_used(self, days, used):
        former = FormerHome(NOW.date() - dt.timedelta(days=days), used)

        assert change(former, "DE.1.2.3", now=NOW) is Change.CORRECTED
        assert next_home(former, "DE.1.2.3", now=NOW) == Home("DE.1.2.3", former.since, used + 1)

    @pytest.mark.parametrize(("days", "used"), [(0, 2), (2, 0), (89, 0)])
    def test_never_makes_the_next_choice_free_before_the_rest_is_over(self, days, used):
        with pytest.raises(MovedTooSoonError):
            next_home(FormerHome(NOW.date() - dt.timedelta(days=days), used), "DE.1.2.3", now=NOW)

    def test_after_the_rest_it_is_a_first_choice(self):
        former = FormerHome(NOW.date() - COOLDOWN, 2)

        assert change(former, "DE.1", now=NOW) is Change.FIRST
        assert next_home(former, "DE.1", now=NOW) == Home("DE.1", NOW)
        assert next_move_date(former) == NOW.date()
