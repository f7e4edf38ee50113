"""How long the members' map takes in a browser, on a slow phone: ``python -m bench.browser``.

    python -m bench.browser --members 1000000 --rounds 5

A service with one web process on a database of its own, filled with invented people and removed in the end. Chromium,
with its processor slowed down to a quarter, 400 ms to every answer and 400 kbit/s, opens the map of the largest
condition as one of its members: once with nothing in its cache (cold), and once more in the same window (warm). Beside
it a static page from the same web process, which has the same marks in itself and the same base map; and the page that
folium makes of the same pins with FastMarkerCluster, which contains 100,000 of them at most, without a base map. They
take turns; the figures are medians.
"""

import json
import os
import shutil
import statistics
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, sync_playwright

from bench import fast_marker_cluster, peers, report, static_page
from bench.invented_service import Service, service

#: A phone: its screen, how much slower its processor is, milliseconds to an answer, bytes a second.
SCREEN, SLOWER, LATENCY_MS, BYTES_S = (360, 740), 4, 400, 50_000

#: Milliseconds without a request after which a page has everything.
QUIET_MS = 2_000

TIMEOUT_MS = 300_000

FIRST_MARK = ".map-canvas .map-mark"

# Notes when the first mark stands on the map.
_WATCH = """
    globalThis.seen = {};
    const look = () => {
        if (!("mark" in seen) && document.querySelector(SELECTOR)) seen.mark = performance.now();
    };
    new MutationObserver(look).observe(document, { childList: true, subtree: true, attributes: true });
"""


@dataclass(frozen=True)
class Subject:
    """A page to open: its name in the table, its address, what is its first mark, the cookie of the reader."""

    name: str
    address: str
    first_mark: str = FIRST_MARK
    cookie: str = ""


@dataclass(frozen=True)
class Opening:
    """One opening of a page: seconds until the first mark, requests, kilobytes received, megabytes of its scripts."""

    mark_s: float
    requests: int
    kilobytes: float
    heap_mb: float


def program() -> str:
    """The path of this machine's Chromium."""
    names = ["chromium-headless-shell", "chromium", "chromium-browser"]
    return next(filter(None, map(shutil.which, names)), "/usr/bin/chromium")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of this machine, without a window."""
    arguments = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    arguments += ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=arguments)
        yield browser
        browser.close()


def slow_page(context: BrowserContext, first_mark: str) -> tuple[Page, CDPSession, list[float]]:
    """A window of the phone, the way to ask it, and the sizes of what it receives."""
    page = context.new_page()
    page.add_init_script(_WATCH.replace("SELECTOR", json.dumps(first_mark)))
    link = context.new_cdp_session(page)
    link.send("Network.enable")
    link.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    line = {"latency": LATENCY_MS, "downloadThroughput": BYTES_S, "uploadThroughput": BYTES_S, "offline": False}
    link.send("Network.emulateNetworkConditions", line)
    sizes: list[float] = []
    link.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    return page, link, sizes


def opened(page: Page, link: CDPSession, sizes: list[float], address: str) -> Opening:
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
    mark_s = page.evaluate("seen.mark") / 1000
    link.send("HeapProfiler.collectGarbage")
    return Opening(mark_s, count, sum(sizes) / 1000, link.send("Runtime.getHeapUsage")["usedSize"] / 1e6)


def round_of(browser: Browser, subject: Subject) -> list[Opening]:
    """One cold and one warm opening."""
    with phone(browser, subject.cookie) as context:
        page, link, sizes = slow_page(context, subject.first_mark)
        return [opened(page, link, sizes, subject.address) for _ in range(2)]


@contextmanager
def phone(browser: Browser, cookie: str) -> Iterator[BrowserContext]:
    """A phone of somebody, with nothing in its cache."""
    width, height = SCREEN
    with browser.new_context(viewport={"width": width, "height": height}, is_mobile=True, has_touch=True) as context:
        name, is_given, value = cookie.partition("=")
        if is_given:
            context.add_cookies([{"name": name, "value": value, "url": "https://localhost/", "secure": True}])
        yield context


def baked(browser: Browser, running: Service, subject: Subject) -> int:
    """Write the static page with what the members' map shows at first; return how many marks that are."""
    with phone(browser, subject.cookie) as context:
        page = context.new_page()
        page.goto(subject.address)
        page.locator(subject.first_mark).first.wait_for()
        return static_page.write(running.folder, page)


def main() -> None:
    """Write a line for each kind of opening of each page."""
    parser = report.command(__doc__)
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        service(options.members, seed=options.seed) as running,
        fast_marker_cluster.page(running) as peer,
        chromium() as browser,
    ):
        site = f"http://localhost:{running.port}"
        own = Subject("members' map", f"{site}{running.page}/map", cookie=running.cookie)
        marks = baked(browser, running, own)
        subjects = [own, Subject("static page", f"{site}{static_page.PATH}")]
        subjects += [Subject("FastMarkerCluster", peer, fast_marker_cluster.FIRST_MARK)] if peer else []
        openings: dict[str, list[list[Opening]]] = {subject.name: [] for subject in subjects}
        for _ in range(options.rounds):
            for subject in subjects:
                openings[subject.name].append(round_of(browser, subject))
        versions = [report.database_versions(running.engine), f"Chromium {browser.version}", report.version("folium")]
    rows = [row for name, rounds in openings.items() for row in figures(name, rounds)]
    rows += [] if peer else [["FastMarkerCluster", "not installed", "", "", ""]]
    versions += [f"leaflet.markercluster {peers.MARKERCLUSTER}"] if peer else []
    table = report.table(["", "first mark, s", "requests", "kB", "memory of scripts, MB"], rows)
    report.publish("bench.browser", options, [*table, "", against_static(openings, marks)], *versions)


def against_static(openings: dict[str, list[list[Opening]]], marks: int) -> str:
    """Return a sentence about how much longer the first mark takes than on the static page."""
    ours, theirs = (
        [statistics.median(opening.mark_s for opening in of_kind) for of_kind in zip(*openings[name], strict=True)]
        for name in ("members' map", "static page")
    )
    cold, warm = (own / other for own, other in zip(ours, theirs, strict=True))
    return f"First mark of {marks}, against the static page with as many: cold {cold:.2f} times, warm {warm:.2f} times."


def figures(name: str, rounds: Sequence[Sequence[Opening]]) -> Iterator[list[str]]:
    """Yield the medians of cold and of warm openings as rows of the table."""
    for kind, *openings in zip(("cold", "warm"), *rounds, strict=True):
        mark = statistics.median(opening.mark_s for opening in openings)
        requests = statistics.median(opening.requests for opening in openings)
        size = statistics.median(opening.kilobytes for opening in openings)
        heap = statistics.median(opening.heap_mb for opening in openings)
        yield [f"{name}, {kind}", f"{mark:.2f}", f"{requests:.0f}", f"{size:,.0f}", f"{heap:.1f}"]


if __name__ == "__main__":
    main()
