"""Which conditions a service is for, and those that its operator added."""

import pytest

from mapservice.catalogue import ConditionRecord
from mapservice.errors import UnknownConditionError
from mapservice.store.catalogue import conditions, listing, offer
from mapservice.store.catalogue.offer import LastConditionError, SameNameError
from mapservice.store.operator import settings

ALL, MARFAN, CROHN = "acute-lymphoblastic-leukaemia", "marfan-syndrome", "crohns-disease"


def slugs(session) -> list[str]:
    return sorted(condition.slug for condition in listing.offered(session, 10_000))


def test_a_service_is_for_the_whole_catalogue_until_its_operator_chooses(session):
    assert offer.number_offered(session) > 4_000
    assert settings.load(session).number_offered is None


def test_a_choice_is_the_whole_of_search_lists_and_pages(session):
    offer.choose(session, [ALL, MARFAN])

    assert slugs(session) == [ALL, MARFAN]
    assert {hit.slug for hit in conditions.find(session, "a", 50)} <= {ALL, MARFAN}
    assert listing.letters(session) == ["A", "M"]
    assert listing.entries(session)[1] == 2
    assert settings.load(session).number_offered == 2
    with pytest.raises(UnknownConditionError):
        conditions.get(session, CROHN)
    assert conditions.get(session, CROHN, hidden=True).slug == CROHN


def test_conditions_are_added_and_hidden_one_at_a_time(session):
    offer.choose(session, [ALL])
    assert settings.load(session).only == ALL

    assert [offer.offer(session, MARFAN), offer.offer(session, MARFAN)] == [True, False]
    assert settings.load(session).only == ""
    assert [offer.hide(session, ALL), offer.hide(session, ALL)] == [True, False]
    assert slugs(session) == [MARFAN]
    assert settings.load(session).only == MARFAN


def test_the_last_condition_stays(session):
    offer.choose(session, [ALL])

    with pytest.raises(LastConditionError):
        offer.hide(session, ALL)
    with pytest.raises(LastConditionError):
        offer.choose(session, [])
    assert slugs(session) == [ALL]


def test_a_slug_that_nobody_knows_changes_nothing(session):
    for change in (lambda: offer.choose(session, [ALL, "x"]), lambda: offer.hide(session, "x")):
        with pytest.raises(UnknownConditionError):
            change()
    assert settings.load(session).number_offered is None


def test_a_choice_that_was_given_up_is_remembered(session):
    offer.choose(session, [ALL, MARFAN])
    offer.choose_all(session)

    assert offer.number_offered(session) > 4_000
    assert settings.load(session).number_offered is None
    assert settings.load(session).earlier.split() == [ALL, MARFAN]


def test_one_hidden_condition_leaves_the_service_one_for_all_others(session):
    offer.hide(session, CROHN)

    assert settings.load(session).number_offered is None
    assert [condition.slug for condition in offer.hidden(session, 5)] == [CROHN]


def test_a_condition_of_ones_own_is_found_by_all_its_names(session):
    offer.add_own(session, "ours", "Ourselves’ Disease", synonyms=["Zweites Leiden"], prevalence=0.5)

    assert [conditions.find(session, name)[0].slug for name in ("ourselves disease", "zweites")] == ["ours", "ours"]
    assert conditions.get(session, "ours").prevalence == 0.5


@pytest.mark.parametrize(("slug", "name"), [("marfan-syndrome", "Something"), ("other", "MARFAN  syndrome")])
def test_a_name_or_a_slug_is_not_used_twice(session, slug, name):
    with pytest.raises(SameNameError):
        offer.add_own(session, slug, name)


def test_a_catalogue_changes_no_condition_of_ones_own_and_offers_nothing_new_beside_a_choice(owner_session):
    offer.add_own(owner_session, "ours", "Our Disease", prevalence=0.5)
    offer.choose(owner_session, ["ours"])
    new = [ConditionRecord(slug, f"New {slug}", (), 7.0, {}, "") for slug in ("ours", "brand-new")]

    conditions.load(owner_session, records=new)

    assert slugs(owner_session) == ["ours"]
    owner_session.expire_all()
    assert conditions.get(owner_session, "ours").name == "Our Disease"
    assert not conditions.get(owner_session, "brand-new", hidden=True).is_offered
    assert conditions.find(owner_session, "our disease")[0].slug == "ours"
