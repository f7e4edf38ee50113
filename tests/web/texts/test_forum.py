"""The forum: asking, answering, following, what helped, and what becomes of a discussion whose first text is gone."""

import re
import uuid

import pytest
from sqlalchemy import select

from mapservice.store.across.subjects import NEWS
from mapservice.store.blocks import blocks
from mapservice.store.forum import threads
from mapservice.store.tables import Membership
from mapservice.store.tables.notifications import PendingNotification
from mapservice.store.tables.texts import ForumThread, MemberText, TextDraft, ThreadFollow
from testing.accounts import post
from tests.web.places.place_forms import ALL
from tests.web.texts.stories import CURE, app, as_fellow, as_moderator

__all__ = ["app", "as_fellow", "as_moderator"]

FORUM, ASK = f"{ALL}/forum", f"{ALL}/forum/ask"
ASKED = {
    "title": "How do you sleep with the tablets?",
    "body": "I lie awake until three.\n\n- tea\n- a book\n\n> Try to walk.",
    "audience": "condition",
    "language": "en",
}


def ask(client, **fields):
    """Start a discussion; the address of its page."""
    return post(client, ASK, {"operation": str(uuid.uuid4()), **ASKED, **fields})


def answer(client, thread: str, body: str = "A walk in the evening.", **fields):
    said = {"body": body, "audience": "condition", "language": "en", "quotes": "", **fields}
    return post(client, f"{thread}/answer", {"operation": str(uuid.uuid4()), **said})


