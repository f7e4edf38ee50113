"""An open map is live: who hides goes, who signs out sees nobody; and all of it can be used by keyboard."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect
from sqlalchemy import select

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.places import homes
from mapservice.store.tables import Member, Membership
from tests.browser.conftest import ALL, latest_link, new_context, on_the_map, sign_up

WHERE = {
    "Vera": ("Freiburg", Level.AREA),
    "Wim": ("Freiburg", Level.AREA),
    "Xena": ("Hamburg", Level.COUNTRY),
    "Yves": ("Stuttgart", Level.AREA),
}

LIVE = "document.querySelector('.map-canvas').clusters"
FOCUSED = "() => document.activeElement.className + ' ' + (document.activeElement.getAttribute('aria-label') ?? '')"
IN_MAP = "() => document.querySelector('.map-canvas').contains(document.activeElement)"


@pytest.fixture(scope="module")
def people(browser: Browser, live) -> dict:
    """Two people on the map at the same point's zone; the cookies of the first, who looks at it."""
    return {name: on_the_map(browser, live, name, *where) for name, where in WHERE.items()}


@pytest.fixture
def watcher(browser: Browser, live, people) -> Iterator[BrowserContext]:
    """A browser of somebody who looks at the map, whose clock the test moves."""
    context = new_context(browser, live, storage_state=people["Vera"])
    yield context
    context.close()


def open_map(context: BrowserContext, *, with_clock: bool = False, at: tuple = (48, 7.85, 10)) -> Page:
    """The map, by default at Freiburg and as near as pins are drawn."""
    page = context.new_page()
    if with_clock:
        page.clock.install()
    page.goto(f"{ALL}/map")
    look = "([lat, lng, zoom]) => void LIVE._map.setView([lat, lng], zoom, { animate: false })"
    page.evaluate(look.replace("LIVE", LIVE), at)
    settle(page)
    return page


def settle(page: Page) -> None:
    expect(page.locator(".map-canvas")).to_have_attribute("aria-busy", "false")


def change(live, name: str, *, is_shown: bool) -> None:
    """Hide somebody, or show them again, as from a device of their own."""
    with db.transaction(live.extensions["engine"]) as session:
        member = session.scalars(select(Member).where(Member.pseudonym == name)).one()
        condition = conditions.get(session, ALL.rpartition("/")[2])
        membership = session.get_one(Membership, (condition.id, member.id))
        if is_shown:
            homes.show_to(session, membership, Audience.CONDITION)
        else:
            homes.hide(session, membership)


def people_in_pins(page: Page) -> int:
    return page.evaluate(
        "() => document.querySelector('.map-canvas').clusters._marks()"
        ".reduce((n, { about }) => n + (about.kind === 'pin' ? about.n : 0), 0)"
    )


def test_who_hides_goes_from_an_open_map_from_its_card_and_from_the_table(watcher, live, people):
    page = open_map(watcher, with_clock=True)
    assert people_in_pins(page) == 2
    other = page.locator(".map-pin:not(.map-own)")
    own = page.locator(".map-pin.map-own")
    own.evaluate("(mark) => { mark.isTheSame = true; }")
    other.first.press("Enter")
    card = page.get_by_role("dialog", name="Profile")
    expect(card).to_contain_text("Wim")

    change(live, "Wim", is_shown=False)
    try:
        page.clock.run_for(26_000)
        expect(card).to_contain_text("This person is no longer visible to you.")
        expect(card).not_to_contain_text("Wim")
        expect(other).to_have_count(0)
        assert own.evaluate("(mark) => mark.isTheSame")
        expect(page.locator("#table tfoot")).to_contain_text("3")
        assert card.evaluate("(card) => card.contains(document.activeElement)")
        page.keyboard.press("Escape")
        assert page.evaluate(IN_MAP)
    finally:
        change(live, "Wim", is_shown=True)
    page.clock.run_for(26_000)
    expect(other).to_have_count(1)


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


