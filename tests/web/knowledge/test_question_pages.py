"""Each question about a condition has a page: the answer with its source, or that nobody has answered it yet."""

import html
import re

import pytest
from flask import Flask
from jinja2 import FileSystemLoader
from sqlalchemy import update

from mapservice.catalogue import read_demo
from mapservice.i18n.question_words import question
from mapservice.orphadata import read_orphanet
from mapservice.questions import QuestionKind
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import orphadata
from mapservice.store.tables.knowledge import SourceEntry
from mapservice.web.site import question_sections
from mapservice.web.site.question_sections import QuestionSection
from testing.releasing import as_owner
from tests.store.knowledge.orphanet_files import gene, written
from tests.web.knowledge.pages import ALL, CF, canonical, page_of, part, structured_data, text_of

__all__ = ["written"]


def test_every_question_has_a_page_whose_title_is_the_question(client):
    for kind in QuestionKind:
        page = page_of(client, CF, kind)

        asked = question(kind, "Cystic fibrosis")
        assert re.search(r"<h1>(.*?)</h1>", page)[1].replace("<bdi>", "").replace("</bdi>", "") == asked
        assert asked in page.replace("\u2068", "").replace("\u2069", "").partition("</title>")[0]
        assert page.count("<h1>") == 1


@pytest.mark.parametrize("path", ["no-such-question", "%00", "SYMPTOMS", "symptoms/", "x" * 3000])
def test_a_question_that_is_not_on_the_list_has_no_page(client, path):
    assert client.get(f"/conditions/{CF}/questions/{path}").status_code == 404


def test_a_question_about_an_unknown_condition_has_no_page(client):
    assert client.get("/conditions/no-such-condition/questions/diet").status_code == 404


def test_the_short_answer_names_its_source_and_its_day(client):
    short = part(page_of(client, CF, "hereditary"), "short")

    assert "It can be hereditary, according to a source." in short
    assert "Compiled from the Human Phenotype Ontology (annotations of May 6, 2025" in short
    assert "Not reviewed by a doctor of this service." in short
    assert "Nothing here replaces the advice of a doctor who knows you." in short


@pytest.mark.parametrize("kind", ["diet", "causes", "life-expectancy", "public-figures"])
def test_a_question_without_an_answer_says_so_and_is_not_for_search_engines(client, kind):
    page = page_of(client, CF, kind)

    assert "Nobody has answered this question here yet." in part(page, "short")
    assert '<meta name="robots" content="noindex">' in page
    assert structured_data(page) is None


def test_natural_treatment_has_a_safety_note_whatever_is_said(client):
    note = "Do not stop or replace a treatment without talking to your doctor."

    assert note in page_of(client, CF, "natural-treatment")
    assert note not in page_of(client, CF, "diet")


def test_symptoms_have_a_range_a_source_and_its_release_and_plain_words_beside_the_label(client):
    symptoms = part(page_of(client, CF, "symptoms"), "symptoms")

    assert "Very frequent (80–99 %)" in symptoms
    assert "Obstructive lung disease Airway obstruction" in symptoms
    assert "Source: ORPHA:586 , Cystic fibrosis" in symptoms
    assert "annotations of May 6, 2025, terms of Feb 16, 2026" in symptoms
    assert "Not reviewed by a doctor of this service." in symptoms


def test_hereditary_has_its_way_and_its_source(client):
    answer = part(page_of(client, CF, "hereditary"), "hereditary")

    assert "Autosomal recessive" in answer
    assert "Both copies of a gene are changed." in answer
    assert "OMIM:219700" in answer


def test_what_only_a_program_read_is_not_told_as_checked(client):
    unchecked = text_of(page_of(client, "systemic-lupus-erythematosus", "hereditary"))
    checked = text_of(page_of(client, "duchenne-muscular-dystrophy", "hereditary"))

    assert "A program took this from the source, and no person checked it." in unchecked
    assert "Autosomal dominant inheritance" in unchecked
    assert "It can be hereditary: our sources name a way in which it is passed on in families." in checked
    assert "program" not in checked


def test_what_is_known_of_one_form_only_names_that_form(client):
    onset = part(page_of(client, "amyotrophic-lateral-sclerosis", "onset"), "onset")

    assert "OMIM:602433 , amyotrophic lateral sclerosis type 4" in onset
    assert "from 5 to 15 years" in onset
    assert "PMID:15106121" in onset


def test_sources_that_disagree_stand_side_by_side(client):
    answer = part(page_of(client, "haemophilia-a", "hereditary"), "hereditary")

    assert "Sources, or forms of the condition, can differ." in answer
    assert "OMIM:134500" in answer
    assert "OMIM:306700" in answer


def test_chosen_symptoms_name_their_page_and_whether_somebody_read_it(client):
    symptoms = part(page_of(client, "multiple-sclerosis", "symptoms"), "symptoms")

    assert "Muscle weakness" in symptoms
    assert "NHS inform: Multiple sclerosis (MS)" in symptoms
    assert "read in a stored copy on" in symptoms
    assert "source named, not opened" in symptoms


