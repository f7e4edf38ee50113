"""The conditions in a list, as programs read it."""

from mapservice.store.catalogue import conditions, listing


def test_a_list_has_every_condition_once_with_its_codes(session):
    first, matched = listing.entries(session, limit=50)
    second, _matched = listing.entries(session, offset=50, limit=50)
    chosen, how_many = listing.entries(session, ["multiple-sclerosis", "acute-lymphoblastic-leukaemia"], limit=1)

    assert matched > 800
    assert len({condition.slug for condition in [*first, *second]}) == 100
    assert ([condition.slug for condition in chosen], how_many) == (["multiple-sclerosis"], 2)
    leukaemia = listing.entries(session, ["acute-lymphoblastic-leukaemia"])[0][0]
    assert leukaemia.codes["ORPHA"] == ["513"]
    assert leukaemia.synonyms == len(listing.synonyms(session, conditions.get(session, leukaemia.slug)))
