"""Two caregivers on phones agree that they represent one person: one of them without scripts, the other by keyboard."""

from playwright.sync_api import Browser, expect

from mapservice.privacy.visibility import Role
from tests.browser.conftest import ALL, PHONE, fill_in, latest_link, new_context, sign_up


def test_two_caregivers_agree_with_a_code(browser: Browser, live):
    with (
        new_context(browser, live, java_script_enabled=False, viewport=PHONE) as one,
        new_context(browser, live, viewport=PHONE) as other,
    ):
        mother, father = one.new_page(), other.new_page()
        for page, name in ((mother, "Mother"), (father, "Father")):
            sign_up(page, lambda: latest_link(live), name)
            fill_in(page, f"{ALL}/join", role=Role.CAREGIVER, consent="yes")
        mother.goto("/me")
        mother.get_by_role("link", name="The person you represent").click()
        mother.get_by_label("Their parent").check()
        mother.get_by_role("button", name="Save").click()
        expect(mother.get_by_label("Their parent")).to_be_checked()
        mother.get_by_role("button", name="Make a code for another caregiver").click()
        code = mother.locator("code").inner_text()
        assert mother.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

        father.goto(f"{ALL}/person")
        father.get_by_label("Code", exact=True).fill(code)
        father.keyboard.press("Tab")
        father.keyboard.press("Space")
        father.keyboard.press("Enter")
        expect(father.get_by_text("You have entered a code.")).to_be_visible()

        mother.goto("/me")
        mother.get_by_role("link", name="Someone has entered your code. Please answer.").click()
        mother.get_by_role("button", name="Yes, confirm").click()
        expect(
            mother.get_by_text("You have confirmed that someone else here represents the same person.")
        ).to_be_visible()
        assert mother.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        father.reload()
        father.get_by_role("button", name="End this").click()
        expect(father.get_by_label("Code", exact=True)).to_be_visible()
