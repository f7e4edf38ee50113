"""A form with an error, on a phone and on a desk, light and dark: the summary has the focus and leads to the field."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, cookies_after, join, new_context
from tests.browser.watching import faults

#: Pages whose form is sent as it stands, by the button that sends it.
OPEN = {"/sign-in": "Sign in", "/sign-up": "Send me the link", "/forgot": "Send the link"}
MEMBERS = {
    "/conditions/fibromyalgia/join": "Join",
    "/me/consents": "Count me",
    "/account/email": "Send me the link",
    "/account/password": "Change your password",
    "/account/age": "Save",
}


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live) -> StorageState:
    """The cookies of a member of one community."""
    return cookies_after(browser, live, "Petra", join)


def send_as_it_stands(page: Page, address: str, button: str) -> None:
    page.goto(address)
    page.locator("main").get_by_role("button", name=button, exact=True).first.click()


#: What is seen depends on the colours, what fits on the size, and hardly anything on both.
LOOKS: tuple[tuple[ViewportSize, Literal["dark", "light"]], ...] = ((PHONE, "dark"), (DESKTOP, "light"))


@pytest.mark.parametrize("who", ["stranger", "member"])
def test_what_is_wrong_in_a_form_is_told_above_it_and_beside_the_field(browser: Browser, live, signed_in, who):
    options = {"storage_state": signed_in} if who == "member" else {}
    context = new_context(browser, live, **options)
    page, wrong = context.new_page(), {}
    for address, button in (OPEN if who == "stranger" else MEMBERS).items():
        send_as_it_stands(page, address, button)
        summary = page.locator(".error-summary")
        expect(summary).to_be_focused()
        expect(summary).to_contain_text("There is a problem")
        assert page.title().startswith("Error: ")
        for size, scheme in LOOKS:
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            if wrong_here := faults(page):
                wrong[address, scheme] = wrong_here
            link = summary.get_by_role("link").first
            field = (link.get_attribute("href") or "").removeprefix("#")
            link.press("Enter")
            expect(page.locator(f"[id='{field}']")).to_be_focused()
            expect(page.locator(f"[id='{field}-error']")).to_be_in_viewport()
    context.close()

    assert wrong == {}
