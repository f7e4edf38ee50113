"""The articles that come with the software: published as not reviewed, and never over what an editor did."""

import re
from itertools import pairwise

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


def unsourced(text):
    """The paragraphs and lists of a text of which nothing says where they come from.

    A list has its sources in each of its lines, or in the paragraph before it, which ends with a colon.
    """
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    missing = []
    for before, block in pairwise(["", *blocks]):
        is_list, is_led = block.startswith("- "), re.search(r": \[[\d, ]+\]$", before)
        units = block.split("\n") if is_list else [block]
        if not (block.startswith("#") or (is_list and is_led)):
            missing += [unit for unit in units if not re.search(r"\[[\d, ]+\]$", unit)]
    return missing


def test_never_says_anything_in_an_article_of_the_data_without_naming_its_source():
    for path in article_loader.FOLDER.glob("*.toml"):
        for kind, text in article_loader.read(path):
            said = [text.short, text.body, text.next_steps]
            named = {
                int(number)
                for part in said
                for mark in re.findall(r"\[([\d, ]+)\]", part)
                for number in mark.split(", ")
            }

            assert [unit for part in said for unit in unsourced(part)] == [], (path.name, kind)
            assert named == set(range(1, 1 + sum(not source.is_compared for source in text.sources))), (path.name, kind)


def test_the_search_for_paragraphs_without_a_source_finds_them():
    assert unsourced(
        "# A heading\n\nTrue. [1]\n\nMade up.\n\nThese: [1, 2]\n\n- one\n- two\n\n- three [1]\n- four"
    ) == [
        "Made up.",
        "- four",
    ]


def test_a_sentence_names_its_sources_by_their_numbers(session, key, write):
    write("One. [one] A [link](https://example.org/).")
    article_loader.load(session)

    assert known(session, key)[0][0] == "One. [1] A [link](https://example.org/)."

    write("One. [another]")
    with pytest.raises(KeyError, match="another"):
        article_loader.load(session)


def test_the_articles_of_the_data_are_in_the_database_as_not_reviewed(session):
    listed = session.scalars(select(ArticleVersion).where(ArticleVersion.origin == "shipped")).all()

    assert len(listed) == sum(len(list(article_loader.read(path))) for path in article_loader.FOLDER.glob("*.toml"))
    assert {version.state for version in listed} == {"published"}
