"""The public map in a browser: bubbles by country, regions when one comes near, and the same without JavaScript."""

import os
import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from mapservice import db
from mapservice.hosting import embedded
from testing.combinations import EVERY, is_due
from tests.browser.conftest import ALL, new_context
from tests.browser.watching import record

MARFAN = "/conditions/marfan-syndrome"


@pytest.fixture(scope="module")
def all_over_the_world(server, live_database, released) -> None:
    """Figures from Samoa to Fiji and from the far south to the far north."""
    engine = db.new_engine(embedded.url(server, embedded.OWNER, live_database))
    with engine.begin() as connection:
        connection.execute(
            text("""
                insert into released_count (release, condition_id, place, shown)
                select 1, id, place, 40 from condition,
                    unnest(array['XI', 'FJ', 'NZ', 'US', 'AR', 'NO', 'DE', 'IS', 'RU', 'ZA', 'JP']) as place
                where slug = 'marfan-syndrome'
            """)
        )
    engine.dispose()


def test_the_map_shows_countries_and_nearer_their_regions(context, released):
    page = context.new_page()
    seen = record(page)
    page.goto(ALL)
    page.get_by_role("button", name="Germany: about 90 people; zoom in").click()

    expect(page.get_by_role("button", name="Baden-Württemberg: about 25 people")).to_be_visible()
    expect(page.get_by_role("button", name="Germany: about 90 people; zoom in")).to_have_count(0)
    assert not [request.url for request in seen if "clusters" in request.url or "people" in request.url]


# Whether the map stands still with the whole world in it and no bubble sticking out; and the zoom it stands at.
WORLD = """() => {
    const canvas = document.querySelector(".map-canvas"), frame = canvas.getBoundingClientRect();
    const isOut = ({ left, right, top, bottom }) =>
        left < frame.left || right > frame.right || top < frame.top || bottom > frame.bottom;
    const bubbles = [...canvas.querySelectorAll(".map-bubble:not(.map-dot)")];
    const bounds = canvas.figures._map.getBounds();
    return bubbles.length > 1 && !bubbles.some((each) => isOut(each.getBoundingClientRect()))
        && bounds.getWest() < -172 && bounds.getEast() > 180 && bounds.getSouth() < -55 && bounds.getNorth() > 72;
}"""
MAP = "document.querySelector('.map-canvas').figures._map"
ZOOM = f"{MAP}.getZoom()"
STILL = "!document.querySelector('.leaflet-zoom-anim')"

#: The pages with a map of the world, and how wide they are: each of them in one of four widths.
WIDTHS = (280, 800, 360, 1280)
MAPS = [
    (path, width)
    for at, path in enumerate((MARFAN, f"{MARFAN}/embed"))
    for width in WIDTHS
    if is_due(width, WIDTHS, 3 * at)
]


@pytest.mark.parametrize(("path", "width"), MAPS)
@pytest.mark.usefixtures("all_over_the_world")
def test_the_world_fits_a_map_of_any_width_at_first_and_by_its_button(context, width, path):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(path)
    page.wait_for_function(WORLD)
    farthest = page.evaluate(ZOOM)
    assert page.evaluate(f"{MAP}._animateToZoom") is None, "while a map zooms with an animation, it ignores its buttons"

    page.get_by_role("button", name="Zoom in").click()
    page.wait_for_function(f"() => {ZOOM} > {farthest} && {STILL}")
    page.get_by_role("button", name="Show the whole world").click()

    page.wait_for_function(WORLD)
    assert page.evaluate(ZOOM) == farthest
    expect(page.get_by_role("button", name="Zoom out")).to_be_disabled()


@pytest.mark.usefixtures("all_over_the_world")
def test_who_sees_the_world_goes_on_seeing_it_on_a_phone_that_is_turned(context):
    page = context.new_page()
    page.set_viewport_size({"width": 740, "height": 360})
    page.goto(MARFAN)
    page.wait_for_function(WORLD)

    page.set_viewport_size({"width": 360, "height": 740})
    page.wait_for_function("() => document.querySelector('.map-canvas').figures._map.getSize().x < 360")

    page.wait_for_function(WORLD)


def test_the_regions_of_a_country_unfold_in_the_table(context, released):
    page = context.new_page()
    page.goto(ALL)
    row = page.get_by_role("rowheader", name="Baden-Württemberg")
    expect(row).to_be_hidden()

    fold = page.get_by_role("button", name="Regions of Germany")
    fold.press("Enter")

    expect(row).to_be_visible()
    fold.press("Enter")
    expect(row).to_be_hidden()


def test_the_rows_that_unfold_are_those_of_the_page_of_the_country(context, released):
    page = context.new_page()
    page.goto(f"{ALL}/figures/1/DE")
    rows = page.locator(".figures-region")
    written = rows.evaluate_all("(rows) => rows.map((row) => row.outerHTML.replace(/\\s+/g, ' '))")
    page.goto(ALL)

    page.get_by_role("button", name="Regions of Germany").click()

    expect(rows).to_have_count(3)
    assert [re.sub(r"> <", "><", row) for row in written] == rows.evaluate_all(
        "(rows) => rows.map((row) => row.outerHTML.replace(/ hidden(=\"\")?/, ''))"
    )


def test_never_tells_the_service_which_country_is_unfolded(context, released):
    page = context.new_page()
    page.goto(ALL)
    page.locator(".map-bubble").first.wait_for()
    seen = record(page)

    page.get_by_role("button", name="Regions of Germany").click()

    expect(page.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()
    assert [request.url for request in seen if "/tiles/" not in request.url] == []


def test_where_the_figures_cannot_be_loaded_a_country_leads_to_its_page(context, released):
    page = context.new_page()
    page.route("**/figures/1.json", lambda route: route.abort())
    page.goto(ALL)
    page.get_by_role("button", name="Regions of Germany").press("Enter")

    page.get_by_role("link", name=re.compile("Regions of .*Germany")).press("Enter")

    expect(page.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()


def test_the_tables_have_everything_without_javascript(browser, live, released):
    context = new_context(browser, live, java_script_enabled=False)
    page = context.new_page()
    page.goto(ALL)
    expect(page.get_by_role("rowheader", name="Germany")).to_be_visible()
    expect(page.get_by_role("region", name="Map of the published statistics")).to_be_hidden()

    page.get_by_role("link", name=re.compile("Regions of .*Germany")).click()

    expect(page.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()
    context.close()


def test_a_map_from_a_confirmed_copy_is_drawn(context, released):
    page = context.new_page()
    statuses, problems = [], []
    page.on("response", lambda answer: statuses.append(answer.status) if answer.url.endswith(ALL) else None)
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    for _ in range(2):
        page.goto(ALL)
        page.locator(".map-bubble").first.wait_for()

    assert statuses[0] == 200
    assert problems == []


@pytest.mark.parametrize("width", [360, 1280] if EVERY in os.environ else [360])
def test_by_keyboard_the_figures_on_the_map_are_one_stop(context, released, width):
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(ALL)
    page.locator(".map-bubble").first.wait_for()
    focused = page.locator(".map-mark:focus")

    page.get_by_role("button", name="Show the whole world").focus()
    page.keyboard.press("Tab")
    expect(focused).to_have_accessible_name(re.compile("Germany"))
    page.keyboard.press("ArrowLeft")
    expect(focused).to_have_accessible_name(re.compile("United States"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Baden-Württemberg: about 25 people")).to_be_visible()
    expect(focused).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.map-canvas') && document.activeElement.outerHTML") is None
