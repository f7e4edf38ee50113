"""Articles: editors write, another editor reviews, readers see what is public and who stands behind it."""

import datetime as dt
import re

import pytest
from sqlalchemy import select, update

from mapservice.actions.delete_account import delete_account
from mapservice.store.across import after_restore
from mapservice.store.across.my_data import member_data
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.knowledge import editors, withdrawn_articles
from mapservice.store.tables.articles import ArticleSignature, ArticleVersion
from testing.accounts import new_member, post, sign_in
from testing.releasing import as_owner
from tests.web.knowledge.pages import ALL, canonical, page_of, part, structured_data, text_of

PAGE = f"/conditions/{ALL}/questions/travel"
EDIT = f"{PAGE}/answer/en"

SOURCE = {
    "source1_title": "Eating well",
    "source1_publisher": "A society",
    "source1_address": "https://example.org/eat",
}


def article(short="Eat what you like.", base=0, **more):
    return {"short": short, "body": "", "next_steps": "", "author": "Ada Author", "base": str(base), **SOURCE, **more}


@pytest.fixture
def ada(session, condition):
    """An editor."""
    member = new_member(session, "ada@example.org", pseudonym="Ada privately")
    editors.appoint(session, member, condition, "en")
    session.commit()
    return member


@pytest.fixture
def ben(session, condition):
    """Another editor."""
    member = new_member(session, "ben@example.org", pseudonym="Ben privately")
    editors.appoint(session, member, condition, "en")
    session.commit()
    return member


def browser(app, member):
    client = app.test_client()
    sign_in(client, member)
    return client


@pytest.fixture
def as_ada(app, ada):
    return browser(app, ada)


@pytest.fixture
def as_ben(app, ben):
    return browser(app, ben)


def decide(client, decision, number=1, address=EDIT):
    answer = post(client, f"{address}/decide", {"decision": decision, "number": str(number)})
    assert answer.status_code == 303
    return text_of(client.get(address).text)


def review(client, number=1, **fields):
    form = {"name": "Ben Reviewer", "profession": "Haematologist", "conflicts": "none", "sure": "yes", **fields}
    return post(client, f"{EDIT}/review", {**form, "number": str(number)})


def states(session):
    session.expire_all()
    listed = select(ArticleVersion).filter_by(kind="travel").order_by(ArticleVersion.number)
    return [version.state for version in session.scalars(listed)]


def test_a_draft_is_for_editors_only_until_it_is_published(client, as_ada):
    assert post(as_ada, EDIT, article("Eat *well*.")).status_code == 303
    assert "Nobody has answered this question here yet." in client.get(PAGE).text

    decide(as_ada, "publish")

    short = part(client.get(PAGE).text, "short")
    assert "Eat well ." in short
    assert "Not yet reviewed by a health professional. Published on" in short
    assert "Eat well" in part(page_of(client, ALL), "travel")


def test_an_article_has_its_long_answer_next_steps_sources_and_author(client, as_ada):
    more = {"source2_title": "A review", "source2_publisher": "A journal", "source2_address": "https://example.org/r",
            "source2_seen": "2026-01-31", "source2_is_compared": "yes"}  # fmt: skip
    post(as_ada, EDIT, article(body="# Why\n\n| a | b |\n|---|---|\n| 1 | 2 |", next_steps="- Ask.", **more))
    decide(as_ada, "publish")

    page = client.get(PAGE).text
    assert "<h3>Why</h3>" in page
    assert "<td>1</td>" in page
    assert "Ask." in part(page, "steps")
    sources = part(page, "sources")
    assert "Eating well , A society (source named, not opened)" in sources
    assert "Compared with A review , A journal (read on Jan 31, 2026)" in sources
    assert "Written by Ada Author ." in sources
    assert "privately" not in page


def test_a_review_takes_another_person_with_profession_and_conflicts(client, session, as_ada, as_ben):
    post(as_ada, EDIT, article())
    decide(as_ada, "submit")

    assert review(as_ada).status_code == 303
    assert states(session) == ["in review"]
    assert "another editor has to review it" in text_of(as_ada.get(EDIT).text)
    assert review(as_ben, conflicts="").status_code == 422
    assert review(as_ben, sure="").status_code == 422
    assert states(session) == ["in review"]
    assert review(as_ben).status_code == 303

    assert states(session) == ["reviewed"]
    page = client.get(PAGE).text
    assert re.search("Reviewed on .* by Ben Reviewer , Haematologist", part(page, "short"))
    assert "Conflicts of interest, in their own words: none" in part(page, "sources")


@pytest.mark.parametrize("decision", ["review", "publish it", ""])
def test_never_publishes_as_reviewed_by_another_form(session, as_ada, decision):
    post(as_ada, EDIT, article())

    assert post(as_ada, f"{EDIT}/decide", {"decision": decision, "number": "1"}).status_code == 422
    assert states(session) == ["draft"]


