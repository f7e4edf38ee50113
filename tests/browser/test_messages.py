"""Two people on phones: one finds the other on the map, writes, is accepted, is answered; then one hides everywhere."""

import pytest
from playwright.sync_api import Page, StorageState, expect

from mapservice.geo.zones import Level
from tests.browser.conftest import ALL, PHONE, new_context, on_the_map
from tests.browser.test_finding_each_other import zoom_to_a_pin

TEXT = "Hello, would you like to talk about work one day?"


@pytest.fixture(scope="module")
def nora(browser, live) -> StorageState:
    return on_the_map(browser, live, "Nora")


@pytest.fixture(scope="module")
def otis(browser, live) -> StorageState:
    return on_the_map(browser, live, "Otis", level=Level.COUNTRY)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def press(page: Page, name: str) -> None:
    """Press a button by its name with the keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def test_two_people_write_to_each_other_on_their_phones(browser, live, nora, otis):
    with (
        new_context(browser, live, storage_state=otis, viewport=PHONE) as with_script,
        new_context(browser, live, storage_state=nora, viewport=PHONE, java_script_enabled=False) as without,
    ):
        theirs, hers = with_script.new_page(), without.new_page()

        # Otis finds Nora on the map, and writes, by keyboard.
        theirs.goto(f"{ALL}/map")
        zoom_to_a_pin(theirs, lambda bubble: bubble.press("Enter"))
        theirs.locator(".map-pin").first.press("Enter")
        card = theirs.get_by_role("dialog", name="Profile")
        card.get_by_role("link", name="Write").press("Enter")
        expect(theirs.get_by_role("heading", name="Write to Nora")).to_be_visible()
        assert fits(theirs)
        theirs.get_by_label("Your message").fill(TEXT)
        press(theirs, "Send message")
        expect(theirs.get_by_role("heading", name="Your message was sent")).to_be_visible()
        assert fits(theirs)

        # Nora has no script. She accepts and answers.
        hers.goto("/messages")
        expect(hers.get_by_role("link", name="Messages New: 1")).to_be_visible()
        hers.get_by_role("link", name="Otis").click()
        expect(hers.get_by_role("heading", name="Otis wants to write to you")).to_be_visible()
        assert fits(hers)
        hers.get_by_role("button", name="Accept").click()
        hers.get_by_label("Your message").fill("Yes, gladly.")
        hers.get_by_role("button", name="Send message").click()
        expect(hers.locator(".message-own")).to_contain_text("Yes, gladly.")
        assert fits(hers)

        # What Otis opens is read, and what he types is kept without a button.
        theirs.goto("/messages")
        theirs.get_by_role("link", name="Nora").click()
        expect(theirs.locator(".message").last).to_contain_text("Yes, gladly.")
        expect(theirs.get_by_role("button", name="Mark as read")).to_be_hidden()
        with theirs.expect_response("**/draft"):
            theirs.get_by_label("Your message").fill("Tomorrow?")
        theirs.goto("/messages")
        expect(theirs.get_by_text("Tomorrow?")).to_be_visible()
        expect(theirs.get_by_role("link", name="Messages", exact=True)).to_be_visible()

        # Nora hides everywhere: gone from the map, but they still know each other.
        hers.goto("/me")
        hers.get_by_role("button", name="Hide me everywhere").click()
        theirs.goto(f"{ALL}/map/table?in=DE.1")
        expect(theirs.get_by_text("Nora")).to_have_count(0)
        theirs.goto("/messages")
        theirs.get_by_role("link", name="Nora").click()
        expect(theirs.get_by_label("Your message")).to_have_value("Tomorrow?")
        press(theirs, "Send message")
        expect(theirs.locator(".message-own").last).to_contain_text("Tomorrow?")
