"""Facts from small sources: what is taken, what is left out, and that the same sources give the same bytes."""

import gzip
import hashlib
import lzma
from dataclasses import replace
from pathlib import Path

import pytest

from mapservice.catalogue import ConditionRecord
from mapservice.facts import FACTS, CuratedSymptom, FactKind, Frequency, read_facts
from tools.facts.annotations import read_annotations
from tools.facts.build import Sources, build, to_bytes
from tools.facts.crosswalk import CROSSWALK, SYSTEMS, MondoEntry, read_crosswalk, read_mappings
from tools.facts.crosswalk import to_bytes as crosswalk_to_bytes
from tools.facts.terms import read_labels, read_terms

README = FACTS.parents[1] / "README.md"
TERMS = """format-version: 1.2
data-version: hp/releases/2026-02-16

[Term]
id: HP:0000007
name: Autosomal recessive inheritance
is_a: HP:0034345 ! Mendelian inheritance

[Term]
id: HP:0034345
name: Mendelian inheritance
is_a: HP:0000005 ! Mode of inheritance

[Term]
id: HP:0000005
name: Mode of inheritance

[Term]
id: HP:0003674
name: Onset

[Term]
id: HP:0003593
name: Infantile onset
is_a: HP:0003674 ! Onset

[Term]
id: HP:0003819
name: Death in childhood

[Term]
id: HP:0002094
name: Dyspnea
alt_id: HP:0009999
synonym: "Abnormal breathing" EXACT []
synonym: "Panting" RELATED layperson []
synonym: "Shortness of \\"breath\\"" EXACT layperson [https://orcid.org/1]
synonym: "Dyspnoea" EXACT uk_spelling []

[Term]
id: HP:0001738
name: Exocrine pancreatic insufficiency

[Term]
id: HP:0008888
name: obsolete Breathing
is_obsolete: true
replaced_by: HP:0009999

[Term]
id: HP:0007777
name: obsolete Nothing
is_obsolete: true

[Typedef]
id: part_of
name: part of
"""
COLUMNS = "database_id disease_name qualifier hpo_id reference evidence onset frequency sex modifier aspect biocuration"


def row(disease, term, *, aspect="P", frequency="", qualifier="", reference="", evidence="TAS"):
    return "\t".join(
        (disease, "A name", qualifier, term, reference or disease, evidence, "", frequency, "", "", aspect, "")
    )


@pytest.fixture
def sources(tmp_path):
    """Return a function that reads sources from rows of annotations."""
    (tmp_path / "hp.obo").write_text(TERMS)
    (tmp_path / "es.tsv").write_text(
        "source_language\ttranslation_language\tsubject_id\tsource_value\tpredicate_id\ttranslation_value\ttranslation_status\n"
        "en\tes\tHP:0002094\tDyspnea\trdfs:label\tDisnea\tOFFICIAL\n"
        "en\tes\tHP:0001738\tAnother label\trdfs:label\tOtra cosa\tOFFICIAL\n"
    )

    def read(*rows):
        (tmp_path / "phenotype.hpoa").write_text("\n".join(["#version: 2025-05-06", "\t".join(COLUMNS.split()), *rows]))
        release, terms = read_terms(tmp_path / "hp.obo")
        annotated, annotations = read_annotations(tmp_path / "phenotype.hpoa")
        crosswalk = [
            MondoEntry("MONDO:0009061", "cystic fibrosis", (("ORPHA", "586"), ("OMIM", "219700"), ("MeSH", "D003550"))),
            MondoEntry("MONDO:0005301", "multiple sclerosis", (("ICD-10-CM", "G35"),)),
        ]
        releases = {"terms": release, "annotations": annotated, "mondo": "2026-08-04"}
        return Sources(releases, terms, read_labels(tmp_path / "es.tsv"), annotations, crosswalk)

    return read


def condition(name="Cystic fibrosis", **codes):
    return ConditionRecord(name.lower().replace(" ", "-"), name, (), None, codes or {"ORPHA": ("586",)}, "")


def facts(book):
    return {(fact.kind, fact.term, fact.entry, fact.frequency) for one in book.conditions for fact in one.facts}


def test_a_symptom_keeps_the_class_of_its_frequency_and_its_source(sources):
    book = build(sources(row("ORPHA:586", "HP:0001738", frequency="HP:0040281")), [condition()])

    assert facts(book) == {(FactKind.SYMPTOM, "HP:0001738", "ORPHA:586", Frequency.VERY_FREQUENT)}
    assert book.conditions[0].facts[0].references == ("ORPHA:586",)


@pytest.mark.parametrize(
    "row",
    [
        row("ORPHA:586", "HP:0001738", qualifier="NOT"),
        row("ORPHA:586", "HP:0001738", frequency="HP:0040285"),
        row("ORPHA:586", "HP:0001738", frequency="0/17"),
        row("ORPHA:586", "HP:0007777"),
        row("ORPHA:586", "HP:0003819", aspect="C"),
        row("ORPHA:586", "HP:0002094", aspect="I"),
        row("DECIPHER:1", "HP:0001738"),
        row("ORPHA:587", "HP:0001738"),
    ],
)
def test_never_a_fact_that_the_sources_deny_or_that_says_something_else(sources, row):
    assert facts(build(sources(row), [condition()])) == set()


def test_inheritance_and_onset_come_from_the_disease_of_omim_that_mondo_says_is_the_same(sources):
    book = build(
        sources(
            row("OMIM:219700", "HP:0000007", aspect="I", evidence="IEA"),
            row("OMIM:219700", "HP:0003593", aspect="C", frequency="6/7", reference="PMID:10777364;PMID:1"),
        ),
        [condition()],
    )
    inheritance, onset = book.conditions[0].facts

    assert (inheritance.kind, inheritance.term, inheritance.automatic) == (FactKind.INHERITANCE, "HP:0000007", True)
    assert (onset.kind, onset.references, onset.automatic) == (FactKind.ONSET, ("PMID:1", "PMID:10777364"), False)
    assert onset.frequency is Frequency.UNSTATED
    assert book.entries["OMIM:219700"] == "cystic fibrosis"


