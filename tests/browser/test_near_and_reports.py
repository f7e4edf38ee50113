"""Without JavaScript, on a phone: a member finds people in their area, opens a profile, and reports it."""

import re

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.web.accounts import passwords
from testing.accounts import PASSWORD, new_member
from testing.locations import put, zone_called
from tests.browser.conftest import ALL, PHONE, new_context


def test_a_member_finds_somebody_in_their_area_and_reports_them_without_javascript(browser: Browser, live, settled):
    context = new_context(browser, live, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill("finder@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    page.goto(f"{ALL}/map")
    page.get_by_role("link", name="People near me", exact=True).click()
    page.get_by_role("link", name=re.compile("1 person visible to you.*My area")).click()
    page.get_by_role("link", name="Person with the condition").click()
    expect(page.get_by_role("heading", name="Quillsalesman")).to_be_visible()

    page.get_by_role("link", name="Report", exact=True).click()
    page.get_by_label("What should the moderators know? (optional)").fill("He wrote to everyone.")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a reason.")
    expect(page.get_by_label("What should the moderators know? (optional)")).to_have_value("He wrote to everyone.")
    page.get_by_label("They are selling something, such as a cure").check()
    page.get_by_role("button", name="Send report").click()

    expect(page).to_have_url(re.compile("/me/reports$"))
    expect(page.get_by_text("We have not checked it yet.")).to_be_visible()
    context.close()


@pytest.fixture(scope="module")
def settled(live, acting: Engine) -> None:
    """A member with a password, and somebody in the same area."""
    with db.open_session(acting) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        area = zone_called(session, "Freiburg", Level.AREA, "DE")
        for email, name in (("finder@example.org", "Finder"), ("salesman@example.org", "Quillsalesman")):
            member = new_member(session, email, pseudonym=name)
            with live.app_context():
                member.password = passwords.hashed(PASSWORD)
            put(session, member, condition, area, level=Level.AREA, audience=Audience.CONDITION)
