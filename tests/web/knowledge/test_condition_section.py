"""The page of a condition gathers its questions: short answers first, each with its source, then the others by name."""

import re

from mapservice.catalogue import read_demo
from mapservice.facts import read_curated, read_facts
from mapservice.questions import QuestionKind
from tests.web.knowledge.pages import ALL, CF, canonical, page_of, part, structured_data


def links_to_questions(page):
    return set(re.findall(r"/questions/([a-z-]+)\"", page))


def test_a_short_answer_names_its_source_its_release_and_the_page_with_all_of_it(client):
    page = page_of(client, CF)

    symptoms, hereditary = part(page, "symptoms"), part(page, "hereditary")
    assert "Our sources name, among others:" in symptoms
    assert "Obstructive lung disease Airway obstruction" in symptoms
    assert "annotations of May 6, 2025, terms of Feb 16, 2026" in symptoms
    assert "It can be hereditary, according to a source." in hereditary
    assert "Autosomal recessive" in hereditary
    for answer in (symptoms, hereditary, part(page, "onset"), part(page, "codes")):
        assert "Not reviewed by a doctor of this service." in answer


def test_each_question_has_a_link_and_those_without_an_answer_are_one_list(client):
    page = page_of(client, CF)

    assert links_to_questions(page) == set(QuestionKind)
    assert page.count("Nobody has answered these questions here yet:") == 1
    assert not re.search(r'<section class="card" aria-labelledby="(diet|travel)"', page)


def test_chosen_symptoms_name_their_page_and_whether_somebody_read_it(client):
    symptoms = part(page_of(client, "multiple-sclerosis"), "symptoms")

    assert "NHS inform: Multiple sclerosis (MS)" in symptoms
    assert "read in a stored copy on" in symptoms


def test_codes_stand_together_without_titles(client):
    codes = part(page_of(client, CF), "codes")

    assert "ICD-10-CM E84" in codes
    assert "OMIM 219700" in codes
    assert "ORPHA 586" in codes


def test_each_condition_of_the_demo_shows_symptoms(client):
    first_ten = [condition.slug for condition in read_demo()][:10]

    assert [slug for slug in first_ten if not part(page_of(client, slug), "symptoms")] == []


def test_a_condition_without_facts_has_no_empty_headings(client):
    chosen = {row.slug for row in read_curated()}
    slug = next(one.slug for one in read_facts().conditions if not one.facts and one.slug not in chosen)
    page = page_of(client, slug)

    assert not re.search(r'id="(symptoms|hereditary|onset)"', page)
    assert {"symptoms", "hereditary", "onset"} <= links_to_questions(page)


def test_the_page_has_one_address_for_search_engines_and_says_what_it_is_about(client):
    page = page_of(client, ALL)
    data = structured_data(page)

    assert canonical(page) == f"http://localhost/en/conditions/{ALL}"
    assert data["@type"] == "MedicalWebPage"
    assert data["about"]["name"] == "Acute lymphoblastic leukaemia"
    assert "ALL" in data["about"]["alternateName"]
    assert {"@type": "MedicalCode", "codingSystem": "ORPHA", "codeValue": "513"} in data["about"]["code"]
    assert not {"lastReviewed", "reviewedBy"} & set(data)
