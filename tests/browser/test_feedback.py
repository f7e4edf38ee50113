"""A reader says on a phone, by keyboard and without scripts, what is wrong with an article; an editor reads it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from mapservice import db
from mapservice.questions import ArticleState, ArticleText, QuestionKind, Source
from mapservice.store.catalogue import conditions
from mapservice.store.knowledge import articles, editors
from mapservice.store.knowledge.articles import ArticleKey
from mapservice.store.tables import Member
from testing.accounts import new_member
from tests.browser.conftest import ALL, PHONE, new_context
from tests.browser.test_admin_pages import window
from tests.browser.watching import LOOKS, problems

PAGE = f"{ALL}/questions/travel"
WRONG = f"{PAGE}/answer/en/wrong"
LIST = "/me/articles/remarks/"

SAID = "The second sentence is out of date: " + "W" * 120


@pytest.fixture(scope="module")
def people(live, acting) -> tuple[Member, Member]:
    """A reader and an editor of an article."""
    with db.open_session(acting) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        text = ArticleText("Some can.", sources=(Source("Travelling", "A society", "https://example.org/t"),))
        key = ArticleKey(condition.id, QuestionKind.TRAVEL, "en")
        articles.save(session, key, 0, text, state=ArticleState.PUBLISHED)
        reader, editor = (new_member(session, f"{name}@example.org", pseudonym=name) for name in ("Reader", "Editor"))
        editors.appoint(session, editor, condition, "en")
        session.commit()
        return reader, editor


def test_a_reader_says_what_is_wrong_by_keyboard_without_scripts(browser: Browser, live, people):
    reader, editor = people
    context = window(browser, live, reader, java_script_enabled=False, viewport=PHONE)
    page = context.new_page()
    page.goto(PAGE)
    press(page, "button", "This article helped")
    expect(page.get_by_text("You said that this article helped.")).to_be_visible()
    press(page, "link", "Something is wrong")
    page.get_by_label("What is wrong, and why?").focus()
    page.keyboard.type(SAID)
    press(page, "button", "Send to the editors")
    expect(page.get_by_role("status").filter(has_text="Thank you.")).to_be_visible()
    context.close()

    context = window(browser, live, editor, viewport=PHONE)
    page = context.new_page()
    page.goto(LIST)
    expect(page.get_by_text(SAID)).to_be_visible()
    expect(page.get_by_text("Reader", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Done", exact=True).click()
    page.get_by_role("link", name="Done", exact=True).click()
    page.get_by_role("button", name="Put back into the list").click()
    context.close()


@pytest.mark.parametrize("look", LOOKS, ids=("desktop", "phone"))
def test_every_page_of_it_fits_and_can_be_read(browser: Browser, live, people, look):
    found: dict[str, list[str]] = {}
    for member, addresses in zip(people, ([PAGE, WRONG], [LIST, f"{LIST}done", "/me/articles"]), strict=True):
        context = window(browser, live, member, viewport=look.size, color_scheme=look.scheme)
        found |= problems(context.new_page(), addresses)
        context.close()
    stranger = new_context(browser, live, viewport=look.size, color_scheme=look.scheme)
    found |= problems(stranger.new_page(), [PAGE])
    stranger.close()

    assert found == {}


def press(page: Page, role, name):
    page.get_by_role(role, name=name, exact=True).focus()
    page.keyboard.press("Enter")
