"""Members follow the articles about a condition, and are told when one was reviewed or withdrawn, and no more."""

import re

import pytest
from sqlalchemy import func, select

from mapservice.actions.decide_article import Decision, decide
from mapservice.mail import notifications
from mapservice.questions import ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.knowledge import article_follows, articles
from mapservice.store.knowledge.articles import ArticleKey, Signature
from mapservice.store.tables import Member
from mapservice.store.tables.article_follows import ArticleFollow
from mapservice.store.tables.notifications import PendingNotification
from testing.accounts import new_member, post
from tests.mail.queued import waiting
from tests.mail.test_notifications import let_pass
from tests.web.knowledge.pages import ALL, text_of

CONDITION = f"/conditions/{ALL}"
PAGE = f"{CONDITION}/questions/travel"


@pytest.fixture
def editor(session):
    return new_member(session, "editor@example.org", pseudonym="Editor")


@pytest.fixture
def publish(session, condition):
    """Make an article public that waits for a review."""

    def make(language="en"):
        key = ArticleKey(condition.id, QuestionKind.TRAVEL, language)
        text = ArticleText("Some can.", sources=(Source("Travelling", "A society", "https://example.org/t"),))
        articles.save(session, key, 0, text, state=ArticleState.PUBLISHED)
        session.commit()
        return key

    return make


def decided(session, member, condition, key, decision=Decision.REVIEW):
    reviewer = Signature("Ben", "Nurse", "none")
    assert decide(session, member, condition, key, 1, decision, reviewer=reviewer) is None
    session.commit()


def follow(client, action="follow", place=""):
    return post(client, f"{CONDITION}/articles/{action}", {"place": place})


def told(session):
    """Who is told that an article was reviewed or withdrawn."""
    news = select(Member.pseudonym).join(PendingNotification, PendingNotification.member_id == Member.id)
    return set(session.scalars(news.where(PendingNotification.kind == article_follows.NEWS)))


def navigation(client):
    found = re.search(r"Articles.{0,200}", text_of(client.get("/account").text))
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("place", "back"),
    [
        ("", f"{CONDITION}#questions"),
        ("travel", f"{PAGE}#feedback"),
        ("articles", "/me/articles"),
        ("e-mails", "/account/e-mails"),
    ],
)
def test_a_member_follows_and_stops_from_every_page_with_the_button(as_alice, session, publish, place, back):
    publish()
    for action, how_many in (("follow", 1), ("follow", 1), ("unfollow", 0), ("unfollow", 0)):
        answer = follow(as_alice, action, place)
        assert (answer.status_code, answer.location) == (303, back)
        assert session.scalar(select(func.count()).select_from(ArticleFollow)) == how_many
        if place != "articles" or how_many:
            shown = as_alice.get(back.partition("#")[0]).text
            assert ("Stop following the articles" in shown) is bool(how_many)


def test_a_page_that_has_no_such_button_is_refused(as_alice):
    assert follow(as_alice, place="https://example.org").status_code == 422


def test_the_followers_are_told_of_a_review_and_of_a_withdrawal(session, as_alice, alice, editor, condition, publish):
    follow(as_alice)
    key = publish()
    assert told(session) == set()

    for changes, decision in enumerate((Decision.REVIEW, Decision.WITHDRAW), 1):
        decided(session, editor, condition, key, decision)
        assert told(session) == {alice.pseudonym}
        assert article_follows.followed(session, alice)[0].changes == changes


def test_never_tells_of_a_text_that_nobody_has_reviewed(session, as_alice, editor, condition):
    follow(as_alice)
    key = ArticleKey(condition.id, QuestionKind.TRAVEL, "en")
    text = ArticleText("Some can.", sources=(Source("Travelling", "A society", "https://example.org/t"),))
    articles.save(session, key, 0, text)
    for decision in (Decision.SUBMIT, Decision.PUBLISH):
        decided(session, editor, condition, key, decision)

    assert told(session) == set()


def test_a_reviewed_one_is_told(session, as_alice, alice, editor, condition, publish):
    follow(as_alice)

    decided(session, editor, condition, publish())

    assert told(session) == {alice.pseudonym}


@pytest.mark.parametrize(
    ("public", "reviewed", "readers"),
    [
        (["en", "es"], "en", {"English", "Any"}),
        (["en", "es"], "es", {"Spanish"}),
        (["en"], "en", {"English", "Spanish", "Any"}),
    ],
)
def test_who_reads_the_article_in_its_language_is_told(session, editor, condition, publish, public, reviewed, readers):
    for name, language in (("English", "en"), ("Spanish", "es"), ("Any", None)):
        member = new_member(session, f"{name}@example.org", pseudonym=name)
        member.language = language
        article_follows.follow(session, member, condition)
    article_follows.follow(session, editor, condition)
    keys = {language: publish(language) for language in public}

    decided(session, editor, condition, keys[reviewed])

    assert told(session) == readers


def test_the_list_says_what_is_new_until_it_was_read(session, as_alice, alice, editor, condition, publish):
    follow(as_alice)
    assert "No article has been reviewed or withdrawn yet." in as_alice.get("/me/articles").text
    decided(session, editor, condition, publish())

    page = text_of(as_alice.get("/me/articles").text)
    assert "Acute lymphoblastic leukaemia New" in page
    assert "English · Reviewed on" in page
    assert "1" in navigation(as_alice)
    post(as_alice, f"{CONDITION}/articles/seen", {"changes": "1"})

    assert "Acute lymphoblastic leukaemia New" not in text_of(as_alice.get("/me/articles").text)
    assert "1" not in navigation(as_alice)


def test_never_takes_a_change_as_read_that_came_after_the_list(session, as_alice, alice, editor, condition, publish):
    follow(as_alice)
    key = publish()
    decided(session, editor, condition, key)
    decided(session, editor, condition, key, Decision.WITHDRAW)

    post(as_alice, f"{CONDITION}/articles/seen", {"changes": "1"})
    assert article_follows.unseen(session, alice) == 1

    post(as_alice, f"{CONDITION}/articles/seen", {"changes": "99"})
    assert article_follows.unseen(session, alice) == 0


def test_the_e_mail_says_that_there_is_something_new_and_nothing_else(
    session, connection, config, as_alice, editor, condition, publish
):
    follow(as_alice)
    decided(session, editor, condition, publish())
    let_pass(session, hours=2)
    notifications.send_due(connection, config)

    (mail,) = waiting(session)
    words = f"{mail.subject} {mail.body}".casefold()
    assert "there is something new for you" in words
    assert not any(word in words for word in ("leukaemia", "article", "travel", "review"))


def test_who_has_stopped_following_is_not_told(session, connection, config, as_alice, editor, condition, publish):
    follow(as_alice)
    decided(session, editor, condition, publish())
    follow(as_alice, "unfollow")
    let_pass(session, hours=2)

    assert notifications.send_due(connection, config) == 0
