"""From the page of a condition to its community, in a real browser: how many pages it takes, and where it leads."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from testing.accounts import PASSWORD
from tests.browser.conftest import (
    ALL,
    DESKTOP,
    PHONE,
    address_of,
    ask_for_link,
    latest_link,
    make_account,
    new_context,
    sign_up,
)

#: From the page of the condition until one has joined.
MAX_PAGES = 5


@pytest.fixture
def page(context) -> Page:
    return context.new_page()


def pages_of(page: Page) -> list[str]:
    """The pages that somebody sees from now on; one that only sends on is none."""
    seen: list[str] = []
    page.on("response", lambda answer: seen.append(answer.url) if is_page(answer) else None)
    return seen


def is_page(answer) -> bool:
    return answer.request.is_navigation_request() and not 300 <= answer.status < 400


def test_at_most_five_pages_lead_from_a_condition_into_its_community(page: Page, mail):
    seen = pages_of(page)
    page.goto(ALL)

    page.get_by_role("link", name="Join", exact=True).click()
    ask_for_link(page, "Frida")
    page.goto(mail())
    make_account(page, "Frida")
    page.wait_for_url(f"**{ALL}/join")
    page.get_by_label("Person with the condition").check()
    page.get_by_label("I agree that this service stores").check()
    assert len(seen) <= MAX_PAGES, seen
    page.get_by_role("button", name="Join", exact=True).click()

    expect(page.get_by_text("Welcome. Nobody can see you on the map yet")).to_be_visible()


def test_signing_in_leads_back_to_the_page_it_was_asked_for_from(page: Page, mail):
    sign_up(page, mail, "Gustav")
    page.goto("/")
    page.get_by_role("button", name="Sign out").click()
    page.goto(ALL)

    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(address_of("Gustav"))
    page.locator("input[autocomplete$=password]").fill(PASSWORD)
    page.locator("main form .button").click()

    page.wait_for_url(f"**{ALL}")


def test_the_month_is_asked_of_those_alone_who_are_under_18(page: Page, mail):
    page.goto("/sign-up")
    ask_for_link(page, "Hanne")
    page.goto(mail())
    month = page.get_by_label("In which month do you turn 18?")
    expect(month).to_be_hidden()

    page.get_by_label("I am 16 or 17").check()
    expect(month).to_be_visible()
    month.select_option(index=13)
    page.get_by_label("Name that others can see").fill("Hanne")
    page.locator("input[autocomplete$=password]").fill(PASSWORD)
    page.get_by_label("I want to take part").check()
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url(lambda url: "/confirm/" not in url)

    page.goto("/account")
    expect(page.get_by_text(re.compile(r"You turn 18 in \w+ 20\d\d"))).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_pages_of_signing_up_fit_the_screen(browser: Browser, live, size):
    context = new_context(browser, live)
    page = context.new_page()
    page.set_viewport_size(size)
    page.goto("/sign-up")
    ask_for_link(page, f"Ivo{size['width']}")
    for path in ("/sign-up", "/sign-up/check-your-mail", latest_link(live), "/confirm/made-up"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
    context.close()


def test_a_second_try_of_a_test_signs_up_once_more(page: Page, mail):
    for _try in range(2):
        sign_up(page, mail, "Heidi")
        page.context.clear_cookies()
