import pytest

from mapservice.errors import TooFineError
from mapservice.geo.zones import CHOOSABLE, Level, Zone, path
from mapservice.privacy.precision import (
    MIN_EXPECTED_PEOPLE,
    UNKNOWN_PREVALENCE,
    check_level,
    expected_people,
    needs_second_consent,
    offered_level,
)


def home(*people: int) -> list[Zone]:
    """A home's zones from the country down, with the people of each."""
    ids = path("DE.1.1.1")
    return [Zone(ids[at], 1, CHOOSABLE[at], f"zone {at}", n, b"") for at, n in enumerate(people)]


def test_unknown_prevalence_counts_as_that_of_a_rare_disease():
    area = home(100_000)[0]

    assert expected_people(area, None) == UNKNOWN_PREVALENCE


@pytest.mark.parametrize(
    ("area_people", "offered"),
    [
        (MIN_EXPECTED_PEOPLE * 1000 - 1, Level.DISTRICT),
        (MIN_EXPECTED_PEOPLE * 1000, Level.AREA),
        (MIN_EXPECTED_PEOPLE * 1000 + 1, Level.AREA),
    ],
)
def test_the_finest_level_that_holds_enough_people_is_offered(area_people, offered):
    path = home(80_000_000, 900_000, 200_000, area_people)

    assert offered_level(path, prevalence=100.0) is offered


def test_a_country_is_offered_where_no_zone_holds_enough():
    assert offered_level(home(200_000, 200_000, 100_000, 50_000), prevalence=0.1) is Level.COUNTRY


def test_never_offers_more_than_the_region_to_who_speaks_for_a_child():
    path = home(80_000_000, 9_000_000, 2_000_000, 1_000_000)

    assert offered_level(path, prevalence=1000.0, for_minor=True) is Level.REGION


@pytest.mark.parametrize("level", [Level.DISTRICT, Level.AREA])
def test_never_grants_a_level_finer_than_region_for_a_child(level):
    with pytest.raises(TooFineError):
        check_level(level, for_minor=True)


@pytest.mark.parametrize("level", CHOOSABLE)
def test_an_adult_may_show_every_level(level):
    check_level(level, for_minor=False)


def test_only_a_finer_level_than_the_offered_one_asks_for_a_second_consent():
    asks = [level for level in CHOOSABLE if needs_second_consent(level, offered=Level.REGION)]

    assert asks == [Level.DISTRICT, Level.AREA]
