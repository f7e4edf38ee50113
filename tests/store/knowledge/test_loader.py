"""Facts in the database: loaded once, replaced when they or the catalogue changed, each with its source."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import ProgrammingError

from mapservice.facts import FactKind, Frequency, read_curated, read_facts
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import facts, loader
from mapservice.store.tables import Condition, Loaded
from mapservice.store.tables.knowledge import ConditionFact, CuratedSymptomRow, PrevalenceSource

CF = "cystic-fibrosis"


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_all_facts_are_there_and_loaded_once(session):
    assert count(session, ConditionFact) == sum(len(one.facts) for one in read_facts().conditions)
    assert count(session, CuratedSymptomRow) == len(list(read_curated()))
    assert not loader.load(session)


def test_each_prevalence_of_the_catalogue_names_its_source(session):
    known = session.scalars(select(Condition.id).where(Condition.prevalence.is_not(None), ~Condition.is_own)).all()
    sources = {row.condition_id: row.source for row in session.scalars(select(PrevalenceSource))}

    assert len(known) > 300
    assert set(sources) == set(known)
    assert all(sources.values())


def test_facts_are_loaded_again_with_another_catalogue(owner_session, monkeypatch):
    book = read_facts()
    few = [one for one in book.conditions if one.slug == CF]
    monkeypatch.setattr(loader, "read_facts", lambda: replace(book, conditions=few))
    owner_session.execute(update(Loaded).where(Loaded.subject == "conditions").values(digest="another"))

    assert loader.load(owner_session)
    assert count(owner_session, ConditionFact) == len(few[0].facts)
    assert not loader.load(owner_session)


def test_a_page_has_another_version_with_other_facts(owner_session):
    session = owner_session
    before = condition_page_version(session, CF)
    session.execute(update(Loaded).where(Loaded.subject == "facts").values(digest="another"))

    assert condition_page_version(session, CF) != before


def test_a_fact_has_the_name_of_its_source_and_its_references(session):
    found = facts.facts(session, conditions.get(session, CF))
    (lungs,) = (fact for fact in found if fact.term.label == "Airway obstruction")
    (inheritance,) = (fact for fact in found if fact.kind is FactKind.INHERITANCE)

    assert (lungs.entry, lungs.name, lungs.cited) == ("ORPHA:586", "Cystic fibrosis", ("ORPHA:586",))
    assert lungs.frequency is Frequency.VERY_FREQUENT
    assert (inheritance.term.label, inheritance.cited) == ("Autosomal recessive inheritance", ("OMIM:219700",))
    assert {fact.cited for fact in found if fact.kind is FactKind.ONSET} == {("PMID:10777364",)}


def test_chosen_symptoms_keep_our_order_and_say_whether_somebody_read_the_source(session):
    chosen = facts.chosen_symptoms(session, conditions.get(session, "multiple-sclerosis"))

    assert chosen[0].term.label == "Muscle weakness"
    assert {one.row.seen is None for one in chosen} == {True, False}


def test_codes_name_the_entry_that_gives_them(session):
    codes = {(code.system, code.code): code.entry for code in facts.crosswalk(session, conditions.get(session, CF))}

    assert codes[("ICD-10-CM", "E84")] == "MONDO:0009061"
    assert set(facts.release_days(session)) == {"annotations", "terms", "mondo"}


@pytest.mark.parametrize("table", ["condition_fact", "curated_symptom", "plain_name"])
def test_the_pages_cannot_change_facts(session, table):
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(f"delete from {table}"))
