"""What readers say about articles: that one helped, and what is wrong with one, for its editors only."""

import re

import pytest
from sqlalchemy import func, select, update

from mapservice.actions.delete_account import delete_account
from mapservice.questions import ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.across.my_data import member_data
from mapservice.store.knowledge import articles, editors, feedback
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables.article_feedback import ArticleHelped, ArticleRemark
from mapservice.web.knowledge import feedback_pages
from mapservice.web.site.rate_limits import Limit
from testing.accounts import new_member, post, sign_in
from tests.web.knowledge.pages import ALL, part, text_of

PAGE = f"/conditions/{ALL}/questions/travel"
WRONG = f"{PAGE}/answer/en/wrong"
LIST = "/me/articles/remarks/"

SAID = "The second sentence is out of date."


@pytest.fixture
def key(session, condition):
    """An article that everybody can read."""
    key = ArticleKey(condition.id, QuestionKind.TRAVEL, "en")
    text = ArticleText("Some can.", sources=(Source("Travelling", "A society", "https://example.org/t"),))
    articles.save(session, key, 0, text, state=ArticleState.PUBLISHED)
    session.commit()
    return key


@pytest.fixture
def as_editor(app, session, condition):
    """The browser of an editor of the article."""
    return browser_of_editor(app, session, condition, "en")


def browser_of_editor(app, session, condition, language):
    member = new_member(session, f"editor-{language}@example.org", pseudonym=f"Editor {language}")
    editors.appoint(session, member, condition, language)
    session.commit()
    client = app.test_client()
    sign_in(client, member)
    return client


def helped(client, answer="yes"):
    return post(client, f"{PAGE}/answer/en/helped", {"helped": answer})


def say(client, body=SAID, **more):
    return post(client, WRONG, {"body": body, **more})


def box(client):
    return part(client.get(PAGE).text, "feedback")


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def mark(client, address, done):
    form = re.search(r'action="(/me/articles/remarks/[^"]+)"', client.get(address).text)
    return post(client, form[1], {"done": done})


def test_an_article_helped_by_one_press_which_can_be_undone(as_alice, session, key):
    assert helped(as_alice).status_code == 303
    assert helped(as_alice).status_code == 303  # pressed twice

    assert count(session, ArticleHelped) == 1
    assert "You said that this article helped." in box(as_alice)

    helped(as_alice, "no")
    assert count(session, ArticleHelped) == 0
    assert "This article helped" in box(as_alice)


def test_never_shows_readers_how_many_an_article_helped(client, as_alice, as_bob, session, key):
    before = client.get(PAGE).data, as_bob.get(PAGE).data
    for number in range(12):
        feedback.note_helped(session, new_member(session, f"reader{number}@example.org"), key)
    session.commit()

    assert client.get(PAGE).data == before[0]
    assert normal(as_bob.get(PAGE).text) == normal(before[1].decode())


def normal(page):
    return re.sub(r'(name="csrf_token" value|nonce)="[^"]*"', "", page)


def test_editors_see_how_many_an_article_helped_in_steps(as_editor, session, key):
    address = f"{PAGE}/answer/en"
    for number in range(9):
        if number == 4:
            assert "It helped at least" not in as_editor.get(address).text
        feedback.note_helped(session, new_member(session, f"reader{number}@example.org"), key)
        session.commit()

    assert "It helped at least 5 members." in as_editor.get(address).text


def test_a_visitor_reads_how_to_say_something(client, key):
    assert "Members can say that it helped, or that something is wrong. Sign in" in box(client)
    assert client.get(WRONG).status_code == 303


def test_what_is_wrong_reaches_the_editors_without_the_name_of_the_writer(as_alice, as_editor, alice, session, key):
    assert say(as_alice, f"{SAID} Write to ann@example.org.").status_code == 303

    page = as_editor.get(LIST).text
    words = text_of(page)
    assert f"{SAID} Write to [hidden]." in words
    assert "Version 1" in words
    assert alice.pseudonym not in words
    assert str(alice.id) not in page
    assert "What readers say is wrong (1)" in text_of(as_editor.get("/me/articles").text)
    assert "You wrote to the editors that something is wrong." in box(as_alice)


def test_editors_see_the_name_if_the_writer_lets_them(as_alice, as_editor, alice, key):
    say(as_alice, shows_name="yes")
    assert alice.pseudonym in text_of(as_editor.get(LIST).text)

    say(as_alice)
    assert alice.pseudonym not in text_of(as_editor.get(LIST).text)


