"""The pages of admins: their tables fit a phone, and a file comes out in the end."""

import csv

import pytest
from playwright.sync_api import Browser, BrowserContext

from mapservice import db
from mapservice.store.accounts import staff
from mapservice.store.tables import Member
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import sign_in
from tests.browser.conftest import ALL, PHONE, new_context
from tests.factor import new_staff

SLUG = ALL.rpartition("/")[2]
PAGES = ["/admin/", "/admin/releases", f"/admin/conditions/{SLUG}", f"/admin/conditions/{SLUG}/compare",
         f"/admin/export?condition={SLUG}", "/admin/ledger", "/exports"]  # fmt: skip


@pytest.fixture(scope="module")
def dana(live, acting) -> Member:
    with db.open_session(acting) as session:
        return new_staff(session, role=staff.ADMIN)


def window(browser: Browser, live, member: Member, *, has_code: bool = True, **options) -> BrowserContext:
    """A window of somebody who has signed in, with their second factor, but for ``has_code``."""
    token = sign_in(live.test_client(), member, has_code=has_code)
    context = new_context(browser, live, **options)
    # A cookie of this name is set under https only, and sent to localhost all the same.
    context.add_cookies(
        [{"name": COOKIE, "value": token, "url": "https://localhost", "secure": True, "httpOnly": True}]
    )
    return context


# What a reader has to scroll for: cells whose end lies beside the frame of their table.
ASIDE = """() => {
    const end = (element) => element.getBoundingClientRect().right;
    const cells = [...document.querySelectorAll(".table-scroll :is(td, th)")];
    return cells.filter((each) => end(each) > end(each.closest(".table-scroll")) + 1).map((each) => each.textContent);
}"""


# What stands below the name of its column, and not beside it.
UNDER_NAMES = """() => {
    const start = (element) => element.getBoundingClientRect().left;
    const parts = [...document.querySelectorAll("[data-title] > *")].filter((each) => each.textContent);
    return parts.filter((each) => start(each) < start(each.parentElement) + 100).map((each) => each.textContent);
}"""


@pytest.mark.parametrize("width", [280, 360, 590])
def test_on_a_phone_no_cell_lies_beside_the_screen_and_a_table_stays_a_table(browser, live, released, dana, width):
    context = window(browser, live, dana)
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    for address, cell in (
        (f"/admin/conditions/{SLUG}/compare", "no visible change"),
        ("/admin/ledger", "Dana"),
        ("/admin/releases", "Nov 16, 2026"),
    ):
        page.goto(address)
        assert page.evaluate(ASIDE) == [], address
        assert page.evaluate(UNDER_NAMES) == [], address
        assert page.get_by_role("table").get_by_role("row").get_by_role("cell", name=cell).first.is_visible()
    context.close()


def test_an_admin_chooses_conditions_and_takes_a_file_along(browser, live, released, dana, tmp_path):
    context = window(browser, live, dana)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_role("checkbox", name="Acute lymphoblastic leukaemia").check()
    page.get_by_role("button", name="Export the chosen conditions").click()
    page.get_by_label("region").check()
    page.get_by_label("What is it for?").fill("A grant")
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download").click()
    begun.value.save_as(tmp_path / "figures.csv")
    page.goto("/exports")
    row = page.get_by_role("row", name="Dana").inner_text()
    page.set_viewport_size(PHONE)
    assert page.evaluate(ASIDE) == []
    context.close()

    rows = list(csv.DictReader((tmp_path / "figures.csv").read_text().splitlines()))
    assert [(row["zone"], row["people"]) for row in rows] == [("world", "210"), ("DE.1", "15"), ("DE.3", "25")]
    assert begun.value.suggested_filename == f"figures-release-1-{SLUG}-by-region.csv"
    assert "A grant" in row
