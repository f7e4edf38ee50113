"""People whose pins are close together are one mark: their cards are turned one by one, and a page lists them."""

import re

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from mapservice import db
from mapservice.store.catalogue import conditions
from testing.accounts import new_member
from testing.locations import put_at
from tests.browser.boxes import box_of
from tests.browser.conftest import ALL, PHONE
from tests.browser.open_maps import change, open_map, people, watcher

__all__ = ["people", "watcher"]

#: More than a page of them.
MANY = 22

POINT = (7.85, 48.06)


@pytest.fixture(scope="module")
def names(live, people) -> dict[str, str]:
    """People at one point, by their public ids in their order: their names."""
    with db.open_session(live.extensions["engine"]) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        members = [new_member(session, f"many-{at}@example.org", pseudonym=f"Many {at}") for at in range(MANY)]
        rows = {put_at(session, member, condition, *POINT).public_id: member.pseudonym for member in members}
    return dict(sorted(rows.items()))


@pytest.fixture
def page(watcher: BrowserContext, names) -> Page:
    """The map, on which the watcher's own pin and those of many others are."""
    return open_map(watcher, with_clock=True)


def stack_of(page: Page) -> Locator:
    return page.locator(".map-pin", has_text=re.compile(r"^\d+$"))


def card_of(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Profile")


def test_the_cards_of_a_mark_are_turned_by_keyboard_beyond_a_page_of_them(page, names):
    stack = stack_of(page)
    expect(stack).to_have_accessible_name(f"{MANY} people; open the profiles")
    stack.press("Enter")
    card, shown = card_of(page), list(names.values())
    expect(card).to_contain_text(shown[0])
    expect(card).to_contain_text(f"1 of {MANY}")

    for at in range(1, MANY):
        card.get_by_role("button", name="Next").press("Enter")
        expect(card.locator("bdi")).to_have_text(shown[at])
    expect(card).to_contain_text(f"{MANY} of {MANY}")
    expect(card.get_by_role("button", name="Next")).to_be_disabled()
    card.get_by_role("button", name="Previous").press("Enter")
    expect(card.locator("bdi")).to_have_text(shown[-2])

    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(stack).to_be_focused()


def test_a_page_lists_them_for_everybody(page, names):
    stack_of(page).press("Enter")

    card_of(page).get_by_role("link", name="View as a list").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("People at one point of the map")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"{MANY} people visible to you")
    expect(page.locator(".people li")).to_have_count(20)
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".people li")).to_have_count(MANY - 20)
    page.locator(".people li").last.get_by_role("link").first.click()
    expect(page.locator("#card h1")).to_have_text(list(names.values())[-1])


def test_never_goes_on_showing_who_has_hidden_among_many(page, live, names):
    stack = stack_of(page)
    stack.press("Enter")
    card, first = card_of(page), next(iter(names.values()))
    expect(card.locator("bdi")).to_have_text(first)

    change(live, first, is_shown=False)
    try:
        page.clock.run_for(26_000)
        expect(card).to_contain_text("This person is no longer visible to you.")
        expect(card).not_to_contain_text(first)
        expect(stack).to_have_text(str(MANY - 1))
    finally:
        change(live, first, is_shown=True)


def test_who_stays_keeps_the_card_when_another_hides(page, live, names):
    stack_of(page).press("Enter")
    card, shown = card_of(page), list(names.values())
    card.get_by_role("button", name="Next").click()
    expect(card.locator("bdi")).to_have_text(shown[1])

    change(live, shown[0], is_shown=False)
    try:
        page.clock.run_for(26_000)
        expect(card).to_contain_text(f"1 of {MANY - 1}")
        expect(card.locator("bdi")).to_have_text(shown[1])
        card.get_by_role("button", name="Next").click()
        expect(card.locator("bdi")).to_have_text(shown[2])
    finally:
        change(live, shown[0], is_shown=True)


def test_a_list_on_a_page_of_its_own_is_live(page, live, names):
    first = next(iter(names))
    stack_of(page).press("Enter")
    card_of(page).get_by_role("link", name="View as a list").click()
    link = page.locator(f".people a[href$='{first}']")
    expect(link).to_be_visible()

    change(live, names[first], is_shown=False)
    try:
        page.clock.run_for(26_000)
        expect(link).to_have_count(0)
        expect(page.get_by_role("heading", level=2)).to_have_text(f"{MANY - 1} people visible to you")
    finally:
        change(live, names[first], is_shown=True)


def test_what_cannot_be_loaded_can_be_tried_again(page, names):
    failed: list[str] = []

    def fail_once(route):
        failed.append(route.request.url)
        if len(failed) == 1:
            route.fulfill(status=503, body="{}")
        else:
            route.continue_()

    page.route("**/stacks/*", fail_once)
    stack_of(page).press("Enter")
    card = card_of(page)
    expect(card).to_contain_text("We could not load the profile.")

    card.get_by_role("button", name="Try again").click()

    expect(card.locator("bdi")).to_have_text(next(iter(names.values())))


def test_people_who_have_all_gone_since_the_map_was_drawn_are_not_there(page, names):
    page.route("**/stacks/*", lambda route: route.fulfill(json={"n": 0, "page": 1, "size": 20, "people": []}))

    stack_of(page).press("Enter")

    expect(card_of(page)).to_contain_text("These people are no longer visible to you.")
    expect(card_of(page).get_by_role("link", name="View as a list")).to_be_hidden()


def test_on_a_phone_a_mark_of_many_is_opened_by_touch(browser, live, watcher, names, people):
    with browser.new_context(
        base_url=live.extensions["address"], storage_state=people["Vera"], viewport=PHONE, has_touch=True
    ) as context:
        page = open_map(context, at=(48.06, 7.85, 10))
        stack_of(page).tap()
        card = card_of(page)
        expect(card).to_contain_text(f"1 of {MANY}")
        box = box_of(card)
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
