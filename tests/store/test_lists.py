"""The conditions in a list, as programs read it."""

from mapservice.store import catalogue, conditions


def test_a_list_has_every_condition_once_with_its_codes(session):
    first, matched = catalogue.entries(session, limit=50)
    second, _matched = catalogue.entries(session, offset=50, limit=50)
    chosen, how_many = catalogue.entries(session, ["multiple-sclerosis", "acute-lymphoblastic-leukaemia"], limit=1)

    assert matched > 800
    assert len({each.slug for each in [*first, *second]}) == 100
    assert ([each.slug for each in chosen], how_many) == (["multiple-sclerosis"], 2)
    leukaemia = catalogue.entries(session, ["acute-lymphoblastic-leukaemia"])[0][0]
    assert leukaemia.codes["ORPHA"] == ["513"]
    assert leukaemia.synonyms == len(catalogue.synonyms(session, conditions.get(session, leukaemia.slug)))
