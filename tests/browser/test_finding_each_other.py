"""Two people who have never met find each other, as they would."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from mapservice import db
from mapservice.store.tables import Membership
from tests.browser.conftest import ALL, choose_country, join, save_area, sign_up


def zoom_to_own_pin(page: Page) -> None:
    """Click the bubble one is in until one's own pin is drawn."""
    for _ in range(8):
        expect(page.locator(".map-canvas")).to_have_attribute("aria-busy", "false")
        if page.locator(".map-pin").count():
            return
        page.locator(".map-bubble").first.click()
        page.wait_for_timeout(300)
    raise AssertionError("no pin after eight clicks")


def test_two_people_find_each_other_and_one_hides(page: Page, somebody_else: Page, mail, live):
    sign_up(page, mail, "Nora")
    join(page)
    choose_country(page)
    save_area(page)

    zoom_to_own_pin(page)
    expect(page.locator(".map-pin.map-own")).to_be_visible()

    sign_up(somebody_else, mail, "Otis")
    join(somebody_else, "Family or caregiver")
    somebody_else.goto(f"{ALL}/map")
    zoom_to_own_pin(somebody_else)
    somebody_else.locator(".map-pin").first.click()
    card = somebody_else.get_by_role("dialog", name="Card of a person")
    expect(card).to_contain_text("Nora")
    expect(card).to_contain_text("Area around Freiburg")
    expect(card).to_contain_text(re.compile(r"Member since \w+ \d{4}"))

    page.goto(f"{ALL}/place")
    page.get_by_role("button", name="Hide me now").click()
    expect(page.get_by_text("You are hidden")).to_be_visible()

    somebody_else.reload()
    expect(somebody_else.get_by_role("heading", name="Nobody is on this map yet")).to_be_visible()
    expect(somebody_else.locator(".map-canvas")).to_have_attribute("aria-busy", "false")
    assert somebody_else.locator(".map-bubble, .map-pin, .map-badge").count() == 0

    with db.transaction(live.extensions["engine"]) as session:
        stored = session.execute(select(func.st_astext(Membership.pin)).where(Membership.pin.is_not(None))).all()
    assert len(stored) == 1