def text_of(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def test_a_question_is_asked_and_answered(client, as_bob, as_fellow, as_neighbour):
    thread = ask(as_bob).location
    for page in (FORUM, ALL):
        assert ASKED["title"] in as_fellow.get(page).text
        assert ASKED["title"] not in as_neighbour.get(page).text
        assert ASKED["title"] not in client.get(page).text
    page = as_fellow.get(thread).text
    assert all(words in page for words in ("Bob", "No answer yet", "<li>tea</li>", "<blockquote>\n<p>Try to walk.</p>"))
    assert as_neighbour.get(thread).status_code == 404
    assert client.get(thread).status_code == 303

    found = answer(as_fellow, thread).location

    assert as_bob.get(found).location.startswith(f"{thread}#text-")
    page = as_bob.get(thread).text
    assert all(words in page for words in ("A walk in the evening.", "Fellow", "1 answer"))
    assert "1 answer" in as_bob.get(FORUM).text
    assert not re.search(r"\d\d:\d\d", text_of(page))
    assert as_neighbour.get(f"{thread}/answer").status_code == 404
    assert answer(as_neighbour, thread).status_code == 404


def test_lists_say_what_has_no_answer_and_what_one_follows(as_bob, as_fellow):
    first = ask(as_bob, title="The first question here").location
    ask(as_bob, title="The second question here")
    answer(as_fellow, first)

    unanswered = as_fellow.get(f"{FORUM}?order=unanswered").text
    assert ("The second question" in unanswered, "The first question" in unanswered) == (True, False)
    followed = as_fellow.get(f"{FORUM}?order=followed").text
    assert ("The first question" in followed, "The second question" in followed) == (True, False)
    post(as_fellow, f"{first}/follow", {"follow": "no"})
    assert "You do not follow a discussion here" in as_fellow.get(f"{FORUM}?order=followed").text


def test_who_asked_says_which_answers_helped(as_bob, as_fellow):
    thread = ask(as_bob).location
    found = answer(as_fellow, thread).location
    assert post(as_fellow, f"{found}/helped", {"helped": "yes"}).status_code == 404
    assert "This helped me" not in as_fellow.get(thread).text

    post(as_bob, f"{found}/helped", {"helped": "yes"})

    assert "This helped the person who asked" in as_fellow.get(thread).text
    assert "An answer helped" in as_fellow.get(FORUM).text
    post(as_bob, f"{found}/helped", {"helped": "no"})
    assert "An answer helped" not in as_fellow.get(FORUM).text


def test_a_quote_shows_what_is_still_there(as_bob, as_fellow):
    thread = ask(as_bob).location
    first = answer(as_fellow, thread, "Write to me@example.org, I walk.").location.rpartition("/")[2]
    form = as_bob.get(f"{thread}/answer?quote={first}").text
    assert f'name="quotes" value="{first}"' in form
    assert "I walk." in form
    answer(as_bob, thread, "How far?", quotes=first)

    page = text_of(as_bob.get(thread).text)
    assert "Write to [hidden], I walk." in page.partition('class="quoted"')[2].partition("</blockquote>")[0]
    post(as_fellow, f"{ALL}/texts/{first}/withdraw", {})
    page = text_of(as_bob.get(thread).text)
    assert ("How far?" in page, "I walk." in page, "quoted" in page) == (True, False, False)


@pytest.mark.parametrize("way", ["withdraw", "delete", "leave", "account"])
def test_answers_stay_where_the_first_text_is_withdrawn(session, client, as_bob, as_fellow, way):
    thread = ask(as_bob, audience="public").location
    alone = ask(as_bob, audience="public", title="Nobody answers this").location
    answer(as_fellow, thread, audience="public")
    assert all(ASKED["title"] in reader.get(thread).text for reader in (client, as_fellow))
    at = f"{ALL}/texts/{thread.rpartition('/')[2]}"
    steps = {
        "withdraw": (f"{at}/withdraw", {}),
        "delete": (f"{at}/delete", {"sure": "yes"}),
        "leave": (f"{ALL}/leave", {"sure": "yes"}),
        "account": ("/account/delete", {"sure": "yes"}),
    }

    post(as_bob, *steps[way])
    if way in {"withdraw", "delete"}:
        post(as_bob, f"{ALL}/texts/{alone.rpartition('/')[2]}/{steps[way][0].rpartition('/')[2]}", steps[way][1])

    for reader in (as_fellow, client):
        page = text_of(reader.get(thread).text)
        assert all(words in page for words in ("Withdrawn by its author", "A walk in the evening."))
        assert not any(words in page for words in (ASKED["title"], "I lie awake", "Bob"))
        assert ASKED["title"] not in reader.get(FORUM).text
        assert reader.get(alone).status_code == (303 if reader is client else 404)
    if way == "withdraw":
        post(as_bob, f"{at}/undo", {})
        assert ASKED["title"] in as_fellow.get(thread).text


def test_never_lets_an_answer_be_read_by_more_people_than_its_discussion(client, as_bob, as_fellow, as_neighbour):
    thread = ask(as_bob, audience="public").location
    answer(as_fellow, thread, "For all to read.", audience="public")
    answer(as_fellow, thread, "For members of this condition.")
    assert "For all to read." in client.get(thread).text
    for reader in (client, as_neighbour):
        assert "For members of this condition." not in reader.get(thread).text
        assert "1 answer" in reader.get(thread).text

    post(as_bob, f"{ALL}/texts/{thread.rpartition('/')[2]}/edit", {**ASKED, "audience": "members"})
    assert client.get(thread).status_code == 303
    assert "For all to read." in as_neighbour.get(thread).text
    assert answer(as_fellow, thread, "Too wide.", audience="public").status_code == 422


def test_never_shows_a_held_question_to_anybody_but_its_author(as_bob, as_fellow, as_moderator):
    held = {"title": CURE["title"], "body": CURE["body"]}
    thread = ask(as_bob, **held).location
    assert "A moderator will read it first" in as_bob.get(thread).text
    assert CURE["title"] in as_bob.get(FORUM).text
    for page in (FORUM, ALL):
        assert CURE["title"] not in as_fellow.get(page).text
    assert as_fellow.get(thread).status_code == 404
    assert answer(as_fellow, thread).status_code == 404

    at = f"/moderation/texts/{ALL.rpartition('/')[2]}/{thread.rpartition('/')[2]}"
    assert f'href="{at}"' in as_moderator.get("/moderation/texts/").text
    post(as_moderator, at, {"decision": "approve"})
    assert as_fellow.get(thread).status_code == 200


def test_never_shows_what_somebody_said_to_those_whom_they_blocked(session, as_bob, bob, as_fellow):
    fellow = session.scalars(select(Membership).where(Membership.member_id != bob.id)).one()
    thread = ask(as_bob).location
    answer(as_fellow, thread)
    blocks.block(session, bob, fellow, name=None)
    session.commit()

    page = as_fellow.get(thread).text
    assert ASKED["title"] not in page + as_fellow.get(FORUM).text
    assert "Withdrawn by its author" in page
    assert "A walk in the evening." in page
    assert "A walk in the evening." not in as_bob.get(thread).text


def test_an_answer_is_changed_withdrawn_and_reported(as_bob, as_fellow):
    thread = ask(as_bob).location
    found = answer(as_fellow, thread).location
    own = f"{ALL}/texts/{found.rpartition('/')[2]}"
    assert f'href="{found}"' in as_fellow.get("/me/texts").text
    assert f'href="{own}/report"' in as_bob.get(thread).text
    assert as_bob.get(f"{own}/report").status_code == 200

    said = {"body": "Two walks.", "audience": "condition", "language": "en", "quotes": ""}
    assert post(as_fellow, f"{own}/edit", said).location == found
    page = as_bob.get(thread).text
    assert ("Two walks." in page, "edited" in page) == (True, True)
    post(as_fellow, f"{own}/withdraw", {})
    assert "Two walks." not in as_bob.get(thread).text


def test_what_was_typed_is_kept_for_each_discussion(session, as_bob, as_fellow):
    thread, other = ask(as_bob).location, ask(as_bob, title="Another question").location
    post(as_fellow, f"{thread}/answer/draft", {"body": "Half a thought", "audience": "condition", "language": "en"})

    assert "Half a thought" in as_fellow.get(f"{thread}/answer").text
    assert "Half a thought" not in as_fellow.get(f"{other}/answer").text
    assert f'href="{thread}/answer"' in as_fellow.get("/me/texts").text
    answer(as_fellow, thread)
    assert session.scalars(select(TextDraft)).all() == []


def test_a_discussion_goes_with_its_last_text(session, as_bob):
    thread = ask(as_bob).location
    post(as_bob, f"{ALL}/texts/{thread.rpartition('/')[2]}/delete", {"sure": "yes"})
    assert threads.delete_empty(session) == 1
    assert session.scalars(select(ForumThread)).all() == session.scalars(select(MemberText)).all() == []
    assert session.scalars(select(ThreadFollow)).all() == []


def test_discussions_like_the_title_are_offered(as_bob, as_fellow, as_neighbour):
    thread = ask(as_bob).location
    ask(as_bob, title="Which hospital in Freiburg?")
    asked = {"title": "How do you sleep on tablets?"}
    found = post(as_fellow, f"{ASK}/preview", asked, headers={"Accept": "application/json"}).json
    assert found == {"alike": [{"title": ASKED["title"], "language": "en", "address": thread}]}
    assert post(as_neighbour, f"{ASK}/preview", asked, headers={"Accept": "application/json"}).json == {"alike": []}

    page = post(as_fellow, f"{ASK}/preview", {**ASKED, **asked}).text
    offered = page.partition('id="alike"')[2].partition("</section>")[0]
    assert (f'href="{thread}"' in offered, "Freiburg" in offered) == (True, False)


def test_a_new_answer_is_news_until_it_is_read(session, bob, as_bob, as_fellow):
    thread = ask(as_bob).location
    answer(as_bob, thread, "Nobody else has said anything.")
    assert not NEWS["answers"](session, bob)
    answer(as_fellow, thread)
    assert session.scalars(select(PendingNotification.kind).filter_by(member_id=bob.id)).all() == ["answers"]
    assert NEWS["answers"](session, bob)

    page = as_bob.get("/me/forum").text
    assert all(words in page for words in ("New answer", ASKED["title"], f'href="{FORUM}"'))
    newest = re.search(r'name="newest" value="([^"]+)"', as_bob.get(thread).text)[1]
    post(as_bob, f"{thread}/seen", {"newest": newest})

    assert not NEWS["answers"](session, bob)
    assert "New answer" not in as_bob.get("/me/forum").text
    assert 'name="newest"' not in as_bob.get(thread).text


def test_a_held_answer_is_news_once_a_moderator_has_shown_it(session, bob, as_bob, as_fellow, as_moderator):
    thread = ask(as_bob).location
    found = answer(as_fellow, thread, CURE["body"]).location
    assert session.scalars(select(PendingNotification)).all() == []

    at = f"/moderation/texts/{ALL.rpartition('/')[2]}/{found.rpartition('/')[2]}"
    post(as_moderator, at, {"decision": "approve"})

    assert NEWS["answers"](session, bob)
    assert len(session.scalars(select(PendingNotification)).all()) == 1
