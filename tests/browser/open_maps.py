"""An open map of the members, which somebody looks at while others come and go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from geoalchemy2 import WKTElement
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.places import homes
from mapservice.store.tables import SRID, Member, Membership
from tests.browser.conftest import ALL, new_context, on_the_map

WHERE = {
    "Vera": ("Freiburg", Level.AREA),
    "Wim": ("Freiburg", Level.AREA),
    "Xena": ("Hamburg", Level.COUNTRY),
    "Yves": ("Stuttgart", Level.AREA),
}

#: Pins that are never drawn as one.
APART = {"Vera": (7.80, 48.0), "Wim": (7.90, 48.02)}

LIVE = "document.querySelector('.map-canvas').clusters"
FOCUSED = "() => document.activeElement.className + ' ' + (document.activeElement.getAttribute('aria-label') ?? '')"
IN_MAP = "() => document.querySelector('.map-canvas').contains(document.activeElement)"


@pytest.fixture(scope="module")
def people(browser: Browser, live) -> dict:
    """Two people on the map in one zone, and others; the cookies of the first, who looks at it."""
    cookies = {name: on_the_map(browser, live, name, *where) for name, where in WHERE.items()}
    for name, point in APART.items():
        with changed(live, name) as (_session, membership):
            membership.pin = WKTElement(f"POINT({point[0]} {point[1]})", srid=SRID)
    return cookies


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


@contextmanager
def changed(live, name: str) -> Iterator[tuple[Session, Membership]]:
    """The membership of somebody, to be changed as from a device of their own."""
    with db.transaction(live.extensions["engine"]) as session:
        member = session.scalars(select(Member).where(Member.pseudonym == name)).one()
        condition = conditions.get(session, ALL.rpartition("/")[2])
        yield session, session.get_one(Membership, (condition.id, member.id))


def change(live, name: str, *, is_shown: bool) -> None:
    """Hide somebody, or show them again."""
    with changed(live, name) as (session, membership):
        if is_shown:
            homes.show_to(session, membership, Audience.CONDITION)
        else:
            homes.hide(session, membership)


def people_in_pins(page: Page) -> int:
    return page.evaluate(
        "() => document.querySelector('.map-canvas').clusters._marks()"
        ".reduce((n, { about }) => n + (about.kind === 'pin' ? about.n : 0), 0)"
    )


def zoom_to_a_pin(page: Page, open_bubble: Callable[[Locator], None]) -> None:
    """Open one bubble after the other, each into its zone, until a pin is drawn."""
    for _ in range(8):
        expect(page.locator(".map-canvas")).to_have_attribute("aria-busy", "false")
        if page.locator(".map-pin").count():
            return
        open_bubble(page.locator(".map-bubble").first)
        page.wait_for_timeout(300)
    raise AssertionError("no pin after eight bubbles")