def test_sources_that_disagree_are_both_kept(sources):
    rows = (
        row("ORPHA:586", "HP:0001738", frequency="HP:0040281"),
        row("OMIM:219700", "HP:0001738", frequency="HP:0040283"),
    )

    assert {(entry, frequency) for _, _, entry, frequency in facts(build(sources(*rows), [condition()]))} == {
        ("ORPHA:586", Frequency.VERY_FREQUENT),
        ("OMIM:219700", Frequency.OCCASIONAL),
    }


def test_a_symptom_without_a_frequency_is_used_only_where_no_source_has_one_with(sources):
    bare = row("OMIM:219700", "HP:0002094", frequency="3/21")

    with_class = build(sources(bare, row("ORPHA:586", "HP:0001738", frequency="HP:0040281")), [condition()])
    alone = build(sources(bare), [condition()])

    assert {term for _, term, _, _ in facts(with_class)} == {"HP:0001738"}
    assert facts(alone) == {(FactKind.SYMPTOM, "HP:0002094", "OMIM:219700", Frequency.UNSTATED)}


def test_labels_and_plain_names_are_those_of_hpo_and_a_retired_term_leads_to_the_present_one(sources):
    book = build(sources(row("ORPHA:586", "HP:0008888"), row("ORPHA:586", "HP:0001738")), [condition()])
    pancreas, breath = book.terms

    assert (breath.id, breath.label, breath.spanish) == ("HP:0002094", "Dyspnea", "Disnea")
    assert breath.plain == ('Shortness of "breath"',), "what is only related would say something else"
    assert (pancreas.label, pancreas.spanish) == ("Exocrine pancreatic insufficiency", ""), (
        "the label was changed since"
    )


def test_codes_come_from_mondo_and_never_twice(sources):
    known = condition(ORPHA=("586",), OMIM=("219700",))
    common = condition("Multiple sclerosis", ICD=("x",))
    book = build(replace(sources(), left_out={("MONDO:0009061", "MeSH", "D003550")}), [known, common])

    assert [one.codes for one in book.conditions] == [
        [("MONDO", "0009061", "MONDO:0009061")],
        [("MONDO", "0005301", "MONDO:0005301"), ("ICD-10-CM", "G35", "MONDO:0005301")],
    ]


def test_the_same_sources_in_another_order_give_the_same_bytes(sources):
    rows = [
        row(disease, term, frequency=frequency)
        for disease in ("ORPHA:586", "OMIM:219700")
        for term in ("HP:0001738", "HP:0002094")
        for frequency in ("HP:0040281", "HP:0040283")
    ]
    conditions = [condition(), condition("Multiple sclerosis", ICD=("x",))]

    first = to_bytes(build(sources(*rows), conditions))

    assert to_bytes(build(sources(*reversed(rows)), conditions[::-1])) == first


def test_what_is_written_can_be_read_again(sources, tmp_path):
    rows = row("ORPHA:586", "HP:0001738", frequency="HP:0040281"), row("OMIM:219700", "HP:0000007", aspect="I")
    book = build(sources(*rows), [condition()])
    (tmp_path / "facts.json.gz").write_bytes(to_bytes(book))

    assert read_facts(tmp_path / "facts.json.gz") == book


def test_the_crosswalk_is_written_as_it_was_read_and_without_titles_of_other_systems(tmp_path):
    head = "# mapping_set_version: http://x/mondo/releases/2026-08-04/mappings/x\nsubject_id\tsubject_label\tobject_id\tobject_label\n"
    exact = {
        "mondo_exactmatch_orphanet": "MONDO:1\tcystic fibrosis\tOrphanet:586\tTITLE\nMONDO:2\tobsolete x\tOrphanet:5\t",
        "mondo_exactmatch_icd11.foundation": "MONDO:1\tcystic fibrosis\ticd11.foundation:514403112\tTITLE",
    }
    for name in SYSTEMS:
        line = exact.get(name, "")
        (tmp_path / f"{name}.sssom.tsv.xz").write_bytes(lzma.compress((head + line).encode()))
    content = crosswalk_to_bytes(*read_mappings(tmp_path))
    (tmp_path / "small.xz").write_bytes(content)

    assert read_crosswalk(tmp_path / "small.xz") == (
        "2026-08-04",
        [MondoEntry("MONDO:1", "cystic fibrosis", (("ICD-11", "514403112"), ("ORPHA", "586")))],
    )
    assert b"TITLE" not in lzma.decompress(content)


@pytest.mark.parametrize(
    "text", [gzip.decompress(FACTS.read_bytes()), lzma.decompress(CROSSWALK.read_bytes())], ids=["facts", "crosswalk"]
)
def test_the_committed_files_are_those_that_their_description_names(text):
    assert hashlib.sha256(text).hexdigest() in Path(README).read_text()


def test_a_symptom_that_we_chose_must_have_the_label_of_hpo(sources):
    def chosen(label):
        return replace(sources(), curated=[CuratedSymptom("cystic-fibrosis", "HP:0002094", label, "A page", "", "")])

    assert [term.label for term in build(chosen("Dyspnea"), [condition()]).terms] == ["Dyspnea"]
    with pytest.raises(ValueError, match="cystic-fibrosis: HPO has no HP:0002094"):
        build(chosen("Breathless"), [condition()])
