"""The sample articles of a demo: public, called a sample, and gone with the demo."""

from sqlalchemy import select

from mapservice.store.knowledge import demo
from mapservice.store.tables.articles import ArticleVersion
from testing.releasing import as_owner
from tests.web.knowledge.pages import page_of, part


def samples(session):
    return len(session.scalars(select(ArticleVersion.number).filter_by(origin="sample")).all())


def test_a_sample_says_that_it_is_one_and_is_removed_with_the_demo(client, session):
    with as_owner(session):
        demo.invent(session)
        demo.invent(session)
    assert samples(session) == 4

    short = part(page_of(client, demo.SLUG, "travel"), "short")
    assert "Sample text: it was made up for this demo." in short

    with as_owner(session):
        demo.remove(session)
    assert samples(session) == 0