def test_never_shows_a_remark_to_anyone_but_the_editors_of_condition_and_language(
    app, client, as_alice, as_bob, dan, session, condition, key
):
    say(as_alice)
    elsewhere = browser_of_editor(app, session, condition, "es")
    as_admin = app.test_client()
    sign_in(as_admin, dan)

    for reader in (elsewhere, as_bob, as_admin):
        assert SAID not in reader.get(LIST).text
        assert SAID not in reader.get(PAGE).text
        assert SAID not in reader.get(WRONG).text
    remark_id = session.scalar(select(ArticleRemark.id))
    post(elsewhere, f"{LIST}{ALL}/{remark_id}", {"done": "yes"})
    assert session.scalar(select(ArticleRemark.done_on)) is None


def test_the_editors_of_the_article_do_see_it(as_alice, as_editor, key):
    say(as_alice)

    assert SAID in as_editor.get(LIST).text


def test_a_remark_is_one_of_each_member_however_often_it_is_sent(as_alice, session, key):
    say(as_alice)
    first = session.scalar(select(ArticleRemark.id))
    say(as_alice)
    assert session.scalars(select(ArticleRemark.id)).all() == [first]

    say(as_alice, "The third sentence is out of date.")
    session.expire_all()
    row = session.scalars(select(ArticleRemark)).one()
    assert (row.body, row.id != first) == ("The third sentence is out of date.", True)


@pytest.mark.parametrize(("body", "status"), [("x" * 19, 422), ("x" * 20, 303), ("x" * 1000, 303), ("x" * 1001, 422)])
def test_a_remark_has_20_to_1000_characters_and_one_that_has_not_stays_in_the_form(as_alice, key, body, status):
    answer = say(as_alice, body)

    assert answer.status_code == status
    if status == 422:
        assert "Write 20 to 1,000 characters." in answer.text
        assert body in answer.text


def test_an_editor_is_done_with_a_remark_and_undoes_that(as_alice, as_editor, key):
    assert "No reader has written that something is wrong." in as_editor.get(LIST).text
    say(as_alice)

    mark(as_editor, LIST, "yes")
    assert SAID not in as_editor.get(LIST).text
    assert SAID in as_editor.get(f"{LIST}done").text

    mark(as_editor, f"{LIST}done", "no")
    assert SAID in as_editor.get(LIST).text
    assert "Nothing is done yet." in as_editor.get(f"{LIST}done").text


def test_an_editor_is_never_done_with_words_that_they_have_not_read(as_alice, as_editor, session, key):
    say(as_alice)
    old = session.scalar(select(ArticleRemark.id))
    say(as_alice, "The third sentence is out of date.")

    post(as_editor, f"{LIST}{ALL}/{old}", {"done": "yes"})

    page = as_editor.get(LIST).text
    assert "This has been changed or deleted since you opened the list." in page
    assert "The third sentence" in page


def test_a_remark_is_withdrawn_also_after_the_article_was(as_alice, session, condition, key):
    say(as_alice)
    page = as_alice.get(WRONG).text
    assert SAID in page
    articles.set_state(session, articles.get(session, key, 1).version, ArticleState.WITHDRAWN)
    session.commit()

    assert as_alice.get(WRONG).status_code == 404
    assert post(as_alice, f"{WRONG}/withdraw", {}).status_code == 303
    assert count(session, ArticleRemark) == 0


def test_remarks_are_limited_and_the_same_one_costs_nothing(app, as_alice, monkeypatch, key):
    monkeypatch.setattr(feedback_pages, "REMARKS", Limit("article_remarks", 1, 60))
    app.config["LIMITS"] = True
    say(as_alice)

    assert say(as_alice).status_code == 303
    assert say(as_alice, "The third sentence is out of date.").status_code == 429


def test_both_are_in_the_members_own_file_and_are_deleted_with_the_account(as_alice, alice, config, session, key):
    helped(as_alice)
    say(as_alice)
    data = str(member_data(session, alice, config))
    assert SAID in data
    assert "article_helped" in data

    delete_account(session, config, alice)
    assert count(session, ArticleRemark) == count(session, ArticleHelped) == 0


def test_a_remark_is_deleted_some_time_after_it_was_done(as_alice, session, key):
    say(as_alice)
    for days, left in ((30, 1), (31, 0)):
        session.execute(update(ArticleRemark).values(done_on=func.current_date() - days))
        feedback.delete_expired(session)
        assert count(session, ArticleRemark) == left
