"""Caregivers on phones: two agree that they represent one person, a grown child takes over, and after a death."""

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from mapservice import db
from mapservice.privacy.visibility import Role
from mapservice.store.tables import Member, Membership
from tests.browser.conftest import ALL, PHONE, fill_in, latest_link, new_context, sign_up


def shown(live, page: Page, name: str) -> str:
    """Sign up and be shown as a caregiver to all members; the address of the card."""
    sign_up(page, lambda: latest_link(live), name)
    fill_in(page, f"{ALL}/join", role=Role.CAREGIVER, consent="yes")
    fill_in(page, f"{ALL}/place", zone="DE", audience="members")
    with db.transaction(live.extensions["engine"]) as session:
        mine = select(Membership.public_id).join(Member, Member.id == Membership.member_id)
        return f"{ALL}/people/{session.scalars(mine.where(Member.pseudonym == name)).one()}"


def joined(live, page: Page, name: str) -> None:
    sign_up(page, lambda: latest_link(live), name)
    fill_in(page, f"{ALL}/join", role=Role.PERSON, consent="yes")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_two_caregivers_agree_with_a_code(browser: Browser, live):
    """One of them has no scripts, the other has no mouse."""
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


def test_a_grown_child_takes_over_while_a_message_to_the_parent_waits(browser: Browser, live):
    with (
        new_context(browser, live, viewport=PHONE) as one,
        new_context(browser, live, viewport=PHONE) as other,
        new_context(browser, live) as third,
    ):
        parent, child, friend = one.new_page(), other.new_page(), third.new_page()
        card = shown(live, parent, "Parent")
        joined(live, friend, "Friend")
        fill_in(friend, f"{card}/write", text="Would you like to talk about school one day?")
        joined(live, child, "Grown")

        parent.goto(f"{ALL}/person")
        parent.get_by_role("button", name="Make a code for the person").click()
        code = parent.locator("code").inner_text()
        child.goto(f"{ALL}/person")
        child.get_by_label("Code", exact=True).fill(code)
        child.get_by_label("The one who gave me this code takes part here for me.").check()
        child.get_by_role("button", name="Enter the code").click()
        expect(child.get_by_text("You have entered a code.")).to_be_visible()
        parent.goto(f"{ALL}/person#confirm")
        parent.get_by_role("button", name="Yes, confirm and stay").click()
        expect(parent.get_by_text("You have confirmed that someone else")).to_be_visible()

        parent.goto("/messages")
        expect(parent.get_by_role("main").get_by_text("Friend")).to_be_visible()
        child.goto("/messages")
        expect(child.get_by_role("main").get_by_text("Friend")).to_have_count(0)
        assert fits(parent)
        assert fits(child)


def test_a_caregiver_keeps_a_person_in_memory_and_undoes_it(browser: Browser, live):
    with (
        new_context(browser, live, viewport=PHONE) as one,
        new_context(browser, live) as other,
    ):
        carer, reader = one.new_page(), other.new_page()
        card = shown(live, carer, "Carer")
        joined(live, reader, "Reader")
        assert reader.request.get(card).status == 200

        carer.goto(f"{ALL}/person")
        carer.get_by_role("link", name="See what you can choose").click()
        assert fits(carer)
        carer.get_by_role("button", name="Keep them in memory").click()
        expect(carer.get_by_role("alert").get_by_text("Tick the box if you agree.")).to_be_visible()
        carer.get_by_label("I agree that the person I represent is counted in memory").check()
        carer.get_by_role("button", name="Keep them in memory").click()
        expect(carer.get_by_role("heading", name="In memory:")).to_be_visible()
        assert fits(carer)
        assert reader.request.get(card).status == 404

        carer.get_by_role("button", name="Undo").click()
        expect(carer.get_by_role("status").filter(has_text="Undone.")).to_be_visible()
        assert reader.request.get(card).status == 200
