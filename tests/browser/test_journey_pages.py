"""The pages that stand at no address of their own but on a way: on a phone in the dark and on a desk in the light."""

import email
import email.policy
from collections.abc import Callable
from itertools import count

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, text

from mapservice.mail import mailer
from mapservice.web.site import rate_limits
from testing.accounts import PASSWORD
from tests.browser.boxes import box_of
from tests.browser.conftest import (
    ALL,
    address_of,
    ask_for_link,
    choose_country,
    join,
    make_account,
    new_context,
    on_the_map,
    save_area,
    sign_up,
)
from tests.browser.watching import faults_in_turn
from tests.rendered import match_in

FIBROMYALGIA = "/conditions/fibromyalgia"

#: Widths of a small phone, a phone, a tablet, and desks.
WIDTHS = (320, 360, 768, 1280, 1440)


@pytest.fixture
def page(context) -> Page:
    return context.new_page()


@pytest.fixture
def look(page: Page) -> Callable[[str], None]:
    """Looks at the page as it stands now, on a phone or on a desk in turn, and says what is wrong with it."""
    turn = count()

    def looks(heading: str) -> None:
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        assert faults_in_turn(page, next(turn)) == [], heading

    return looks


def link_to(live: Flask, address: str) -> str:
    """The path of the link in the latest e-mail to an address."""
    config = live.extensions["config"]
    mailer.deliver_due(live.extensions["engine"], config)
    files = sorted((config.state / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in files]
    latest = [mail for mail in mails if mail["To"] == address][-1]
    return match_in(latest.get_content(), r"https?://[^/\s]+(/\S+)")


def join_fibromyalgia(page: Page) -> None:
    """Join a second condition, and be shown in the country."""
    page.goto(f"{FIBROMYALGIA}/join")
    page.get_by_label("Person with the condition").check()
    page.get_by_label("I agree that this service stores").check()
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/place")
    page.get_by_label("Germany", exact=False).first.check()
    page.get_by_label("Members of this condition").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/map")


def test_the_pages_of_signing_up(page: Page, look, mail):
    page.goto("/sign-up")
    ask_for_link(page, "Quirin")
    look("Check your e-mail")

    page.goto(mail())
    look("Create your account")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("Create your account")
    make_account(page, "Quirin")

    page.goto("/me")
    look("My conditions and location")


def test_the_pages_of_hiding_moving_and_leaving(page: Page, look, mail):
    sign_up(page, mail, "Ruth")
    join(page)
    choose_country(page)
    save_area(page)
    join_fibromyalgia(page)

    page.get_by_role("button", name="Hide me everywhere").click()
    look("You are hidden everywhere")
    page.get_by_role("button", name="Undo").click()
    look("My conditions and location")

    page.goto(f"{ALL}/place")
    choose_country(page, "France")
    save_area(page, "Lyon", "Area around Lyon", leads_to="**/me/place/moved")
    look("After your move")
    assert page.get_by_role("status").count() == 0, "the page says itself what was saved"

    page.goto(f"{ALL}/leave")
    look("Leave this community?")
    page.goto("/me/place/forget")
    look("Delete my location?")
    page.get_by_role("button", name="Yes, delete my location").click()
    page.goto("/me/hidden")
    look("You are hidden everywhere")
    expect(page.get_by_text("This has already taken effect")).to_have_count(0)


def test_the_pages_of_another_e_mail_address(page: Page, look, mail, live):
    sign_up(page, mail, "Stine")
    page.goto("/account/email")
    look("Change your e-mail address")
    page.get_by_label("New e-mail address").fill(f"new.{address_of('Stine')}")
    page.locator("input[autocomplete$=password]").fill(PASSWORD)
    page.get_by_role("button", name="Send me the link").click()
    page.wait_for_url("**/check-your-mail")
    look("Check your e-mail")

    page.goto(link_to(live, f"new.{address_of('Stine')}"))
    look("Confirm your new e-mail address")
    page.get_by_role("button", name="Use this address").click()
    page.wait_for_url("**/account")
    page.goto("/account/email")
    look("Change your e-mail address")
    page.goto(link_to(live, address_of("Stine")))
    look("Stop the change")
    page.get_by_role("button", name="Stop the change").click()
    look("The change has been stopped")


def test_the_page_after_a_restore(page: Page, look, mail, acting: Engine):
    sign_up(page, mail, "Tilda")
    join(page)
    with acting.begin() as connection:
        connection.execute(
            text("update member set review_since = now() where email = :tilda"), {"tilda": address_of("Tilda")}
        )
    page.goto("/me/review")
    look("Please check your settings")
    page.get_by_role("button", name="I have checked my settings").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My conditions and location")


def test_the_page_for_somebody_who_has_to_wait(page: Page, look, live, monkeypatch):
    monkeypatch.setitem(live.config, "LIMITS", True)
    monkeypatch.setattr(
        rate_limits, "limit", lambda purpose: rate_limits.Limit(purpose, 1 if purpose == "sign_in" else 999, 3600)
    )
    page.goto("/sign-in")
    for _ in range(2):
        page.get_by_label("E-mail address").fill("ute@example.org")
        page.locator("input[autocomplete$=password]").fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main form .button").click()
    look("Please wait a little")


def test_leaving_quickly_keeps_its_corner_and_hiding_keeps_away_from_it(browser: Browser, live):
    context = new_context(browser, live, storage_state=on_the_map(browser, live, "Vera"))
    page = context.new_page()
    wrong: dict[tuple[int, bool], object] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 740})
        page.goto("/me")
        for staff in (False, True):
            if staff:  # who has the link to the figures, too
                page.locator(".site-nav li").first.evaluate("each => each.after(each.cloneNode(true))")
            name, leave, hide, header = (
                box_of(page.locator(selector))
                for selector in (".site-name", "#leave", ".hide-everywhere button", ".site-header")
            )
            beside = hide["x"] + hide["width"] + 8 <= leave["x"]
            below = hide["y"] - leave["y"] - leave["height"]
            if leave["y"] != name["y"] or not (beside or below >= 44 or (below >= 8 and width >= 768)):
                wrong[width, staff] = (name, leave, hide)
            if header["height"] > (75 if width >= 1280 else 200):
                wrong[width, staff] = header
    context.close()

    assert wrong == {}
