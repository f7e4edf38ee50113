"""What tests look at while a page is open: all that it asks for, and what axe finds wrong with it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Frame, Page, Request


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


def record(page: Page) -> list[Request]:
    """All requests of a page from now on."""
    return Traffic(page).seen


def violations(page: Page | Frame) -> list[dict[str, Any]]:
    """What axe finds wrong with a page. It is brought there once, and tells nothing of what is right."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE)
    return page.evaluate("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations)")


_AXE = Axe().axe_script
