"""An admin sets up a service on a phone: its name and colour, its rules, and the condition it is for."""

import pytest
from playwright.sync_api import Browser, Page, expect

from mapservice import db
from mapservice.store.accounts import staff
from mapservice.store.tables import Member
from tests.browser.conftest import new_context
from tests.browser.test_admin_pages import window
from tests.browser.watching import problems
from tests.factor import new_staff

PAGES = [
    "/admin/service/",
    "/admin/service/texts/rules/en",
    "/admin/service/conditions/?q=marfan",
    "/admin/service/staff/",
    "/admin/service/logo/",
    "/about/rules",
]


@pytest.fixture(scope="module")
def admin(live, acting) -> Member:
    with db.open_session(acting) as session:
        return new_staff(session, role=staff.ADMIN)


def save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Save").click()


def test_an_admin_sets_up_a_service_on_a_phone(browser: Browser, live, admin):
    context = window(browser, live, admin)
    page = context.new_page()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/admin/")
    page.get_by_role("link", name="Write them").click()

    page.get_by_label("Name of the service").fill("Map of ours")
    page.get_by_label("Colour of links and buttons").fill("#ffcc00")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("The nearest that works is #7f6600")
    expect(page.get_by_label("Name of the service")).to_have_value("Map of ours")
    page.get_by_label("Colour of links and buttons").fill("#7f6600")
    save(page)
    expect(page.get_by_role("status")).to_contain_text("Every page shows them now")
    expect(page.get_by_role("banner").get_by_role("link", name="Map of ours")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('main a')).color") == "rgb(127, 102, 0)"

    page.goto("/admin/service/texts/rules/en")
    page.get_by_label("Text").fill("# Be kind\n\n- Always.")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Be kind")).to_be_visible()
    save(page)
    page.get_by_role("contentinfo").get_by_role("link", name="Community rules").click()
    expect(page.get_by_role("heading", name="Be kind", level=3)).to_be_visible()

    page.goto("/admin/service/conditions/?q=marfan")
    page.get_by_role("button", name="Only this one").first.click()
    expect(page.get_by_role("status")).to_contain_text("for this condition only")
    wrong = problems(page, PAGES)
    context.close()
    stranger = new_context(browser, live)
    home = stranger.new_page()
    home.goto("/")
    expect(home.get_by_role("heading", level=1)).to_have_text("Marfan syndrome")
    stranger.close()

    assert wrong == {}
