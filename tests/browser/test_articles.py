"""An editor answers a question on a phone, with a text that tries to do harm; a reader opens the page."""

import pytest
from playwright.sync_api import Browser, Page, expect

from mapservice import db
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import editors
from mapservice.store.tables import Member
from testing.accounts import new_member
from tests.browser.conftest import ALL, new_context
from tests.browser.test_admin_pages import window
from tests.browser.watching import problems
from tests.text.test_markdown import HOSTILE, PLACES

PAGE = f"{ALL}/questions/travel"

#: Every hostile input in every place but a link of its own, which may have no words; none may run.
TEXT = "\n\n".join(place.format(source[:120]) for source in HOSTILE for place in PLACES[:-1])


@pytest.fixture(scope="module")
def editor(live, acting) -> Member:
    with db.open_session(acting) as session:
        member = new_member(session, "editor@example.org", pseudonym="Editor")
        editors.appoint(session, member, conditions.get(session, ALL.rpartition("/")[2]), "en")
        session.commit()
        return member


def test_an_editor_answers_a_question_on_a_phone_and_nothing_in_it_runs(browser: Browser, live, editor):
    context = window(browser, live, editor)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PAGE)
    page.get_by_role("link", name="Write or change the answer: English").click()
    page.get_by_label("Short answer").fill("Yes, with some planning.")
    page.get_by_label("Long answer").fill(TEXT)
    page.get_by_label("Your name, as readers see it").fill("Ada Author")
    page.get_by_label("Title").first.fill("A page about travelling with a very long title that has to break somewhere")
    page.get_by_label("Publisher").first.fill("A society")
    page.get_by_label("Address", exact=True).first.fill("https://example.org/" + "long" * 40)
    wrong = _scrolls(page)
    page.get_by_role("button", name="Save as a draft").click()
    expect(page.get_by_role("status")).to_contain_text("Only editors can see it")
    page.get_by_role("button", name="Publish without a review").click()
    expect(page.get_by_role("status")).to_contain_text("The version is public.")
    wrong += _scrolls(page)
    found = problems(page, [f"{PAGE}/answer/en", "/me/articles"])
    context.close()

    stranger = new_context(browser, live, viewport={"width": 360, "height": 740})
    reader = stranger.new_page()
    reader.on("dialog", lambda dialog: wrong.append(dialog.message))
    found |= problems(reader, [PAGE])
    expect(reader.get_by_text("Yes, with some planning.")).to_be_visible()
    expect(reader.get_by_text("Not yet reviewed by a health professional").first).to_be_in_viewport()
    stranger.close()

    assert (wrong, found) == ([], {})


def _scrolls(page: Page) -> list[str]:
    return ["scrolls sideways"] if page.evaluate("document.documentElement.scrollWidth > innerWidth") else []
