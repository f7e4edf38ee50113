"""What an open map asks for: each tile once, all new ones together, and what has not changed is not sent again."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, Request, expect

from tests.browser.open_maps import LIVE, change, open_map, people, people_in_pins, settle, watcher

__all__ = ["people", "watcher"]


def test_what_has_not_changed_is_not_sent_again_and_stays_on_the_map(watcher, live, people):
    page = open_map(watcher, with_clock=True)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status) if "/clusters?" in answer.url else None)

    with page.expect_response(lambda answer: "/clusters?" in answer.url):
        page.clock.run_for(26_000)
    settle(page)

    assert statuses == [304]
    assert people_in_pins(page) == 2
    change(live, "Wim", is_shown=False)
    try:
        with page.expect_response(lambda answer: "/clusters?" in answer.url):
            page.clock.run_for(26_000)
        expect(page.locator(".map-pin:not(.map-own)")).to_have_count(0)
        assert statuses == [304, 200]
    finally:
        change(live, "Wim", is_shown=True)


def tiles_asked_for(page: Page) -> list[list[str]]:
    """What the page asks for from now on: the tiles of each request."""
    asked: list[list[str]] = []

    def note(request: Request) -> None:
        if "/clusters?" in request.url:
            asked.append(parse_qs(urlsplit(request.url).query)["tiles"][0].split(","))

    page.on("request", note)
    return asked


def test_a_view_is_asked_for_in_one_request_and_a_neighbouring_one_only_for_what_is_new(watcher, people):
    page = open_map(watcher, with_clock=True)
    asked = tiles_asked_for(page)
    page.evaluate(f"() => {LIVE}.again()")
    settle(page)
    assert len(asked) == 1
    assert len(asked[0]) > 3

    with page.expect_response(lambda response: "/clusters?" in response.url):
        page.evaluate(f"() => void {LIVE}._map.panBy([{LIVE}._map.getSize().x / 2, 0], {{ animate: false }})")
    settle(page)

    assert len(asked) == 2
    assert asked[1]
    assert not set(asked[0]) & set(asked[1])


def test_a_view_of_very_many_tiles_is_asked_for_in_several_requests(watcher, people):
    page = open_map(watcher, with_clock=True)
    page.set_viewport_size({"width": 3800, "height": 3000})
    page.evaluate("() => { document.querySelector('.map-canvas').style.cssText = 'width: 3600px; height: 2600px'; }")
    asked = tiles_asked_for(page)
    page.evaluate(f"() => {{ {LIVE}._map.invalidateSize(); {LIVE}.again(); }}")
    settle(page)

    assert len(asked) > 1
    assert max(map(len, asked)) == 64
    assert people_in_pins(page) == 3
    expect(page.locator(".map-note")).to_be_empty()
