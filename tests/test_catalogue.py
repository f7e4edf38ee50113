"""The catalogue: one page per community, findable by every name it has."""

import gzip
from collections import Counter

import pytest

from mapservice.catalogue import CONDITIONS, FOLDER, read_conditions, read_demo
from mapservice.text.folding import fold
from tools.conditions.build import CatalogueError, build, to_bytes
from tools.conditions.orphanet import SourceDisease
from tools.conditions.spelling import british, without_prefix
from tools.conditions.tables import CuratedCondition, KnownDisease, read_curated, read_known, read_left_out

ALL = "acute-lymphoblastic-leukaemia"


@pytest.fixture(scope="module")
def catalogue():
    """Every condition by its slug."""
    return {record.slug: record for record in read_conditions()}


@pytest.fixture(scope="module")
def curated():
    """The rows written by hand."""
    return list(read_curated(FOLDER / "curated.tsv"))


def folded_names(record):
    return {fold(name) for name in (record.name, *record.synonyms)}


def disease(code, name, *omim):
    return SourceDisease(code, name, omim)


def test_slugs_are_unique_and_fit_into_an_address():
    slugs = [record.slug for record in read_conditions()]

    assert len(slugs) == len(set(slugs)) > 4_300
    assert all(slug.isascii() and slug == fold(slug).replace(" ", "-") for slug in slugs)


def test_no_name_leads_to_two_conditions(catalogue):
    owners = Counter(name for record in catalogue.values() for name in folded_names(record))

    assert [name for name, count in owners.items() if count > 1] == []


def test_no_code_leads_to_two_conditions(catalogue):
    owners = Counter(code for record in catalogue.values() for code in record.codes.get("ORPHA", ()))

    assert [code for code, count in owners.items() if count > 1] == []


def test_acute_lymphoblastic_leukaemia_is_there_and_first_in_the_demo(catalogue):
    assert {"all", "acute lymphocytic leukemia", "acute lymphoid leukaemia"} <= folded_names(catalogue[ALL])
    assert catalogue[ALL].codes["ORPHA"] == ("513",)
    assert next(read_demo()).slug == ALL


def test_the_demo_has_forty_conditions_and_the_largest_comes_first(catalogue):
    demo = list(read_demo())
    weights = [condition.weight for condition in demo]

    assert len({condition.slug for condition in demo} & set(catalogue)) == len(demo) == 40
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == pytest.approx(30)
    assert sum(weights) == pytest.approx(100)


def test_every_curated_row_is_in_the_catalogue_with_a_summary(catalogue, curated):
    assert len(curated) >= 150
    for row in curated:
        record = catalogue[row.slug]
        assert (record.name, record.prevalence, record.summary) == (row.name, row.prevalence, row.summary)
        assert set(map(fold, row.synonyms)) - {fold(row.name)} <= folded_names(record)
        assert 40 < len(row.summary) < 250, row.slug


def test_every_code_of_the_tables_is_on_one_page_only(catalogue, curated):
    known = list(read_known(FOLDER / "known.tsv"))
    left_out = read_left_out(FOLDER / "left_out.tsv")
    shown = {code for record in catalogue.values() for code in record.codes.get("ORPHA", ())}
    taken = [code for row in known for code in (row.code, *row.includes)]

    assert len(taken) == len(set(taken))
    assert {str(code) for code in taken} <= shown
    assert not {str(code) for code in left_out} & shown


@pytest.mark.parametrize("part", ["narcolepsy type 1", "young onset parkinson disease", "classic hodgkin lymphoma"])
def test_a_part_of_a_community_is_not_a_second_page(catalogue, part):
    assert [record.slug for record in catalogue.values() if fold(record.name) == part] == []
    assert len([record for record in catalogue.values() if part in folded_names(record)]) == 1


def test_prevalence_is_known_for_hundreds_and_never_more_than_a_tenth_of_all_people(catalogue):
    known = [record.prevalence for record in catalogue.values() if record.prevalence is not None]

    assert len(known) > 300
    assert all(0 < prevalence <= 10_000 for prevalence in known)


def test_every_prevalence_names_its_source():
    for table in ("curated.tsv", "known.tsv"):
        header, *lines = (FOLDER / table).read_text(encoding="utf-8").splitlines()
        for line in lines:
            row = dict(zip(header.split("\t"), line.split("\t"), strict=True))
            assert bool(row["prevalence"]) == bool(row["prevalence_source"]), line


def test_the_committed_file_is_what_its_own_records_are_written_as():
    # Another zlib may pack the same text otherwise, so the text is compared.
    again = gzip.decompress(to_bytes(read_conditions()))

    assert again == gzip.decompress(CONDITIONS.read_bytes())
    assert CONDITIONS.read_bytes()[4:8] == b"\0\0\0\0", "a time stands in the file"


def test_the_order_of_the_source_does_not_matter():
    source = [disease(1, "Wilson disease", 277900), disease(2, "Hemophilia A"), disease(3, "OBSOLETE: Nothing")]

    there, back = (build(diseases, [], [], {}) for diseases in (source, source[::-1]))

    assert to_bytes(there) == to_bytes(back)
    assert [record.name for record in there] == ["Haemophilia A", "Wilson disease"]
    assert there[0].synonyms == ("Hemophilia A",)
    assert there[1].codes == {"ORPHA": ("1",), "OMIM": ("277900",)}


def test_a_name_that_would_split_a_community_is_refused():
    row = CuratedCondition("ms", "Multiple sclerosis", ("Wilson disease",), None, (), "")

    with pytest.raises(CatalogueError, match="names both"):
        build([disease(1, "Wilson disease")], [row], [], {})


def test_a_number_that_means_another_disease_is_refused():
    row = KnownDisease(1, "Huntington disease", (), 3, ())

    with pytest.raises(CatalogueError, match="'Wilson disease' in the source"):
        build([disease(1, "Wilson disease")], [], [row], {})


def test_the_prefixes_of_the_editors_are_taken_off():
    assert without_prefix("NON RARE IN EUROPE: Celiac disease") == "Celiac disease"


@pytest.mark.parametrize(
    "same",
    [
        "Discoid lupus erythematosus",
        "Beckwith-Wiedemann syndrome",
        "Choroideremia",
        "Systemic mastocytosis",
        "Angioedema",
    ],
)
def test_british_spelling_leaves_other_words_alone(same):
    assert british(same) == same
