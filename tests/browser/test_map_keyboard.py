"""The map by keyboard: one stop, marks in the order of reading, and the focus is never lost."""

from playwright.sync_api import Page, expect

from tests.browser.open_maps import FOCUSED, IN_MAP, open_map, people, settle, watcher

__all__ = ["people", "watcher"]


def stops_in_the_map(page: Page) -> list[str]:
    """What has the focus, key by key, from when it comes into the map until it leaves it."""
    stops: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate(IN_MAP):
            stops.append(page.evaluate(FOCUSED))
        elif stops:
            break
    return stops


def test_by_keyboard_the_map_is_one_stop_and_nobody_is_lost(watcher, people):
    page = open_map(watcher, at=(50, 9, 7))
    marks = page.locator(".map-mark")
    assert marks.count() > 1
    expect(page.locator(".map-mark[tabindex='0']")).to_have_count(1)
    table_link = page.get_by_role("link", name="View as a table")
    expect(table_link).to_be_visible()

    table_link.focus()
    is_mark = ["map-mark" in stop for stop in stops_in_the_map(page)]
    assert is_mark == sorted(is_mark)  # the buttons first
    assert sum(is_mark) == 1
    expect(page.locator("#legend summary")).to_be_focused()

    page.keyboard.press("Shift+Tab")
    seen = set()
    for key in ("Home", *["PageDown"] * marks.count()):
        page.keyboard.press(key)
        seen.add(page.evaluate(FOCUSED))
    assert len(seen) == marks.count()
    page.keyboard.press("Home")
    first = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) != first

    for key in ("+", "+", "-"):
        page.keyboard.press(key)
        settle(page)
        page.wait_for_timeout(400)
        assert page.evaluate(IN_MAP)
        assert "map-mark" in page.evaluate(FOCUSED)

    page.keyboard.press("Escape")
    expect(page.locator(".map-canvas")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#legend summary")).to_be_focused()
    table_link.press("Enter")
    expect(page.locator("#table")).to_be_focused()


def test_enter_opens_from_the_world_down_to_a_card(watcher, people):
    page = open_map(watcher, at=(40, 9, 3))
    page.locator(".map-mark[tabindex='0']").focus()
    for _ in range(10):
        if "map-pin" in page.evaluate(FOCUSED):
            break
        if "map-badge" in page.evaluate(FOCUSED):
            page.keyboard.press("PageDown")
        page.keyboard.press("Enter")
        settle(page)
        page.wait_for_timeout(300)
        assert page.evaluate(IN_MAP)
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog", name="Profile")).to_be_visible()
    page.keyboard.press("Escape")
    assert "map-pin" in page.evaluate(FOCUSED)
