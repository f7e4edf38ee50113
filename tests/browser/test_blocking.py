"""A block on a phone, by keyboard and without JavaScript, and the map of the other person after it."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import ALL, DESKTOP, PHONE, new_context, on_the_map


def test_somebody_is_blocked_from_a_list_and_unblocked(browser: Browser, live):
    olga, rolf = on_the_map(browser, live, "Olga"), on_the_map(browser, live, "Rolf")
    options = {"storage_state": olga, "viewport": PHONE, "java_script_enabled": False}
    with (
        new_context(browser, live, **options) as phone,
        new_context(browser, live, storage_state=rolf, viewport=DESKTOP) as desktop,
    ):
        page, other = phone.new_page(), desktop.new_page()
        other.goto(f"{ALL}/map")
        expect(other.get_by_role("cell", name="2", exact=True).last).to_be_visible()

        page.goto(f"{ALL}/map")
        for zone in ("Germany", "Baden-Württemberg", "Freiburg", "Freiburg"):
            page.get_by_role("rowheader", name=zone).get_by_role("link").first.click()
        block = page.get_by_role("link", name="Block", exact=True)
        expect(block).to_have_count(1)
        block.press("Enter")
        expect(page.get_by_role("heading", name="Block Rolf?")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.get_by_role("button", name="Block").press("Enter")

        expect(page.get_by_role("status")).to_contain_text("You have blocked")
        other.reload()
        expect(other.get_by_role("cell", name="1", exact=True).last).to_be_visible()

        page.get_by_role("button", name="Unblock").press("Enter")
        expect(page.get_by_text("You have not blocked anyone.")).to_be_visible()