def test_an_open_map_asks_at_once_when_it_is_shown_again_and_shows_nobody_without_an_answer(watcher, live, people):
    page = open_map(watcher, with_clock=True)
    asked = []
    page.on("request", lambda request: "/clusters?" in request.url and asked.append(request.url))
    page.clock.run_for(3_000)
    assert asked == []
    with page.expect_request("**/clusters?*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    watcher.set_offline(True)
    page.clock.run_for(30_000)
    expect(page.locator(".map-note")).to_contain_text("could not refresh the map")
    page.clock.run_for(40_000)
    expect(page.locator(".map-mark")).to_have_count(0)
    expect(page.locator(".map-note")).to_contain_text("we are not showing anyone now")
    expect(page.locator("#table")).not_to_contain_text("Germany")

    watcher.set_offline(False)
    page.clock.run_for(12_000)
    expect(page.locator(".map-mark").first).to_be_visible(timeout=30_000)
    expect(page.locator("#table")).to_contain_text("Germany", timeout=30_000)
    expect(page.locator(".map-note")).to_be_empty()


def test_never_shows_who_was_there_before_the_answer_when_a_map_is_shown_again(watcher, live, people):
    page = open_map(watcher, with_clock=True)
    canvas, held = page.locator(".map-canvas"), list[Route]()
    page.route(lambda url: "/clusters?" in url, lambda route: held.append(route))

    page.evaluate("() => { Object.defineProperty(document, 'hidden', { get: () => window.isAway }); isAway = true; }")
    page.clock.fast_forward(26_000)
    assert held == []
    page.evaluate("() => { isAway = false; document.dispatchEvent(new Event('visibilitychange')); }")

    expect(canvas).to_have_class(re.compile("map-covered"))
    for route in held:
        route.continue_()
    expect(canvas).not_to_have_class(re.compile("map-covered"), timeout=30_000)
    assert people_in_pins(page) == 2


def test_signing_out_in_one_tab_empties_the_others(browser, live, people):
    context = new_context(browser, live)
    page = context.new_page()
    sign_up(page, lambda: latest_link(live), "Zoe")
    page.goto(f"{ALL}/map")
    account = context.new_page()
    account.goto("/account")
    third = context.new_page()
    third.goto("/me")

    third.get_by_role("button", name="Sign out").click()

    for tab in (page, account):
        tab.wait_for_url(re.compile("/sign-in.*#signed-out"))
        expect(tab.get_by_role("status")).to_contain_text("You have been signed out")
        tab.go_back()
        expect(tab.locator(".map-mark")).to_have_count(0)
        expect(tab.get_by_text("zoe@example.org")).to_have_count(0)
    context.close()


def test_a_login_that_was_ended_elsewhere_empties_the_map(browser, live, people):
    context = new_context(browser, live)
    page = context.new_page()
    sign_up(page, lambda: latest_link(live), "Una")
    page.goto(f"{ALL}/map")
    settle(page)
    context.clear_cookies()

    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(1_100)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    page.wait_for_url(re.compile("/sign-in.*#signed-out"))
    expect(page.locator(".map-mark")).to_have_count(0)
    context.close()


def test_leaving_quickly_empties_the_other_tabs_too(watcher, people):
    watcher.route("https://www.wikipedia.org/**", lambda route: route.fulfill(content_type="text/html", body="neutral"))
    page = open_map(watcher)
    other = watcher.new_page()
    other.goto("/me")

    other.get_by_role("link", name="Leave quickly").click()

    for tab in (page, other):
        tab.wait_for_url("https://www.wikipedia.org/")


def test_the_card_on_a_page_of_its_own_goes_too(watcher, live, people):
    page = watcher.new_page()
    page.clock.install()
    with db.transaction(live.extensions["engine"]) as session:
        member = select(Member.id).where(Member.pseudonym == "Wim").scalar_subquery()
        public_id = session.scalars(select(Membership.public_id).where(Membership.member_id == member)).one()
    page.goto(f"{ALL}/people/{public_id}")
    expect(page.locator("#card")).to_contain_text("Wim")

    change(live, "Wim", is_shown=False)
    try:
        page.clock.run_for(26_000)
        expect(page.locator("#card")).to_have_text("This person is no longer visible to you.")
    finally:
        change(live, "Wim", is_shown=True)


def test_by_keyboard_the_map_is_one_stop_and_nobody_is_lost(watcher, people):
    page = open_map(watcher, at=(50, 9, 7))
    marks = page.locator(".map-mark")
    assert marks.count() > 1
    expect(page.locator(".map-mark[tabindex='0']")).to_have_count(1)
    table_link = page.get_by_role("link", name="View as a table")
    expect(table_link).to_be_visible()

    table_link.focus()
    stops = []
    for _ in range(20):
        page.keyboard.press("Tab")
        if not page.evaluate(IN_MAP):
            if stops:
                break
            continue
        stops.append(page.evaluate(FOCUSED))
    is_mark = ["map-mark" in stop for stop in stops]
    assert is_mark == sorted(is_mark)  # the buttons first
    assert sum(is_mark) == 1
    expect(page.locator("#legend summary")).to_be_focused()

    page.keyboard.press("Shift+Tab")
    seen = set()
    for key in ("Home", *["PageDown"] * marks.count()):
        page.keyboard.press(key)
        seen.add(page.evaluate(FOCUSED))
    assert len(seen) == marks.count()
    page.keyboard.press("Home")
    first = page.evaluate(FOCUSED)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED) != first

    for key in ("+", "+", "-"):
        page.keyboard.press(key)
        settle(page)
        page.wait_for_timeout(400)
        assert page.evaluate(IN_MAP)
        assert "map-mark" in page.evaluate(FOCUSED)

    page.keyboard.press("Escape")
    expect(page.locator(".map-canvas")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#legend summary")).to_be_focused()
    table_link.press("Enter")
    expect(page.locator("#table")).to_be_focused()


def test_enter_opens_from_the_world_down_to_a_card(watcher, people):
    page = open_map(watcher, at=(40, 9, 3))
    page.locator(".map-mark[tabindex='0']").focus()
    for _ in range(10):
        if "map-pin" in page.evaluate(FOCUSED):
            break
        if "map-badge" in page.evaluate(FOCUSED):
            page.keyboard.press("PageDown")
        page.keyboard.press("Enter")
        settle(page)
        page.wait_for_timeout(300)
        assert page.evaluate(IN_MAP)
    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog", name="Profile")).to_be_visible()
    page.keyboard.press("Escape")
    assert "map-pin" in page.evaluate(FOCUSED)
