"""Two people who have never met find each other, as they would."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from mapservice import db
from mapservice.privacy.visibility import Role
from mapservice.store.tables import Membership
from tests.browser.conftest import ALL, choose_country, join, save_area, sign_up


def zoom_to_a_pin(page: Page, open_bubble: Callable[[Locator], None]) -> None:
    """Open one bubble after the other, each into its zone, until a pin is drawn."""
    for _ in range(8):
        expect(page.locator(".map-canvas")).to_have_attribute("aria-busy", "false")
        if page.locator(".map-pin").count():
            return
        open_bubble(page.locator(".map-bubble").first)
        page.wait_for_timeout(300)
    raise AssertionError("no pin after eight bubbles")


def test_two_people_find_each_other_and_one_hides(page: Page, somebody_else: Page, mail, live):
    sign_up(page, mail, "Nora")
    join(page)
    choose_country(page)
    save_area(page)

    zoom_to_a_pin(page, lambda bubble: bubble.click())
    expect(page.locator(".map-pin.map-own")).to_be_visible()

    sign_up(somebody_else, mail, "Otis")
    join(somebody_else, Role.CAREGIVER)
    somebody_else.goto(f"{ALL}/map")
    zoom_to_a_pin(somebody_else, lambda bubble: bubble.press("Enter"))
    somebody_else.locator(".map-pin").first.press("Enter")
    card = somebody_else.get_by_role("dialog", name="Profile")
    expect(card.locator("bdi")).to_have_text("Nora")
    expect(card).to_contain_text("Area around Freiburg")
    expect(card).not_to_contain_text(re.compile(r"\d{4}"))

    page.goto(f"{ALL}/place")
    page.get_by_role("button", name="Hide me now").click()
    expect(page.get_by_role("status").filter(has_text="You are hidden. Nobody can see you on the map")).to_be_visible()

    somebody_else.reload()
    expect(somebody_else.get_by_role("heading", name="Nobody is on this map yet")).to_be_visible()
    expect(somebody_else.locator(".map-canvas")).to_have_attribute("aria-busy", "false")
    assert somebody_else.locator(".map-bubble, .map-pin, .map-badge").count() == 0

    with db.transaction(live.extensions["engine"]) as session:
        stored = session.execute(select(func.st_astext(Membership.pin)).where(Membership.pin.is_not(None))).all()
    assert len(stored) == 1
