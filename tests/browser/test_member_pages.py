"""The place page and the members' map as somebody uses them: on a phone, with a filter, with a hasty hand."""

import re

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Role
from tests.browser.boxes import box_of
from tests.browser.conftest import (
    ALL,
    DESKTOP,
    PHONE,
    choose_country,
    join,
    new_context,
    on_the_map,
    save_area,
    sign_up,
)
from tests.browser.watching import record

MAP = "document.querySelector('.map-canvas').clusters._map"
MARKS = "document.querySelector('.map-canvas').clusters._marks()"


def find_freiburg(page: Page) -> None:
    page.get_by_label("Town or city").press_sequentially("Freiburg")
    page.get_by_role("listbox", name="Towns").get_by_role("option").first.click()


def wait_for_marks(page: Page) -> None:
    expect(page.locator(".map-canvas")).to_have_attribute("aria-busy", "false")


def look_at(page: Page, zoom: int) -> None:
    """Look at Germany."""
    page.evaluate(
        "(zoom) => document.querySelector('.map-canvas').clusters._map.setView([51, 10], zoom, { animate: false })",
        zoom,
    )
    wait_for_marks(page)


def view(page: Page) -> tuple[float, float, int]:
    return page.evaluate(
        f"() => {{ const map = {MAP}, at = map.getCenter();"
        " return [at.lat.toFixed(3), at.lng.toFixed(3), map.getZoom()] }"
    )


@pytest.fixture(scope="module")
def of_germany(browser: Browser, live) -> StorageState:
    """The cookies of somebody who shows their country."""
    return on_the_map(browser, live, "Greta", level=Level.COUNTRY)


@pytest.fixture
def as_greta(browser: Browser, live, of_germany):
    """A page of somebody who shows their country."""
    context = new_context(browser, live, storage_state=of_germany)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("size", "share"), [(PHONE, 0.3), (DESKTOP, 0.55)], ids=["phone", "desktop"])
def test_the_map_is_in_the_first_screen(as_greta: Page, size, share):
    as_greta.set_viewport_size(size)
    as_greta.goto(f"{ALL}/map")

    box = box_of(as_greta.locator(".map-canvas"))

    assert (min(box["y"] + box["height"], size["height"]) - box["y"]) / size["height"] >= share


def test_a_badge_opens_the_table_at_its_zone(as_greta: Page):
    as_greta.goto(f"{ALL}/map")
    look_at(as_greta, 7)
    badge = as_greta.locator("a.map-badge").filter(has_text="Germany")
    expect(badge).to_have_accessible_name(re.compile("Germany: 1 person shows the whole country. Open the table."))

    badge.click()

    as_greta.wait_for_url(re.compile(r"/map\?in=DE#table$"))
    expect(as_greta.get_by_role("heading", name="1 person shows exactly this zone")).to_be_visible()


def test_a_filter_reloads_the_table_and_keeps_the_view_to_itself(as_greta: Page):
    as_greta.goto(f"{ALL}/map")
    look_at(as_greta, 5)
    before, seen = view(as_greta), record(as_greta)

    as_greta.get_by_label("Show", exact=True).select_option("researcher")
    as_greta.wait_for_url("**/map?role=researcher")
    wait_for_marks(as_greta)

    assert view(as_greta) == before
    expect(as_greta.locator(".map-table")).not_to_contain_text("Germany")
    assert all(not re.search(r"[?&](lat|lng|zoom|at|view)=|51\.", request.url) for request in seen)


def test_who_comes_from_elsewhere_begins_at_their_own_zone(as_greta: Page):
    as_greta.goto(f"{ALL}/map")
    home = view(as_greta)
    look_at(as_greta, 3)

    as_greta.goto("/me")
    as_greta.get_by_role("link", name="See the map").click()
    wait_for_marks(as_greta)

    assert view(as_greta) == home


def test_the_way_to_the_world_and_back(as_greta: Page):
    as_greta.goto(f"{ALL}/map")
    wait_for_marks(as_greta)
    home = view(as_greta)

    as_greta.get_by_role("button", name="Show the whole world").press("Enter")
    assert view(as_greta)[2] == 2

    as_greta.get_by_role("button", name="Show the area around me").click()
    wait_for_marks(as_greta)
    assert view(as_greta) == home


def test_opening_a_zone_on_a_phone_never_leads_to_an_empty_map(page: Page, mail):
    sign_up(page, mail, "Jule")
    join(page, Role.RESEARCHER)
    choose_country(page)
    save_area(page)
    page.set_viewport_size(PHONE)
    page.goto(f"{ALL}/map?role=researcher")
    look_at(page, 5)
    marks_in_view = f"() => {MARKS}.filter((mark) => {MAP}.getBounds().contains(mark.getLatLng())).length"

    for _ in range(8):
        if page.locator(".map-pin").count():
            break
        page.locator(".map-mark").first.click()
        page.wait_for_timeout(500)  # one tap after another, not a double tap
        wait_for_marks(page)
        page.wait_for_function(marks_in_view)

    page.locator(".map-pin").first.click()
    expect(page.get_by_role("dialog", name="Profile")).to_be_visible()


def test_the_legend_names_every_role(as_greta: Page):
    as_greta.goto(f"{ALL}/map")

    as_greta.get_by_text("Legend").click()

    expect(as_greta.locator("#legend svg")).to_have_count(7)
    expect(as_greta.locator("#legend")).to_contain_text("Family or caregiver")


def test_finding_a_zone_on_a_phone_brings_the_choices_into_view(page: Page, mail):
    page.set_viewport_size(PHONE)
    sign_up(page, mail, "Ida")
    join(page)
    choose_country(page)

    find_freiburg(page)

    expect(page.get_by_role("heading", name="2. How much of it can people see?")).to_be_in_viewport()
    expect(page.locator("#finder-status")).to_contain_text("Found: Area around Freiburg")


def test_an_error_keeps_the_choice_and_a_double_click_saves_once(page: Page, mail):
    sign_up(page, mail, "Jan")
    join(page)
    choose_country(page)
    find_freiburg(page)
    page.get_by_label("Area around Freiburg").check()
    page.get_by_label("Members of this condition").check()

    page.get_by_role("button", name="Save").dblclick()

    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.get_by_label("Area around Freiburg")).to_be_checked()
    page.get_by_label("I understand that we expect").check()
    page.get_by_role("button", name="Save").dblclick()
    page.wait_for_url("**/map")
    expect(page.locator(".map-visibility")).to_contain_text(", Area around Freiburg, with a pin")


def test_the_map_of_zones_names_them_and_asks_for_nothing_more(page: Page, mail):
    sign_up(page, mail, "Kim")
    join(page)
    choose_country(page)
    page.wait_for_load_state("networkidle")
    seen = record(page)
    expect(page.locator(".zone-label span").filter(has_text=re.compile("^Berlin$"))).to_be_visible()

    page.evaluate("void document.getElementById('zone-map').zoneMap.map.setView([48, 7.85], 9, { animate: false })")
    page.locator("#zone-map").hover()

    expect(page.locator("#zone-map .leaflet-tooltip")).to_contain_text("Area around")
    page.wait_for_timeout(500)
    assert seen == []


def test_another_country_is_shown_whole(page: Page, mail):
    sign_up(page, mail, "Lea")
    join(page)
    choose_country(page)
    choose_country(page, "France")
    page.wait_for_load_state("networkidle")

    shown = "document.getElementById('zone-map').zoneMap"
    assert page.evaluate(f"{shown}.map.getBounds().contains({shown}.home)")
