"""The input with suggestions by keyboard, as both searches have it: the pattern of the ARIA Authoring Practices."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import choose_country, join, latest_link, new_context, sign_up


@pytest.fixture(scope="module")
def page(browser: Browser, live) -> Iterator[Page]:
    """A page of somebody who may choose a location."""
    context = new_context(browser, live)
    page = context.new_page()
    sign_up(page, lambda: latest_link(live), "Cosima")
    join(page)
    yield page
    context.close()


@pytest.fixture(params=["conditions", "towns"])
def box(page: Page, request) -> Locator:
    """An input after typing, with a few suggestions."""
    if request.param == "conditions":
        page.goto("/")
        box = page.locator("input#q")
        box.press_sequentially("arthr")
    else:
        page.goto("/conditions/acute-lymphoblastic-leukaemia/place")
        choose_country(page)
        box = page.locator("input#town")
        box.press_sequentially("Neustadt")
    options(box).nth(2).wait_for()
    return box


def options(box: Locator) -> Locator:
    return box.page.locator(f"[id='{box.get_attribute('aria-controls')}'] [role=option]")


def marked(box: Locator) -> list[int]:
    """The places in the list of the options that are marked."""
    said = options(box).evaluate_all("all => all.map((one) => one.getAttribute('aria-selected'))")
    marked_numbers = [at for at, selected in enumerate(said) if selected == "true"]
    ids = [options(box).nth(at).get_attribute("id") for at in marked_numbers]
    assert ids == [option_id for option_id in [box.get_attribute("aria-activedescendant")] if option_id]
    return marked_numbers


def test_arrow_keys_go_through_the_options_and_back_to_the_input(box: Locator):
    last = options(box).count() - 1

    assert marked(box) == []
    for key, at in (("ArrowDown", [0]), ("ArrowDown", [1]), ("ArrowUp", [0]), ("ArrowUp", []), ("ArrowUp", [last])):
        box.press(key)
        assert marked(box) == at
    box.press("ArrowDown")
    assert marked(box) == []
    expect(box).to_be_focused()


def test_escape_closes_the_list_and_an_arrow_key_opens_it_again(box: Locator):
    typed = box.input_value()
    status = box.page.locator("#town-status, form.search [role=status]")
    expect(status).to_contain_text("found")

    box.press("Escape")

    expect(options(box).first).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value(typed)
    expect(status).to_have_text("")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert marked(box) == [0]


def test_leaving_the_input_closes_the_list_and_a_click_opens_it_again(box: Locator):
    box.press("Tab")
    expect(options(box).first).to_be_hidden()

    box.click()

    expect(options(box).first).to_be_visible()
    assert marked(box) == []


def test_typing_on_forgets_the_option_that_was_marked(box: Locator):
    box.press("ArrowDown")

    box.press("Backspace")

    assert marked(box) == []


def test_enter_takes_the_marked_town_or_else_the_first(page: Page):
    for keys, at in ((["Enter"], 0), (["ArrowDown", "ArrowDown", "Enter"], 1)):
        page.goto("/conditions/acute-lymphoblastic-leukaemia/place")
        choose_country(page)
        box = page.locator("input#town")
        box.press_sequentially("Frei")
        options(box).nth(1).wait_for()
        name = options(box).nth(at).locator("strong").text_content()
        for key in keys:
            box.press(key)
        expect(box).to_have_value(name or "")
        expect(options(box).first).to_be_hidden()
        expect(page.locator("#level-choices input")).to_have_count(4)
