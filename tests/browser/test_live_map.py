"""An open map is live: who hides goes, and who signs out sees nobody."""

import re

from playwright.sync_api import Route, expect
from sqlalchemy import select

from mapservice import db
from mapservice.store.tables import Member, Membership
from tests.browser.conftest import ALL, address_of, latest_link, new_context, sign_up
from tests.browser.open_maps import IN_MAP, change, open_map, people, people_in_pins, settle, watcher

__all__ = ["people", "watcher"]


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
    canvas, held, released = page.locator(".map-canvas"), list[Route](), list[bool]()
    # A request may come after the map was covered.
    page.route(lambda url: "/clusters?" in url, lambda route: route.continue_() if released else held.append(route))

    page.evaluate("() => { Object.defineProperty(document, 'hidden', { get: () => window.isAway }); isAway = true; }")
    page.clock.fast_forward(26_000)
    assert held == []
    page.evaluate("() => { isAway = false; document.dispatchEvent(new Event('visibilitychange')); }")

    expect(canvas).to_have_class(re.compile("map-covered"))
    released.append(True)
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
        expect(tab.get_by_text(address_of("Zoe"))).to_have_count(0)
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
