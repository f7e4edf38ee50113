"""A member adds a passkey on a phone, signs in with it alone, and removes it; the device is Chromium's virtual one."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, latest_link, sign_up
from tests.browser.watching import violations


def check(page: Page, heading: str) -> None:
    """The page is there, nothing on it is inaccessible, and it fits."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert [problem["id"] for problem in violations(page) if problem["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def give_device(page: Page) -> None:
    """Let the browser have a device that checks its owner and keeps passkeys."""
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_a_passkey_signs_in_without_a_password(context, live):
    page = context.new_page()
    page.set_viewport_size(PHONE)
    stopped: list[str] = []
    page.on("console", lambda message: stopped.append(message.text) if "CSP" in message.text else None)
    give_device(page)
    sign_up(page, lambda: latest_link(live), "Pascale")

    page.goto("/account")
    page.get_by_role("link", name="Add a passkey").click()
    check(page, "Your passkeys")
    page.get_by_role("link", name="Add a passkey").click()
    check(page, "Add a passkey")
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_hidden()
    page.get_by_label("Name of the passkey").fill("My phone")
    page.get_by_role("button", name="Add passkey").click()
    check(page, "Your passkeys")
    expect(page.get_by_text("Not used yet.")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in?next=/account/passkeys")
    page.get_by_role("link", name="Sign in with a passkey").click()
    check(page, "Sign in with a passkey")
    page.get_by_role("button", name="Use my passkey").click()
    check(page, "Your passkeys")

    page.get_by_role("button", name=re.compile("Remove")).click()
    expect(page.get_by_text("You have no passkeys.")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/passkey")
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("This passkey did not work")
    assert stopped == []
