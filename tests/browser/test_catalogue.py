"""The search while typing, by keyboard and by touch; and leaving quickly."""

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import ALL, PHONE


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """The start page, on a phone."""
    page = context.new_page()
    page.set_viewport_size(PHONE)
    page.goto("/")
    return page


def type_into_search(page: Page, words: str):
    """The search box after typing, when suggestions are there."""
    box = page.get_by_role("combobox", name="Name, abbreviation or code of a condition")
    box.press_sequentially(words)
    page.get_by_role("option").first.wait_for()
    return box


def test_suggestions_are_chosen_by_keyboard(page: Page):
    box = type_into_search(page, "ALL")
    expect(box).to_have_attribute("aria-expanded", "true")

    box.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("option").first.locator("bdi").first).not_to_be_empty()
    assert box.get_attribute("aria-activedescendant") == page.get_by_role("option").first.get_attribute("id")

    box.press("Enter")
    page.wait_for_url(f"**{ALL}")


def test_suggestions_are_chosen_by_touch(page: Page):
    type_into_search(page, "ALL")

    page.get_by_role("option").first.click()

    page.wait_for_url(f"**{ALL}")


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(page: Page):
    box = type_into_search(page, "marfan")

    box.press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("marfan")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_enter_without_a_choice_searches(page: Page):
    type_into_search(page, "ALL").press("Enter")

    page.wait_for_url("**/search?q=ALL")
    expect(page.get_by_role("heading", name="found")).to_be_visible()


def test_the_number_of_suggestions_is_announced(page: Page):
    type_into_search(page, "marfan")

    expect(page.locator("form.search").get_by_role("status")).to_contain_text("found")


def test_leaving_quickly_replaces_the_page_and_tells_the_other_side_nothing(context: BrowserContext, page: Page):
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.headers)
        route.fulfill(content_type="text/html", body="neutral")

    context.route("https://www.wikipedia.org/**", answer)
    page.goto(ALL)
    before = page.evaluate("history.length")
    assert asked == []

    page.get_by_role("link", name="Leave quickly").click()

    page.wait_for_url("https://www.wikipedia.org/**")
    assert "referer" not in asked[0]
    assert page.evaluate("history.length") == before
