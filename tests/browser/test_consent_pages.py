"""The pages of consents and of one's data on a phone: they fit, and one click takes a consent back."""

from playwright.sync_api import Browser, expect

from tests.browser.conftest import PHONE, join, latest_link, new_context, sign_up


def test_consents_and_data_on_a_phone(browser: Browser, live):
    context = new_context(browser, live)
    page = context.new_page()
    page.set_viewport_size(PHONE)
    sign_up(page, lambda: latest_link(live), "Phonia")
    join(page)

    page.goto("/me/consents")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Count me", exact=True).click()
    expect(page.get_by_role("button", name="Stop counting me")).to_be_visible()

    for path in ("/me/consents", "/me/data"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    context.close()
