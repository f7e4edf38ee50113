"""The first view of the members' map is asked for at once, and only once, wherever the map begins."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ALL, DESKTOP, PHONE, fill_in, latest_link, new_context, sign_up
from tests.browser.watching import Traffic

TILES = """() => {
    const map = document.querySelector(".map-canvas").clusters._map;
    return map.getZoom();
}"""


@pytest.fixture(scope="module")
def viewers(browser, live, signed_in):
    """The cookies of somebody whose map begins around their home, and of one whose map begins with the world."""
    with new_context(browser, live) as context:
        page = context.new_page()
        sign_up(page, lambda: latest_link(live), "Wanda")
        fill_in(page, f"{ALL}/join", role="person", consent="yes")
        return {"home": signed_in, "world": context.storage_state()}


def asked(traffic) -> list[list[str]]:
    """The tiles of each request for clusters."""
    queries = [parse_qs(urlsplit(request.url).query) for request in traffic.seen if "/clusters?" in request.url]
    return [query["tiles"][0].split(",") for query in queries]


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_first_view_of_home_is_asked_for_once(browser, live, viewers, screen):
    with new_context(browser, live, storage_state=viewers["home"], viewport=screen) as context:
        page = context.new_page()
        traffic = Traffic(page)
        page.goto(f"{ALL}/map")
        page.locator(".map-mark").first.wait_for()
        traffic.settle()

        assert len(asked(traffic)) == 1, asked(traffic)
        assert {tile.split("/")[0] for tile in asked(traffic)[0]} == {str(page.evaluate(TILES))}


@pytest.mark.parametrize("screen", [PHONE, DESKTOP, {"width": 2560, "height": 1440}], ids=["phone", "desktop", "large"])
def test_the_world_is_in_the_page_and_nothing_of_it_is_asked_for(browser, live, viewers, screen):
    with new_context(browser, live, storage_state=viewers["world"], viewport=screen) as context:
        page = context.new_page()
        traffic = Traffic(page)
        page.goto(f"{ALL}/map")
        page.locator(".map-mark").first.wait_for()
        traffic.settle()

        assert asked(traffic) == []
        assert page.evaluate(TILES) == 2


def test_it_is_asked_for_before_the_scripts_of_the_map_are_there(browser, live, viewers):
    with new_context(browser, live, storage_state=viewers["home"]) as context:
        page = context.new_page()
        held = []
        page.route("**/leaflet.js", lambda route: held.append(route))
        with page.expect_request("**/clusters?*"):
            page.goto(f"{ALL}/map", wait_until="commit")
        page.wait_for_timeout(100)
        assert len(held) == 1
        held[0].continue_()

        expect(page.locator(".map-mark").first).to_be_visible()


def test_marks_do_not_wait_for_the_base_map(browser, live, viewers):
    with new_context(browser, live, storage_state=viewers["world"]) as context:
        page = context.new_page()
        held = []
        page.route("**/protomaps-leaflet.js", lambda route: held.append(route))
        page.goto(f"{ALL}/map", wait_until="commit")
        expect(page.locator(".map-mark").first).to_be_visible()
        expect(page.locator("canvas.leaflet-tile")).to_have_count(0)

        held[0].continue_()

        expect(page.locator("canvas.leaflet-tile").first).to_be_visible()


def test_the_map_asks_again_where_the_first_view_failed(browser, live, viewers):
    with new_context(browser, live, storage_state=viewers["home"]) as context:
        page = context.new_page()
        failed = []

        def fail_once(route):
            failed.append(route.request.url)
            if len(failed) == 1:
                route.fulfill(status=503, body=json.dumps({}))
            else:
                route.continue_()

        page.route("**/clusters?*", fail_once)
        page.goto(f"{ALL}/map")

        expect(page.locator(".map-mark").first).to_be_visible()
        assert len(failed) == 2


def test_never_draws_a_first_view_that_is_older_than_what_is_fresh(browser, live, viewers):
    """Somebody may have hidden while the scripts were on their way."""
    with new_context(browser, live, storage_state=viewers["home"]) as context:
        page = context.new_page()
        page.clock.install()
        held = []
        page.route("**/leaflet.js", lambda route: held.append(route))
        traffic = Traffic(page)
        with page.expect_response("**/clusters?*"):
            page.goto(f"{ALL}/map", wait_until="commit")
        page.clock.fast_forward(21_000)
        held[0].continue_()
        page.locator(".map-mark").first.wait_for()

        assert len(asked(traffic)) >= 2


def test_never_draws_a_world_that_is_older_than_what_is_fresh(browser, live, viewers):
    with new_context(browser, live, storage_state=viewers["world"]) as context:
        page = context.new_page()
        page.clock.install()
        held = []
        page.route("**/leaflet.js", lambda route: held.append(route))
        traffic = Traffic(page)
        page.goto(f"{ALL}/map", wait_until="commit")
        page.locator(".map-canvas").wait_for(state="attached")
        page.clock.fast_forward(21_000)
        held[0].continue_()
        page.locator(".map-mark").first.wait_for()

        assert len(asked(traffic)) >= 1
