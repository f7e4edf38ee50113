"""How long the members' map takes in a browser, on a slow phone: ``python -m bench.browser``.

    python -m bench.browser --members 1000000 --rounds 5

A service with one web process on a database of its own, filled with invented people and removed in the end. Chromium,
with its processor slowed down to a quarter, 400 ms to every answer and 400 kbit/s, opens the map of the largest
condition as one of its members: once with nothing in its cache (cold), and once more in the same window (warm). The
figures are medians.
"""

import argparse
import os
import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.ceiling import service

#: A phone: its screen, how much slower its processor is, milliseconds to an answer, bytes a second.
SCREEN, SLOWER, LATENCY_MS, BYTES_S = (360, 740), 4, 400, 50_000

#: Milliseconds without a request after which a page has everything.
QUIET_MS = 2_000

TIMEOUT_MS = 120_000

# Notes when the first mark stands on the map.
_WATCH = """
    globalThis.seen = {};
    const look = () => {
        const note = (name, selector) => {
            if (!(name in seen) && document.querySelector(selector)) seen[name] = performance.now();
        };
        note("mark", ".map-canvas .map-mark");
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
"""


@dataclass
class Opening:
    """One opening of a page: seconds until the first mark, requests, kilobytes received."""

    mark_s: float
    requests: int
    kilobytes: float


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, without a window."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


def slow_page(context: BrowserContext) -> tuple[Page, list[float]]:
    """A window of the phone, and the sizes of what it receives."""
    page = context.new_page()
    page.add_init_script(_WATCH)
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line = {"latency": LATENCY_MS, "downloadThroughput": BYTES_S, "uploadThroughput": BYTES_S, "offline": False}
    link.send("Network.emulateNetworkConditions", line)
    sizes: list[float] = []
    link.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return page, sizes


def opened(page: Page, sizes: list[float], address: str) -> Opening:
    """Open a page and wait until it has everything."""
    asked: list[str] = []
    sizes.clear()

    def note(request: object) -> None:
        asked.append(str(request))

    page.on("request", note)
    page.goto(address, timeout=TIMEOUT_MS)
    page.wait_for_function("() => globalThis.seen.mark", timeout=TIMEOUT_MS)
    count = -1
    while count != len(asked):
        count = len(asked)
        page.wait_for_timeout(QUIET_MS)
    page.remove_listener("request", note)
    return Opening(page.evaluate("seen.mark") / 1000, count, sum(sizes) / 1000)


def round_of(browser: Browser, address: str, cookie: str) -> list[Opening]:
    """One cold and one warm opening."""
    width, height = SCREEN
    with browser.new_context(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True) as context:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": "https://localhost/", "secure": True}])
        page, sizes = slow_page(context)
        return [opened(page, sizes, address) for _ in range(2)]


def main() -> None:
    """Print a line for each kind of opening."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with service(options.members) as (port, path, cookie, _engine), chromium() as browser:
        rounds = [round_of(browser, f"http://localhost:{port}{path}/map", cookie) for _ in range(options.rounds)]
        machine = f"Chromium {browser.version}; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{options.members:,} members; {machine}")
    print("        first mark (s)   requests   kB")
    for name, openings in zip(("cold", "warm"), zip(*rounds, strict=True), strict=True):
        mark = statistics.median(opening.mark_s for opening in openings)
        requests = statistics.median(opening.requests for opening in openings)
        size = statistics.median(opening.kilobytes for opening in openings)
        print(f"{name:<8}{mark:>14.2f}{requests:>11.0f}{size:>8.0f}")


if __name__ == "__main__":
    main()
