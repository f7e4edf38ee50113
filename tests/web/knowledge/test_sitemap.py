"""Sitemaps list the pages that have public text or facts, in each language, and nothing else."""

import re

import pytest
from sqlalchemy import select

from mapservice.store.knowledge import answered, facts
from mapservice.store.tables import Condition
from mapservice.store.tables.articles import ArticleVersion
from testing.releasing import as_owner
from tests.web.knowledge.pages import ALL, CF


def locations(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "application/xml"
    return re.findall(r"<loc>http://localhost([^<]+)</loc>", answer.text)


@pytest.fixture
def listed(client):
    """All pages in all parts."""
    return [page for path in locations(client.get("/sitemap.xml")) for page in locations(client.get(path))]


def test_robots_may_read_everything_and_learn_where_the_sitemap_is(client):
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text.splitlines()


def test_each_condition_and_each_answered_question_is_listed_once_in_each_language(client, session, listed):
    pages = set(listed)

    assert len(pages) == len(listed)
    for language in ("en", "es"):
        assert f"/{language}/conditions/{CF}" in pages
        assert f"/{language}/conditions/{CF}/questions/hereditary" in pages
        assert f"/{language}/conditions/{ALL}/questions/symptoms" in pages
    of_all = [page for page in listed if f"/en/conditions/{CF}/questions/" in page]
    assert {page.rpartition("/")[2] for page in of_all} == {"symptoms", "hereditary", "onset", "how-common", "codes"}
    assert len(pages) < 50_000
    assert len([page for page in pages if page.count("/") == 3]) > 2 * 4000


def test_never_lists_a_page_that_says_nothing_or_that_search_engines_are_asked_to_leave_out(client, listed):
    for page in (page for page in listed if page.startswith(f"/en/conditions/{ALL}")):
        assert '<meta name="robots"' not in client.get(page).text
    assert f"/en/conditions/{ALL}/questions/travel" not in listed


def test_each_page_has_the_newest_day_of_the_text_and_the_facts_on_it(client, session):
    days = facts.release_days(session)
    (decided,) = set(session.scalars(select(ArticleVersion.decided_on).filter_by(state="published")))

    listed = client.get("/sitemaps/1.xml").text

    assert f"/en/conditions/{ALL}</loc><lastmod>{decided}<" in listed
    assert f"/en/conditions/{ALL}/questions/causes</loc><lastmod>{decided}<" in listed
    newest = max(days["annotations"], days["terms"])
    assert f"/en/conditions/{CF}/questions/hereditary</loc><lastmod>{newest}<" in client.get("/sitemaps/3.xml").text


def test_a_condition_that_the_service_is_not_for_is_not_listed(client, session, condition):
    with as_owner(session):
        session.get(Condition, condition.id).is_offered = False
        session.flush()

    assert answered.parts(session) > 0
    parts = locations(client.get("/sitemap.xml"))
    assert not any(condition.slug in page for path in parts for page in locations(client.get(path)))


@pytest.mark.parametrize("number", ["0", "9999", "99999999999999999999"])
def test_a_part_that_is_not_there_is_not_found(client, number):
    assert client.get(f"/sitemaps/{number}.xml").status_code == 404
