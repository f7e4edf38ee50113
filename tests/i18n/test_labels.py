import pytest

from mapservice.i18n.labels import at_least, country_name, expected, zone_name
from mapservice.i18n.translation import use_locale


@pytest.mark.parametrize(
    ("zone_id", "name", "words"),
    [
        ("DE", "Deutschland", "Germany"),
        ("XK", "Kosovo", "Kosovo"),
        ("XA", "Small states of Europe", "Small states of Europe"),
        ("DE.3", "Baden-Württemberg", "Baden-Württemberg"),
        ("DE.3.4", "Freiburg", "District around Freiburg"),
        ("DE.3.4.3", "Freiburg", "Area around Freiburg"),
        ("155", "Western Europe", "Western Europe"),
    ],
)
def test_a_zone_is_called_as_people_know_it(zone_id, name, words):
    assert zone_name(zone_id, name) == words


def test_a_country_is_named_in_the_language_of_the_reader():
    with use_locale("de"):
        assert country_name("DE", "") == "Deutschland"
        assert country_name("XA", "Small states of Europe") == "Small states of Europe"


@pytest.mark.parametrize(("people", "words"), [(61_842, "61,000"), (99, "99"), (50_000, "50,000"), (0, "0")])
def test_people_are_told_as_a_lower_bound(people, words):
    assert at_least(people) == f"at least {words} people"


@pytest.mark.parametrize(
    ("people", "words"), [(0.2, "fewer than 1 person"), (1.2, "about 1 person"), (2_400.4, "about 2,400 people")]
)
def test_expected_people_are_said_in_words(people, words):
    assert expected(people) == words
