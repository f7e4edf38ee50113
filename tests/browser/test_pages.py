"""Every page, on a phone and on a desk, light and dark: nothing foreign, nothing stopped, nothing inaccessible."""

from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import (
    ALL,
    DESKTOP,
    PHONE,
    new_context,
)
from tests.browser.watching import Traffic, violations

OPEN = ["/", "/search?q=ALL", "/search?q=nothinglikeit", ALL, "/conditions/fibromyalgia", "/conditions/", "/privacy",
        "/sources", "/api", "/sign-up", "/sign-up/check-your-mail", "/confirm/made-up", "/sign-in", "/forgot",
        "/account/email/freeze/made-up", "/no-such-page"]  # fmt: skip
MEMBERS = ["/me", "/me/hidden", "/me/place/forget", "/me/review", "/me/consents", "/account", "/account/email",
           "/account/email/check-your-mail", "/account/delete", f"{ALL}/join", f"{ALL}/leave", f"{ALL}/place",
           f"{ALL}/map", f"{ALL}/map?in=DE", "/conditions/fibromyalgia/map"]  # fmt: skip


def problems(page: Page, addresses: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with pages: foreign requests, what the policy stopped, errors, what axe finds serious."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "CSP" in message.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    traffic, wrong = Traffic(page), {}
    for address in addresses:
        page.goto(address)
        traffic.settle()
        wrong_here = faults(page)
        ours = page.url.split("/")[2]
        # What the page asks for while it is looked at counts too.
        asked = [request.url for request in traffic.seen if not request.url.startswith("data:")]
        if wrong_here := [*wrong_here, *said, *(url for url in asked if url.split("/")[2] != ours)]:
            wrong[address] = wrong_here
        said.clear()
        traffic.seen.clear()
    return wrong


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: what does not fit, and what axe finds serious."""
    wrong = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("scrolls sideways")
    serious = [violation for violation in violations(page) if violation["impact"] in {"serious", "critical"}]
    wrong += [f"axe {violation['id']}: {violation['nodes'][0]['target']}" for violation in serious]
    return wrong


# What is seen depends on the colours, what fits on the size, and hardly anything on both.
@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
@pytest.mark.parametrize("who", ["stranger", "member"])
def test_never_asks_another_host_and_keeps_to_its_policy(
    browser: Browser, live, released, signed_in, size, scheme, who
):
    options = {"storage_state": signed_in} if who == "member" else {}
    context = new_context(browser, live, color_scheme=scheme, **options)
    page = context.new_page()
    page.set_viewport_size(size)
    wrong = problems(page, OPEN if who == "stranger" else MEMBERS)
    context.close()

    assert wrong == {}