def test_in_spanish_the_official_spanish_label_stands_first_and_hpos_own_beside_it(client):
    symptoms = part(page_of(client, ALL, "symptoms", "/es"), "symptoms")

    assert "Fiebre Fever" in symptoms
    assert "Disnea Dyspnea" in symptoms


def test_codes_of_all_systems_stand_together_without_titles(client):
    codes = part(page_of(client, CF, "codes"), "codes")

    assert "ICD-10-CM E84" in codes
    assert "OMIM 219700" in codes
    assert "Mondo" in codes


def test_how_common_it_is_names_the_source_of_the_order_of_magnitude(client):
    short, card = part(page_of(client, CF, "how-common"), "short"), part(page_of(client, CF), "how-common")

    assert "About 3 in 100,000 people live with it." in short
    assert "Source: Orphanet prevalence report, order of magnitude (source named, not opened)." in short
    assert "We know the order of magnitude, and where it comes from." in card
    assert not re.search(r"\d", card)


def test_each_condition_of_the_demo_answers_its_symptoms(client):
    first_ten = [condition.slug for condition in read_demo()][:10]

    assert [slug for slug in first_ten if not part(page_of(client, slug, "symptoms"), "symptoms")] == []


def test_a_page_links_all_other_questions_the_condition_and_its_community(client):
    page = page_of(client, CF, "hereditary")

    linked = set(re.findall(r'href="/conditions/cystic-fibrosis/questions/([a-z-]+)"', page))
    assert linked == set(QuestionKind) - {QuestionKind.HEREDITARY}
    assert f'href="/conditions/{CF}"' in page
    assert 'href="/sign-up?condition=cystic-fibrosis"' in page


@pytest.mark.parametrize(
    ("slug", "title"),
    [(CF, "CF: Is Cystic fibrosis hereditary?"), (ALL, "ALL: Is Acute lymphoblastic leukaemia hereditary?")],
)
def test_a_title_has_the_abbreviation_that_people_search_for(client, slug, title):
    heading = re.search(r"<title>(.*?)</title>", page_of(client, slug, "hereditary"))[1]

    assert title in re.sub("[\u2066-\u2069]", "", heading)


def test_a_page_has_one_address_in_each_language_for_search_engines(client):
    page = page_of(client, CF, "hereditary", "/es")
    data = structured_data(page)

    assert canonical(page) == f"http://localhost/es/conditions/{CF}/questions/hereditary"
    assert f'hreflang="en" href="http://localhost/en/conditions/{CF}/questions/hereditary"' in page
    assert data["@type"] == "MedicalWebPage"
    assert data["url"] == canonical(page)
    assert data["inLanguage"] == "es"
    assert data["about"]["name"] == "Cystic fibrosis"
    assert not {"lastReviewed", "reviewedBy"} & set(data)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "</section>"])
def test_never_runs_what_a_source_calls_a_disease(client, session, name):
    with as_owner(session):
        session.execute(update(SourceEntry).where(SourceEntry.code == "OMIM:219700").values(name=name))

    page = page_of(client, CF, "hereditary")
    assert html.escape(name) in page
    assert f"<bdi>{name}" not in page


def test_the_same_page_comes_from_memory_with_an_etag(client):
    address = f"/conditions/{CF}/questions/hereditary"
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_another_subject_adds_its_part_without_touching_the_page(app: Flask, client, tmp_path):
    (tmp_path / "planted").mkdir()
    (tmp_path / "planted" / "column.html").write_text("<p>{{ planted_words }}</p>")
    assert isinstance(app.jinja_loader, FileSystemLoader)
    app.jinja_loader.searchpath.append(str(tmp_path))
    question_sections.add(
        app,
        QuestionSection(
            "planted",
            lambda condition, kind: {"planted_words": f"Experience of {condition.slug}: {kind}"},
            notes=lambda _condition: {QuestionKind.DIET: "many experiences"},
        ),
    )

    assert "Experience of cystic-fibrosis: travel" in page_of(client, CF, "travel")
    assert "many experiences" in page_of(client, CF)


def test_genes_from_orphanets_file_answer_what_causes_the_condition(client, session, written):
    assert "Nobody has answered this question here yet." in part(page_of(client, CF, "causes"), "short")
    stated = gene("CFTR", cited="22587682[PMID]") + gene("SOMA", "Disease-causing somatic mutation(s) in")
    with as_owner(session):
        orphadata.load(session, read_orphanet(written(stated)))

    page, condition = page_of(client, CF, "causes"), conditions.get(session, CF)
    assert "According to Orphanet, changes in these genes can cause it: CFTR SOMA" in part(page, "short")
    assert "Compiled from Orphanet's own file of Dec 9, 2025, licence CC BY 4.0." in part(page, "short")
    assert '<a href="https://pubmed.ncbi.nlm.nih.gov/22587682"' in page
    assert part(page, "causes").count("The change is in some cells of the body, not in all.") == 1
    assert orphadata.conditions_with_genes(session, [condition.id, condition.id + 1]) == [condition.id]