def test_structured_data_names_a_review_only_where_there_is_one(client, as_ada, as_ben):
    post(as_ada, EDIT, article())
    decide(as_ada, "publish")
    before = structured_data(client.get(PAGE).text)
    review(as_ben)
    after = structured_data(client.get(PAGE).text)

    assert not {"lastReviewed", "reviewedBy"} & set(before)
    assert before["author"]["name"] == "Ada Author"
    assert before["citation"][0]["url"] == "https://example.org/eat"
    assert dt.date.fromisoformat(after["lastReviewed"])
    assert after["reviewedBy"] == {"@type": "Person", "name": "Ben Reviewer", "jobTitle": "Haematologist"}


def test_never_publishes_without_a_source(session, as_ada):
    post(as_ada, EDIT, {**article(), "source1_title": "", "source1_publisher": "", "source1_address": ""})

    assert "Name at least one source before you publish." in decide(as_ada, "publish")
    assert states(session) == ["draft"]


@pytest.mark.parametrize(
    "address", ["http://example.org", "javascript:alert(1)", "//example.org", "/account/delete", "https://", "data:,x"]
)
def test_a_source_has_an_address_that_is_safe_to_follow(session, as_ada, address):
    answer = post(as_ada, EDIT, article(source1_address=address))

    assert answer.status_code == 422
    assert "Eat what you like." in answer.text
    assert states(session) == []


def test_two_who_edit_at_once_lose_nothing(session, as_ada, as_ben):
    post(as_ada, EDIT, article("The first."))
    post(as_ada, EDIT, article("Of Ada.", 1))

    answer = post(as_ben, EDIT, article("Of Ben.", 1))

    assert answer.status_code == 409
    assert "Someone else has changed this text since you opened it." in answer.text
    assert "Of Ben.</textarea>" in answer.text
    assert "Of Ada." in part(answer.text, "now")
    assert post(as_ben, EDIT, article("Of both.", 2)).status_code == 303
    assert len(states(session)) == 3


def test_a_form_that_is_sent_twice_has_one_effect_and_no_error(session, as_ada):
    for _time in range(2):
        assert post(as_ada, EDIT, article("Once.")).status_code == 303
    assert states(session) == ["draft"]
    for decision, state in (("submit", "in review"), ("publish", "published"), ("withdraw", "withdrawn")):
        for _time in range(2):
            assert "The article has changed" not in decide(as_ada, decision)
        assert states(session) == [state]
    post(as_ada, EDIT, article("Twice.", 1))
    for _time in range(2):
        assert post(as_ada, f"{EDIT}/restore", {"number": "1"}).status_code == 303
    assert states(session) == ["withdrawn", "draft", "draft"]


def test_a_preview_stores_nothing(session, as_ada):
    answer = post(as_ada, EDIT, article("Eat *well* <b>", preview="yes"))

    assert answer.status_code == 200
    assert "<em>well</em> &lt;b&gt;" in answer.text
    assert states(session) == []


def test_a_new_version_replaces_the_public_one_and_an_old_one_can_be_used_again(client, session, as_ada):
    post(as_ada, EDIT, article("One."))
    decide(as_ada, "publish")
    post(as_ada, EDIT, article("Two.", 1))
    assert "One." in part(client.get(PAGE).text, "short")
    decide(as_ada, "publish", 2)
    assert "Two." in part(client.get(PAGE).text, "short")

    assert post(as_ada, f"{EDIT}/restore", {"number": "1"}).status_code == 303
    decide(as_ada, "publish", 3)

    assert "One." in part(client.get(PAGE).text, "short")
    assert states(session) == ["replaced", "replaced", "published"]


def test_a_withdrawn_answer_is_gone_everywhere_at_once(client, session, as_ada):
    post(as_ada, EDIT, article("Gone soon."))
    decide(as_ada, "publish")
    sitemaps = ["/sitemaps/1.xml"]
    assert any(f"{PAGE}<" in client.get(path).text for path in sitemaps)
    assert "Gone soon." in client.get(PAGE).text

    decide(as_ada, "withdraw")

    for path in (PAGE, f"/es{PAGE}", f"/conditions/{ALL}"):
        assert "Gone soon." not in client.get(path).text
    assert structured_data(client.get(PAGE).text) is None
    assert not any(f"{PAGE}<" in client.get(path).text for path in sitemaps)
    assert states(session) == ["withdrawn"]


def test_a_decision_about_a_version_that_is_no_longer_the_newest_is_told(session, as_ada, as_ben):
    post(as_ada, EDIT, article("One."))
    post(as_ben, EDIT, article("Two.", 1))

    assert "The article has changed since you opened this page." in decide(as_ada, "publish")
    assert states(session) == ["draft", "draft"]


