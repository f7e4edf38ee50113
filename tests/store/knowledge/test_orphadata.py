"""Orphanet's own files: which statements are taken, and what they replace."""

import pytest

from mapservice.errors import SetupError
from mapservice.facts import FactKind, Frequency
from mapservice.orphadata import read_orphanet
from mapservice.store.across.page_versions import condition_page_version
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import facts, loader, orphadata
from tests.store.knowledge.orphanet_files import CAUSES, SYMPTOM, gene, written

__all__ = ["written"]

CF = "cystic-fibrosis"


def test_only_genes_that_are_stated_and_assessed_to_cause_a_disease_are_read(written):
    path = written(
        gene("CFTR", cited="22587682[PMID]_ISBN-1[OTHER]_11309371[PMID]")
        + gene("LOSS", f"{CAUSES.removesuffix(' in')} (loss of function) in")
        + gene("SOMA", "Disease-causing somatic mutation(s) in")
        + gene("MODI", "Modifying germline mutation in")
        + gene("CAND", "Candidate gene tested in")
        + gene("BIOM", "Biomarker tested in")
        + gene("NEWS", status="Not yet assessed"),
        encoding="iso-8859-1",
    )
    read = read_orphanet(path)

    assert [(one.symbol, one.somatic) for one in read.genes] == [("CFTR", False), ("LOSS", False), ("SOMA", True)]
    assert read.genes[0].references == ("PMID:22587682", "PMID:11309371")
    assert (str(read.day), read.names) == ("2025-12-09", {"ORPHA:586": "Mucoviscidose fibrokystique é"})


@pytest.mark.parametrize("body", ["", gene("MODI", "Modifying germline mutation in"), "<broken"])
def test_another_file_is_refused_with_where_to_find_the_right_ones(written, body):
    with pytest.raises(SetupError, match=r"orphadata\.com|cannot be read as XML"):
        read_orphanet(written(body))


def test_genes_of_a_condition_are_found_by_its_code_each_once(owner_session, written):
    session, twice = owner_session, gene("CFTR", cited="1[PMID]") + gene("CFTR", cited="2[PMID]_1[PMID]")
    before = condition_page_version(session, CF)

    assert orphadata.load(session, read_orphanet(written(twice))) == 1
    (found,) = orphadata.genes(session, conditions.get(session, CF))
    assert (found.symbol, found.name, found.cited) == ("CFTR", "name of CFTR", ["PMID:1", "PMID:2"])
    assert not orphadata.genes(session, conditions.get(session, "marfan-syndrome"))
    assert condition_page_version(session, CF) != before

    orphadata.remove(session)
    assert not orphadata.genes(session, conditions.get(session, CF))
    assert condition_page_version(session, CF) == before


def test_newer_symptoms_of_a_disease_replace_ours_and_leave_out_what_is_excluded_or_unknown(owner_session, written):
    session, condition = owner_session, conditions.get(owner_session, CF)
    inheritance = [fact for fact in facts.facts(session, condition) if fact.kind is not FactKind.SYMPTOM]
    rows = [("HP:0001738", "Frequent (79-30%)"), ("HP:0002099", "Excluded (0%)"), ("HP:9999999", "Obligate (100%)")]
    body = "".join(SYMPTOM.format(term=term, frequency=frequency) for term, frequency in rows)

    assert orphadata.load(session, read_orphanet(written(body, "en_product4.xml"))) == 1
    found = facts.facts(session, condition)
    symptoms = [fact for fact in found if fact.kind is FactKind.SYMPTOM and fact.entry == "ORPHA:586"]
    assert [(fact.term.number, fact.frequency) for fact in symptoms] == [(1738, Frequency.FREQUENT)]
    assert [fact for fact in found if fact.kind is not FactKind.SYMPTOM] == inheritance
    assert str(facts.release_days(session)["orphanet_symptoms"]) == "2025-12-09"


def test_what_an_operator_loaded_stays_when_our_facts_are_loaded_again(owner_session, written, monkeypatch):
    orphadata.load(owner_session, read_orphanet(written(gene("CFTR"))))
    monkeypatch.setattr(loader, "EDITION", "another")

    assert loader.load(owner_session)
    assert orphadata.genes(owner_session, conditions.get(owner_session, CF))
