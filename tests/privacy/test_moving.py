import datetime as dt

import pytest

from mapservice.errors import MovedTooSoonError
from mapservice.privacy.moving import CORRECTION, REST, Change, Home, change, next_home

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)


def home(age: dt.timedelta) -> Home:
    return Home("DE.1.2.3", NOW - age)


def test_the_first_choice_is_free():
    assert change(None, "DE.1", now=NOW) is Change.FIRST


@pytest.mark.parametrize("coarser", ["DE", "DE.1", "DE.1.2", "DE.1.2.3"])
def test_a_coarser_choice_keeps_the_home(coarser):
    before = home(REST * 2)

    assert next_home(before, coarser, now=NOW) == before


def test_a_finer_choice_inside_the_home_refines_it():
    assert next_home(Home("DE.1", NOW - REST * 2), "DE.1.2.3", now=NOW) == Home("DE.1.2.3", NOW)


@pytest.mark.parametrize(
    ("age", "expected"), [(CORRECTION - SECOND, Change.CORRECTED), (REST, Change.MOVED), (REST * 2, Change.MOVED)]
)
def test_a_choice_elsewhere_is_a_correction_on_the_first_day_and_a_move_after_the_rest(age, expected):
    assert change(home(age), "DE.1.2.4", now=NOW) is expected


@pytest.mark.parametrize("age", [CORRECTION, REST - SECOND])
def test_never_flips_a_home_between_the_first_day_and_the_end_of_the_rest(age):
    with pytest.raises(MovedTooSoonError):
        next_home(home(age), "DE.1.2.4", now=NOW)


def test_a_correction_does_not_prolong_the_day_in_which_it_is_free():
    before = home(CORRECTION - SECOND)

    assert next_home(before, "DE.9.9.9", now=NOW).since == before.since


def test_a_correction_takes_the_zone_that_was_chosen():
    before = home(CORRECTION - SECOND)

    assert next_home(before, "DE.9.9.9", now=NOW) == Home("DE.9.9.9", before.since)
