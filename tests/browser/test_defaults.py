"""Whatever the page finds, and however a browser comes back to it: only the member's own click shows them."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import ALL, choose_country, join, sign_up
from tests.browser.test_member_pages import find_freiburg

RESTORED = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def ticked(page: Page, name: str) -> list[str]:
    return page.locator(f"input[name={name}]:checked").evaluate_all("boxes => boxes.map(({ value }) => value)")


def test_finding_a_place_shows_nobody_until_the_member_says_so(page: Page, mail):
    sign_up(page, mail, "Nina")
    join(page)
    choose_country(page)
    find_freiburg(page)
    assert ticked(page, "audience") == ["nobody"]

    page.get_by_label("Area around Freiburg").check()
    page.get_by_label("Germany", exact=False).first.check()
    assert ticked(page, "audience") == ["nobody"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Nobody can see you")).to_be_visible()
    assert ticked(page, "audience") == ["nobody"]


def test_the_second_consent_is_asked_for_again_when_the_zone_changes(page: Page, mail):
    sign_up(page, mail, "Oda")
    join(page)
    choose_country(page)
    find_freiburg(page)
    page.get_by_label("Members of this condition").check()
    page.get_by_label("Area around Freiburg").check()
    page.get_by_label("I understand that we expect").check()

    page.get_by_label("District around").check()

    assert ticked(page, "finer") == []


def test_coming_back_to_a_page_never_brings_back_an_old_tick(page: Page, mail):
    sign_up(page, mail, "Pia")
    join(page)
    for address, box in ((f"{ALL}/place", "All signed-in members"), (f"{ALL}/join", "I agree to be counted")):
        page.goto(address)
        before = page.locator("main input:checked").evaluate_all(
            "boxes => boxes.map(({ name, value }) => name + value)"
        )
        page.get_by_label(box).check()
        page.goto("/me")
        page.go_back()
        page.wait_for_load_state()
        after = page.locator("main input:checked").evaluate_all("boxes => boxes.map(({ name, value }) => name + value)")
        assert after == before

        page.get_by_label(box).check()
        page.evaluate(f"() => void setTimeout(() => {RESTORED})")
        expect(page.get_by_label(box)).not_to_be_checked()
        page.wait_for_load_state("networkidle")
