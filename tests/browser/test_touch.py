"""With a finger: what is tapped is chosen, and nothing that lies beneath it or slides under it."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from testing.combinations import EVERY
from tests.browser.boxes import box_of
from tests.browser.conftest import ALL, choose_country, join, latest_link, new_context, sign_up

#: From a phone on its side to a tall one; of these, some for each way to tap.
HEIGHTS = (420, 480, 540, 600, 640, 680, 740, 800, 860, 932)

#: Notes each click that reaches the page, as the element that was meant.
WATCH = """
() => {
  window.pressed = [];
  document.addEventListener("click", ({ target, isTrusted }) => {
    const meant = target.closest("li, label, button, a, .leaflet-container") ?? target;
    if (isTrusted) window.pressed.push(meant.id || meant.textContent.trim().slice(0, 40) || meant.tagName);
  }, true);
}
"""


@pytest.fixture(scope="module")
def phone(browser: Browser, live) -> Iterator[Page]:
    """A phone of somebody who has joined and shows no place yet."""
    context = new_context(browser, live, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    sign_up(page, lambda: latest_link(live), "Tess")
    join(page)
    yield page
    context.close()


def tap(page: Page, place: Locator, *, times: int = 1, held_ms: int = 90) -> None:
    """Touch a place with a finger, lift it, and perhaps do so again."""
    box = box_of(place)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = page.context.new_cdp_session(page)
    for _ in range(times):
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        page.wait_for_timeout(held_ms)
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(held_ms)
    touch.detach()


def look_for_freiburg(page: Page, height: int) -> Locator:
    """The suggestions for a town on a screen of a height."""
    page.set_viewport_size({"width": 360, "height": height})
    page.goto(f"{ALL}/place")
    choose_country(page)
    page.evaluate(WATCH)
    page.get_by_label("Town or city").press_sequentially("Freib")
    options = page.get_by_role("listbox", name="Towns").get_by_role("option")
    options.nth(1).scroll_into_view_if_needed()
    return options


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_never_presses_what_lies_beneath_a_town(phone: Page, times):
    wrong = {}
    for height in HEIGHTS if EVERY in os.environ else HEIGHTS[times - 1 :: 6]:
        options = look_for_freiburg(phone, height)
        chosen = options.nth(1)
        name, town = chosen.locator("strong").text_content(), chosen.get_attribute("id")

        tap(phone, chosen, times=times)
        expect(phone.locator("#finder-status")).to_contain_text("Found: Area around")
        expect(phone.locator("#how-much")).to_be_in_viewport()

        pressed = phone.evaluate("window.pressed")
        ticked = phone.locator("#place-form input[type=checkbox]:checked").count()
        field = phone.get_by_label("Town or city").input_value()
        if (pressed, ticked, field) != ([town], 0, name):
            wrong[height] = (pressed, ticked, field)

    assert wrong == {}


def test_a_second_tap_on_the_map_of_zones_chooses_no_other_zone(phone: Page):
    look_for_freiburg(phone, 740)
    phone.keyboard.press("Escape")
    canvas = phone.locator("#zone-map")
    canvas.scroll_into_view_if_needed()

    tap(phone, canvas)
    expect(phone.locator("#finder-status")).to_contain_text("Found: Area around")
    once = phone.locator("#finder-status").text_content() or ""
    look_for_freiburg(phone, 740)
    phone.keyboard.press("Escape")
    canvas.scroll_into_view_if_needed()
    tap(phone, canvas, times=2)

    expect(phone.locator("#finder-status")).to_have_text(once)


def test_a_suggestion_of_the_search_opens_on_a_tap(phone: Page):
    phone.goto("/")
    phone.get_by_role("combobox").press_sequentially("marfan")
    option = phone.get_by_role("option").first
    option.wait_for()

    tap(phone, option)

    phone.wait_for_url("**/conditions/marfan-syndrome")


def test_the_number_of_towns_is_announced(phone: Page):
    look_for_freiburg(phone, 740)
    status = phone.locator("#town-status")
    expect(status).to_contain_text("towns found")

    phone.get_by_label("Town or city").fill("Nowhereatall")
    expect(status).to_contain_text("We could not find a town with this name")
    expect(status).to_be_visible()
