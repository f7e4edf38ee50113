"""Facts on the page of a condition: each with its source, in plain words, and nothing that no source says."""

import html
import re

import pytest
from sqlalchemy import update

from mapservice.catalogue import read_demo
from mapservice.facts import read_curated, read_facts
from mapservice.store.tables.knowledge import SourceEntry
from testing.releasing import as_owner

CF = "cystic-fibrosis"


def page_of(client, slug, language=""):
    answer = client.get(f"{language}/conditions/{slug}")
    assert answer.status_code == 200
    return answer.text


def part(page, heading):
    """The words of one part of the page."""
    whole = re.search(rf'<section class="card" aria-labelledby="{heading}">.*?</section>', page, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", whole[0])).split()) if whole else ""


def test_symptoms_have_a_range_a_source_and_its_release_and_plain_words_beside_the_label(client):
    symptoms = part(page_of(client, CF), "symptoms")

    assert "Very frequent (80–99 %)" in symptoms
    assert "Obstructive lung disease Airway obstruction" in symptoms
    assert "Source: ORPHA:586 , Cystic fibrosis" in symptoms
    assert "annotations of May 6, 2025, terms of Feb 16, 2026" in symptoms
    assert "Not reviewed by a doctor of this service." in symptoms


def test_hereditary_has_a_short_answer_from_the_closed_set_its_way_and_its_source(client):
    answer = part(page_of(client, CF), "hereditary")

    assert "It can be hereditary, according to a source." in answer
    assert "Autosomal recessive" in answer
    assert "Both copies of a gene are changed." in answer
    assert "OMIM:219700" in answer


def test_what_only_a_program_read_is_not_told_as_checked(client):
    unchecked = part(page_of(client, "systemic-lupus-erythematosus"), "hereditary")
    checked = part(page_of(client, "duchenne-muscular-dystrophy"), "hereditary")

    assert "A program took this from the source, and no person checked it." in unchecked
    assert "Autosomal dominant inheritance" in unchecked
    assert "It can be hereditary: our sources name a way in which it is passed on in families." in checked
    assert "program" not in checked


def test_what_is_known_of_one_form_only_names_that_form(client):
    onset = part(page_of(client, "amyotrophic-lateral-sclerosis"), "onset")

    assert "OMIM:602433 , amyotrophic lateral sclerosis type 4" in onset
    assert "from 5 to 15 years" in onset
    assert "PMID:15106121" in onset


def test_sources_that_disagree_stand_side_by_side(client):
    answer = part(page_of(client, "haemophilia-a"), "hereditary")

    assert "Sources, or forms of the condition, can differ." in answer
    assert "OMIM:134500" in answer
    assert "OMIM:306700" in answer


def test_chosen_symptoms_name_their_page_and_whether_somebody_read_it(client):
    page = page_of(client, "multiple-sclerosis")
    symptoms = part(page, "symptoms")

    assert "Muscle weakness" in symptoms
    assert "NHS inform: Multiple sclerosis (MS)" in symptoms
    assert "read in a stored copy on" in symptoms
    assert "source named, not opened" in symptoms
    assert 'id="hereditary"' not in page
    assert "Our sources say nothing yet about: whether it is hereditary, the age at which it starts." in page


def test_in_spanish_the_official_spanish_label_stands_first_and_hpos_own_beside_it(client):
    symptoms = part(page_of(client, "acute-lymphoblastic-leukaemia", "/es"), "symptoms")

    assert "Fiebre Fever" in symptoms
    assert "Disnea Dyspnea" in symptoms


def test_codes_of_all_systems_stand_together_without_titles(client):
    codes = part(page_of(client, CF), "codes")

    assert "ICD-10-CM E84" in codes
    assert "OMIM 219700" in codes
    assert "ORPHA 586" in codes
    assert "Mondo" in codes


def test_each_condition_of_the_demo_shows_symptoms(client):
    first_ten = [condition.slug for condition in read_demo()][:10]

    assert [slug for slug in first_ten if not part(page_of(client, slug), "symptoms")] == []


def test_a_condition_without_facts_says_so_in_one_line(client):
    chosen = {row.slug for row in read_curated()}
    slug = next(one.slug for one in read_facts().conditions if not one.facts and one.slug not in chosen)
    page = page_of(client, slug)

    assert "Our sources say nothing yet about: symptoms, whether it is hereditary, the age at which it starts." in page
    assert not re.search(r'id="(symptoms|hereditary|onset)"', page)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "</section>"])
def test_never_runs_what_a_source_calls_a_disease(client, session, name):
    with as_owner(session):
        session.execute(update(SourceEntry).where(SourceEntry.code == "OMIM:219700").values(name=name))

    page = page_of(client, CF)
    assert html.escape(name) in page
    assert f"<bdi>{name}" not in page
