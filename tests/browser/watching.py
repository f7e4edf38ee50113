"""What tests look at while a page is open: all that it asks for and is stopped at, and what axe finds wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, Request, ViewportSize

from testing.combinations import is_due
from tests.browser.conftest import DESKTOP, PHONE


class Traffic:
    """All requests of a page from now on."""

    def __init__(self, page: Page) -> None:
        self.seen: list[Request] = []
        self._page = page
        self._under_way: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def settle(self) -> None:
        """Wait until the page has all it asked for, and has drawn it and asked for nothing more."""
        self._page.wait_for_load_state()
        asked = -1
        for _ in range(_LOOKS):
            self._page.evaluate(_DRAWN)
            if not self._under_way and len(self.seen) == asked:
                return
            asked = len(self.seen)
            self._page.wait_for_timeout(10)
        raise AssertionError(f"still under way: {[request.url for request in self._under_way]}")

    def _begin(self, request: Request) -> None:
        self.seen.append(request)
        self._under_way.add(request)

    def _end(self, request: Request) -> None:
        self._under_way.discard(request)


#: How often it is looked whether a page has settled.
_LOOKS = 1_000

#: Comes to its end when a page has drawn what it has, and its scripts have nothing more to do.
_DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(() => done())))"


@dataclass(frozen=True, eq=False)
class Look:
    """How big a page is when it is looked at, and in which colours; hardly anything depends on both."""

    size: ViewportSize
    scheme: Literal["dark", "light"]


LOOKS = (Look(DESKTOP, "light"), Look(PHONE, "dark"))


def record(page: Page) -> list[Request]:
    """All requests of a page from now on."""
    return Traffic(page).seen


def violations(page: Page | Frame) -> list[dict[str, Any]]:
    """What axe finds wrong with a page. It is brought there once, and tells nothing of what is right."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    return page.evaluate("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)")


_AXE = Axe().axe_script


def problems(page: Page, addresses: Sequence[str]) -> dict[str, list[str]]:
    """What is wrong with pages: foreign requests, what the policy stopped, errors, what axe finds serious."""
    policy, wrong = Policy(page), {}
    for address in addresses:
        page.goto(address)
        policy.traffic.settle()
        # What the page asks for while it is looked at counts too.
        if wrong_here := [*faults(page), *policy.broken()]:
            wrong[address] = wrong_here
    return wrong


class Policy:
    """What a page asks of other hosts from now on, what its security policy stops, and the errors of its scripts."""

    def __init__(self, page: Page) -> None:
        self.traffic = Traffic(page)
        self._page = page
        self._said: list[str] = []
        page.on("console", lambda message: self._said.append(message.text) if "CSP" in message.text else None)
        page.on("pageerror", lambda error: self._said.append(str(error)))

    def broken(self) -> list[str]:
        """What there was since it was asked for last."""
        ours = self._page.url.split("/")[2]
        asked = [request.url for request in self.traffic.seen if not request.url.startswith("data:")]
        broken = [*self._said, *(url for url in asked if url.split("/")[2] != ours)]
        self._said.clear()
        self.traffic.seen.clear()
        return broken


def faults_in_turn(page: Page, number: int) -> list[str]:
    """What is wrong with the page of a number in one look, or in each with every combination; then a phone has it."""
    wrong = []
    for look in LOOKS:
        if is_due(look, LOOKS, number):
            page.set_viewport_size(look.size)
            page.emulate_media(color_scheme=look.scheme)
            wrong += [f"{look.scheme}: {fault}" for fault in faults(page)]
    page.set_viewport_size(PHONE)
    return wrong


def faults(page: Page) -> list[str]:
    """What is wrong with the page as it stands: what does not fit, and what axe finds serious."""
    wrong = []
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        wrong.append("scrolls sideways")
    serious = [violation for violation in violations(page) if violation["impact"] in {"serious", "critical"}]
    wrong += [f"axe {violation['id']}: {violation['nodes'][0]['target']}" for violation in serious]
    return wrong
