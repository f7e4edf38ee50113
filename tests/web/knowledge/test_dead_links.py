"""Editors see which sources of their articles did not answer on two days; readers do not."""

import datetime as dt

import pytest

from mapservice.questions import ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.knowledge import articles, editors, source_links
from mapservice.store.knowledge.articles import ArticleKey
from testing.accounts import new_member, sign_in
from testing.releasing import as_owner
from tests.web.knowledge.pages import ALL, text_of

ADDRESS = "https://example.org/old"
WORDS = "This link did not answer on Nov 23, 2026 and on Nov 24, 2026."


@pytest.fixture
def old_source(session, condition):
    """A public article whose source did not answer on two days."""
    key = ArticleKey(condition.id, QuestionKind.TRAVEL, "en")
    text = ArticleText("Yes.", sources=(Source("An old page", "A society", ADDRESS),))
    articles.save(session, key, 0, text, state=ArticleState.PUBLISHED)
    with as_owner(session):
        for day in (23, 24):
            source_links.note(session, ADDRESS, dt.date(2026, 11, day), has_answered=False)
    session.commit()


def editor(app, session, condition, language):
    member = new_member(session, f"editor-{language}@example.org")
    editors.appoint(session, member, condition, language)
    session.commit()
    client = app.test_client()
    sign_in(client, member)
    return client


def test_editors_see_the_links_of_their_language_that_did_not_answer(app, session, condition, old_source):
    page = text_of(editor(app, session, condition, "en").get("/me/articles").text)

    assert f"An old page, {ADDRESS} . {WORDS}".replace(" .", "") in page.replace(" .", "").replace(" , ", ", ")
    assert "did not answer" not in editor(app, session, condition, "es").get("/me/articles").text


def test_never_tells_readers_that_a_link_did_not_answer(client, as_alice, old_source):
    for reader in (client, as_alice):
        page = reader.get(f"/conditions/{ALL}/questions/travel").text
        assert ADDRESS in page
        assert "did not answer" not in page
