"""The committed facts against the lines of their sources, and how many conditions have some."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from mapservice.catalogue import read_conditions, read_demo
from mapservice.facts import FactKind, Frequency, read_curated, read_facts
from tools.facts.annotations import FREQUENCIES

# Lines of phenotype.hpoa as they are: 230 drawn by chance from those about our conditions, 20 of them with NOT.
SAMPLE = Path(__file__).parent / "tools" / "phenotype_sample.hpoa"
KINDS = {"P": FactKind.SYMPTOM, "I": FactKind.INHERITANCE, "C": FactKind.ONSET}


@pytest.fixture(scope="module")
def book():
    """All facts."""
    return read_facts()


def sample():
    with SAMPLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def has_facts(book, kind):
    return {one.slug for one in book.conditions if any(fact.kind is kind for fact in one.facts)}


def test_a_sample_of_the_facts_is_what_its_source_says(book):
    facts = defaultdict(dict)
    for one in book.conditions:
        for fact in one.facts:
            facts[fact.entry, fact.term, fact.kind, fact.frequency] = fact
    terms = {term.id for term in book.terms}
    missing, checked = [], 0
    for line in sample():
        key = line["database_id"], line["hpo_id"], KINDS[line["aspect"]], FREQUENCIES.get(line["frequency"], "")
        is_course = line["aspect"] == "C" and line["hpo_id"] not in terms  # such as its speed, which is no onset
        if line["qualifier"] == "NOT":
            assert all((*key[:3], frequency) not in facts for frequency in Frequency), line
        elif not is_course:
            checked += 1
            missing += [key] if key not in facts else []
            assert key not in facts or set(line["reference"].split(";")) <= set(facts[key].references)

    # A term that HPO has retired since is kept under the one that replaced it.
    assert len(missing) <= 2, missing
    assert checked > 190


def test_each_condition_has_only_facts_of_its_own_diseases(book):
    conditions = {condition.slug: condition for condition in read_conditions()}
    for one in book.conditions:
        own = {f"{system}:{code}" for system, codes in conditions[one.slug].codes.items() for code in codes}
        own |= {f"{system}:{code}" for system, code, _ in one.codes}
        assert {fact.entry for fact in one.facts} <= own, one.slug


def test_as_many_conditions_have_facts_as_the_sources_allow(book):
    assert len(has_facts(book, FactKind.SYMPTOM)) >= 4_100
    assert len(has_facts(book, FactKind.INHERITANCE)) >= 2_100
    assert len(has_facts(book, FactKind.ONSET)) >= 1_080
    catalogued = {condition.slug for condition in read_conditions() if "OMIM" in condition.codes}
    assert (
        len(catalogued | {one.slug for one in book.conditions if any(code[0] == "OMIM" for code in one.codes)}) >= 2_300
    )


def test_cystic_fibrosis_has_the_facts_that_its_sources_state(book):
    (facts,) = (one.facts for one in book.conditions if one.slug == "cystic-fibrosis")
    labels = {term.id: term.label for term in book.terms}
    very_frequent = {labels[fact.term] for fact in facts if fact.frequency is Frequency.VERY_FREQUENT}

    assert {"Airway obstruction", "Exocrine pancreatic insufficiency", "Bronchiectasis"} <= very_frequent
    assert [labels[fact.term] for fact in facts if fact.kind is FactKind.INHERITANCE] == [
        "Autosomal recessive inheritance"
    ]
    assert {(labels[fact.term], fact.references) for fact in facts if fact.kind is FactKind.ONSET} == {
        ("Infantile onset", ("PMID:10777364",)),
        ("Childhood onset", ("PMID:10777364",)),
    }


def test_never_a_gene_or_the_time_of_a_death_among_the_facts(book):
    labels = {term.id: term.label.casefold() for term in book.terms}

    assert {fact.term for one in book.conditions for fact in one.facts} <= set(labels)
    onsets = {labels[fact.term] for one in book.conditions for fact in one.facts if fact.kind is FactKind.ONSET}
    assert all("onset" in label for label in onsets), onsets


def test_all_conditions_of_the_demo_have_symptoms_derived_or_chosen(book):
    weights = {condition.slug: condition.weight for condition in read_demo()}
    derived, chosen = has_facts(book, FactKind.SYMPTOM), {row.slug for row in read_curated()}

    assert sum(weights[slug] for slug in derived & set(weights)) == pytest.approx(23)
    assert set(weights) <= derived | chosen


def test_each_symptom_that_we_chose_is_a_term_of_hpo_with_a_source(book):
    labels = {term.id: term.label for term in book.terms}
    known = {condition.slug for condition in read_conditions()}
    rows = list(read_curated())
    chosen = Counter(row.slug for row in rows)

    assert {row.slug for row in rows} <= known
    assert len({(row.slug, row.term) for row in rows}) == len(rows)
    assert all(labels[row.term] == row.label for row in rows)
    assert all(row.source and row.address.startswith(("https://", "http://")) for row in rows)
    assert all(10 <= number <= 20 for number in chosen.values()), chosen
    assert all(not row.seen or dt.date.fromisoformat(row.seen) for row in rows)
