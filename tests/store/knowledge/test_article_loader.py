"""The articles that come with the software: published as not reviewed, and never over what an editor did."""

import pytest
from sqlalchemy import select

from mapservice.questions import ArticleState, ArticleText, QuestionKind
from mapservice.store.knowledge import article_loader, articles
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Condition
from mapservice.store.tables.articles import ArticleVersion

FILE = "cystic-fibrosis.en.toml"

DATA = """
[[sources]]
id = "one"
title = "A page"
publisher = "A society"
address = "https://example.org/"

[[articles]]
kind = "diet"
sources = ["one"]
short = "{short}"
"""


@pytest.fixture
def session(owner_session):
    return owner_session


@pytest.fixture
def key(session):
    (condition_id,) = session.scalars(select(Condition.id).filter_by(slug="cystic-fibrosis"))
    return ArticleKey(condition_id, QuestionKind.DIET, "en")


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes the answer into the data."""
    monkeypatch.setattr(article_loader, "FOLDER", tmp_path)
    return lambda short: (tmp_path / FILE).write_text(DATA.format(short=short))


def known(session, key):
    session.expire_all()
    return [(one.version.short, one.version.state, one.version.origin) for one in articles.versions(session, key)]


def test_an_article_is_published_once_and_again_when_its_text_has_changed(session, key, write):
    write("One.")
    assert article_loader.load(session)
    assert not article_loader.load(session)
    assert known(session, key) == [("One.", "published", "shipped")]

    write("Two.")
    assert article_loader.load(session)

    assert known(session, key) == [("Two.", "published", "shipped"), ("One.", "replaced", "shipped")]


def test_never_writes_over_what_an_editor_wrote(session, key, write):
    write("One.")
    article_loader.load(session)
    articles.save(session, key, 1, ArticleText("Of an editor."))

    write("Two.")
    article_loader.load(session)

    assert [short for short, _state, _origin in known(session, key)] == ["Of an editor.", "One."]


def test_never_publishes_again_what_an_editor_withdrew(session, key, write):
    write("One.")
    article_loader.load(session)
    signed = articles.newest(session, key)
    articles.set_state(session, signed.version, ArticleState.WITHDRAWN)

    write("Two.")
    article_loader.load(session)

    assert known(session, key) == [("One.", "withdrawn", "shipped")]


def test_each_article_of_the_data_names_sources_and_says_the_same_questions_in_each_language():
    paths = sorted(article_loader.FOLDER.glob("*.toml"))
    kinds = {}
    for path in paths:
        for kind, text in article_loader.read(path):
            kinds.setdefault(path.name.split(".")[1], set()).add((path.name.split(".")[0], kind))
            assert text.short
            assert [source for source in text.sources if not source.is_compared]
            assert all(source.address.startswith("https://") for source in text.sources)
    assert kinds["en"] == kinds["es"] != set()


def test_the_articles_of_the_data_are_in_the_database_as_not_reviewed(session):
    listed = session.scalars(select(ArticleVersion).where(ArticleVersion.origin == "shipped")).all()

    assert len(listed) == sum(len(list(article_loader.read(path))) for path in article_loader.FOLDER.glob("*.toml"))
    assert {version.state for version in listed} == {"published"}