def test_a_review_that_is_old_says_so(client, session, as_ada, as_ben):
    post(as_ada, EDIT, article())
    decide(as_ada, "submit")
    review(as_ben)
    assert "The review of this text is old." not in client.get(PAGE).text

    with as_owner(session):
        session.execute(update(ArticleVersion).values(decided_on=dt.date(2020, 1, 1)))

    assert "The review of this text is old." in client.get(PAGE).text


def test_an_article_in_another_language_says_so(client, as_ada):
    post(as_ada, EDIT, article("Only in English."))
    decide(as_ada, "publish")

    page = client.get(f"/es{PAGE}").text
    assert '<div class="article-text" lang="en"><p>Only in English.' in page
    assert canonical(page) == f"http://localhost/es{PAGE}"


def test_the_page_changes_for_visitors_who_have_it_already(client, as_ada):
    etag = client.get(PAGE).headers["ETag"]
    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 304

    post(as_ada, EDIT, article())
    decide(as_ada, "publish")

    assert client.get(PAGE, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize("what", ["nobody", "another language", "another condition", "dismissed"])
def test_never_lets_anybody_but_the_editors_of_an_article_see_or_change_it(
    app, client, session, condition, ada, alice, what
):
    if what == "dismissed":
        editors.dismiss(session, ada, condition, "en")
        session.commit()
    member = {"nobody": alice}.get(what, ada)
    address = {
        "another language": f"{PAGE}/answer/es",
        "another condition": "/conditions/marfan-syndrome/questions/travel/answer/en",
    }.get(what, EDIT)
    signed_in = browser(app, member)

    assert signed_in.get(address).status_code == 404
    assert post(signed_in, address, article()).status_code == 404
    assert post(signed_in, f"{address}/decide", {"decision": "publish", "number": "1"}).status_code == 404
    assert client.get(address).status_code == 303
    assert states(session) == []


def test_decisions_are_in_the_log_of_changes_without_a_name(session, as_ada):
    post(as_ada, EDIT, article())
    decide(as_ada, "publish")

    entry = audit_log.entries(session, Act.CHANGE, limit=1, offset=0)[1][0]
    assert entry.subject == f"article: publish {ALL} travel en 1"
    assert (entry.actor, len(entry.staff)) == ("", 8)


def test_never_keeps_the_name_of_an_editor_who_deleted_the_account(client, session, config, as_ada, as_ben, ada, ben):
    post(as_ada, EDIT, article("Still useful."))
    decide(as_ada, "submit")
    review(as_ben)
    for member in (ada, ben):
        delete_account(session, config, member)
    session.commit()

    page = client.get(PAGE).text
    assert "Still useful." in page
    assert "Ada Author" not in page
    assert "Ben Reviewer" not in page
    assert "Written by a former editor." in part(page, "sources")
    assert re.search("Reviewed on .* by a former editor", part(page, "short"))
    assert structured_data(page)["lastReviewed"]
    assert session.scalars(select(ArticleSignature)).all() == []


def test_my_data_names_what_i_wrote_and_what_i_am_an_editor_for(session, config, as_ada, ada):
    post(as_ada, EDIT, article())

    rows = {entry.table: listed for entry, listed in member_data(session, ada, config)}
    (signature,), (appointment,) = rows["article_signature"], rows["editor"]
    assert (signature["name"], signature["part"]) == ("Ada Author", "author")
    assert appointment["language"] == "en"
    assert "Acute lymphoblastic leukaemia" in appointment.values()


def test_a_restore_withdraws_again_and_makes_hidden_members_no_editors(client, session, as_ada, ada, condition):
    post(as_ada, EDIT, article())
    decide(as_ada, "publish")
    (id_,) = session.scalars(select(ArticleVersion.id).filter_by(kind="travel"))

    assert withdrawn_articles.repeat(session, lambda one: one == id_) == 1
    after_restore.hide(session, ada, dt.datetime.now(dt.UTC))

    assert states(session) == ["withdrawn"]
    assert not editors.is_editor(session, ada, condition, "en")


def test_the_list_of_an_editor_names_each_question_and_its_state(as_ada, client):
    post(as_ada, EDIT, article())
    listed = text_of(as_ada.get("/me/articles").text)

    assert "Travel Draft: only editors can see it" in listed
    assert "Write or review answers" in as_ada.get(f"/conditions/{ALL}").text
    assert "Write or review answers" not in client.get(f"/conditions/{ALL}").text
    assert EDIT in as_ada.get(PAGE).text


def test_only_editors_find_articles_in_the_navigation(app, as_ada, ada, client, session, bob):
    as_bob = app.test_client()
    sign_in(as_bob, bob)
    entry = re.compile(r'<li><a href="/me/articles"[^>]*>Articles</a>')

    assert entry.search(as_ada.get("/account").text)
    assert not entry.search(as_bob.get("/account").text)
    assert not entry.search(client.get("/").text)

    editors.dismiss_everywhere(session, ada)
    session.commit()
    assert not entry.search(as_ada.get("/account").text)
