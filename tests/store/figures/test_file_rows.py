"""Released figures as rows of a file."""

import pytest

from mapservice.store.catalogue import conditions
from mapservice.store.figures import file_rows, releases
from testing.releasing import put_figures

SHOWN = {"world": 210, "DE": 85, "DE.3": 25, "XA": 20, "CH.1": 15}


@pytest.fixture
def released(session, condition):
    put_figures(session, condition, 1, {"world": 190, "DE": 70})
    put_figures(session, conditions.get(session, "crohns-disease"), 2, {"world": 60})
    return put_figures(session, condition, 2, SHOWN)


def places(rows):
    return [(row.slug, row.zone, row.shown) for row in rows]


def test_the_world_comes_first_and_then_the_places_of_the_level(session, condition, released):
    by_country = list(file_rows.rows(session, released, [condition.slug], "country", with_few=False))

    assert places(by_country) == [
        (condition.slug, "world", 210),
        (condition.slug, "DE", 85),
        (condition.slug, "XA", 20),
    ]
    assert (by_country[1].zone_name, by_country[1].codes, by_country[1].orpha) == ("Germany", ["DE"], "513")
    assert {"AD", "LI", "SM"} <= set(by_country[2].codes)


def test_a_region_knows_its_country(session, condition, released):
    [_world, *regions] = file_rows.rows(session, released, [condition.slug], "region", with_few=False)

    assert [(row.zone, row.country, row.country_name) for row in regions] == [
        ("CH.1", "CH", "Switzerland"),
        ("DE.3", "DE", "Germany"),
    ]


def test_conditions_stand_one_after_the_other(session, condition, released):
    sorted_rows = file_rows.rows(session, released, ["crohns-disease", condition.slug], "region", with_few=False)

    assert [row.slug for row in sorted_rows] == [condition.slug] * 3 + ["crohns-disease"]


def test_places_too_few_to_show_come_only_where_they_are_wanted(session, condition, released):
    all_rows = list(file_rows.rows(session, released, [condition.slug], "country", with_few=True))

    assert len(all_rows) == 193
    assert {row.zone: row.shown for row in all_rows if row.shown} == {"world": 210, "DE": 85, "XA": 20}


def test_an_old_release_stays_as_it_was(session, condition, released):
    old = releases.find(session, 1)

    assert places(file_rows.rows(session, old, [condition.slug], "country", with_few=False)) == [
        (condition.slug, "world", 190),
        (condition.slug, "DE", 70),
    ]


def test_pages_of_figures_have_one_order_and_leave_the_world_out(session, condition):
    other = conditions.get(session, "crohns-disease")
    made = put_figures(session, condition, 1, {"world": 210, "DE": 85, "DE.3": 25, "FR": 40})
    put_figures(session, other, 1, {"world": 65, "DE": 15})

    pages = [file_rows.page(session, made, "country", offset=offset, limit=2) for offset in (0, 2, 4)]

    keys = [(row.slug, row.zone, row.shown) for page in pages for row in page.rows]
    assert keys == [(condition.slug, "DE", 85), (condition.slug, "FR", 40), (other.slug, "DE", 15)]
    assert {page.matched for page in pages} == {3}
    assert file_rows.page(session, made, "region").rows[0].country_name == "Germany"


def test_a_page_can_be_of_one_condition_and_of_some_places(session, condition):
    made = put_figures(session, condition, 1, {"DE": 85, "FR": 40})

    assert [row.zone for row in file_rows.page(session, made, "country", within=["FR", "DE.3"]).rows] == ["FR"]
    assert file_rows.page(session, made, "country", within=[]).matched == 0
    other = conditions.get(session, "crohns-disease")
    assert file_rows.page(session, made, "country", condition=other) == file_rows.RowPage([], 0)
