"""The public map inside a page of another site: it works there, asks only its own host, and brings no cookie."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, StorageState, expect
from werkzeug.serving import ThreadedWSGIServer, make_server
from werkzeug.wrappers import Response

from tests.browser.conftest import ALL, cookies_after, new_context
from tests.browser.watching import Traffic, record, violations

EMBED = f"{ALL}/embed"
SANDBOX = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox"


class Host:
    """Another site: it answers every request with one page, at an address that shares nothing with ours."""

    def __init__(self) -> None:
        self.page = ""
        self.headers: dict[str, str] = {}
        # Its connections may be left open by the browser: nothing waits for them.
        self._server = make_server("127.0.0.1", 0, lambda *request: self._answer()(*request), threaded=True)
        assert isinstance(self._server, ThreadedWSGIServer)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.port}/"

    def _answer(self) -> Response:
        return Response(f"<!doctype html><title>Us</title>{self.page}", headers=self.headers, mimetype="text/html")

    @contextmanager
    def running(self) -> Iterator["Host"]:
        thread = threading.Thread(target=self._server.serve_forever)
        thread.start()
        yield self
        self._server.shutdown()
        thread.join()
        self._server.server_close()


@pytest.fixture(scope="module")
def site() -> Iterator[Host]:
    with Host().running() as site:
        yield site


@pytest.fixture
def host(site: Host) -> Host:
    """The other site, with nothing on it yet."""
    site.page, site.headers = "", {}
    return site


def framed(page: Page, host: Host, address: str, attributes: str = "") -> Frame:
    """The frame in the page of the other site, once that is loaded."""
    host.page = f'<iframe src="{address}" title="Map" width="100%" height="640" {attributes}></iframe>'
    page.goto(host.address)
    return page.frames[1]


def works(frame: Frame) -> None:
    frame.get_by_role("button", name="Germany: about 90 people; zoom in").click()
    expect(frame.get_by_role("button", name="Baden-Württemberg: about 25 people")).to_be_visible()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live) -> StorageState:
    """The cookies of a member."""
    return cookies_after(browser, live, "Paula", lambda _page: None)


@pytest.fixture(params=["stranger", "member"])
def visitor(request, browser: Browser, live) -> Iterator[BrowserContext]:
    """A browser in which nobody is signed in, or somebody is."""
    state = {"storage_state": request.getfixturevalue("signed_in")} if request.param == "member" else {}
    with new_context(browser, live, **state) as context:
        yield context


@pytest.mark.usefixtures("released")
def test_never_asks_a_third_host_nor_brings_a_cookie(visitor, live, host):
    page = visitor.new_page()
    seen, stopped = record(page), []
    page.on("console", lambda message: stopped.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: stopped.append(str(error)))
    before = visitor.cookies()

    works(framed(page, host, live.extensions["address"] + EMBED))

    addresses = [request.url for request in seen if not request.url.startswith("data:")]
    assert {address.rpartition("://")[2].split("/")[0] for address in addresses} == {
        host.address.split("/")[2], live.extensions["address"].split("/")[2],
    }  # fmt: skip
    assert [request.url for request in seen if "cookie" in request.all_headers()] == []
    assert [request.url for request in seen if "set-cookie" in request.response().all_headers()] == []
    assert visitor.cookies() == before
    assert stopped == []


@pytest.mark.usefixtures("released")
def test_the_line_of_the_condition_page_is_copied_and_works_on_another_page(context, live, host):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(ALL)
    page.get_by_text("Put this map on your own page").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    line = page.evaluate("navigator.clipboard.readText()")

    host.page = line.replace(live.extensions["config"].address, live.extensions["address"])
    page.goto(host.address)

    works(page.frames[1])
    assert page.frames[1].evaluate("document.referrer") == ""
    assert page.locator("iframe").evaluate("frame => getComputedStyle(frame).resize") == "vertical"


@pytest.mark.usefixtures("released")
def test_without_javascript_the_line_is_there_and_the_button_is_not(browser, live):
    with new_context(browser, live, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(ALL)
        page.get_by_text("Put this map on your own page").click()

        expect(page.get_by_label("Paste this line")).to_be_visible()
        expect(page.get_by_role("button", name="Copy")).to_be_hidden()


def test_a_cookie_would_be_seen(browser, live, signed_in):
    """The member of the test above has one, and brings it to the pages of our own site."""
    with new_context(browser, live, storage_state=signed_in) as context:
        page = context.new_page()
        seen = record(page)
        page.goto(ALL)

        assert "cookie" in seen[0].all_headers()


def test_never_stands_inside_another_site_with_any_other_page(context, live, host):
    page = context.new_page()
    for path in (ALL, "/", "/privacy", "/sign-in", "/no-such-page"):
        frame = framed(page, host, live.extensions["address"] + path)

        assert frame.url == "chrome-error://chromewebdata/", path


@pytest.mark.usefixtures("released")
def test_it_works_in_a_sandbox_and_its_link_opens_the_whole_page(context, live, host):
    page = context.new_page()
    frame = framed(page, host, live.extensions["address"] + EMBED, f'sandbox="{SANDBOX}"')
    works(frame)

    with context.expect_page() as opened:
        frame.get_by_role("link", name="More at").click()

    expect(opened.value.get_by_role("heading", name="Acute lymphoblastic leukaemia")).to_be_visible()
    assert opened.value.evaluate("opener") is None


@pytest.mark.usefixtures("released")
def test_a_sandbox_that_lets_no_tab_out_keeps_the_map_but_not_the_whole_page(context, live, host):
    sandbox = SANDBOX.removesuffix(" allow-popups-to-escape-sandbox")
    frame = framed(context.new_page(), host, live.extensions["address"] + EMBED, f'sandbox="{sandbox}"')
    works(frame)

    with context.expect_page() as opened:
        frame.get_by_role("link", name="More at").click()

    opened.value.wait_for_url("chrome-error://**")


@pytest.mark.usefixtures("released")
def test_it_works_on_a_page_that_isolates_itself(context, live, host):
    host.headers = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}

    works(framed(context.new_page(), host, live.extensions["address"] + EMBED))


@pytest.mark.usefixtures("released")
def test_never_stores_anything_in_the_browser(context, live):
    """Opened by itself, where the browser would let it."""
    page = context.new_page()
    page.goto(EMBED)
    works(page.main_frame)
    page.reload()

    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


@pytest.mark.usefixtures("released")
def test_without_javascript_the_table_is_there_and_the_map_is_not(browser, live, host):
    with new_context(browser, live, java_script_enabled=False) as context:
        page = context.new_page()
        frame = framed(page, host, live.extensions["address"] + EMBED)

        expect(frame.get_by_role("rowheader", name="Germany")).to_be_visible()
        expect(frame.get_by_role("region", name="Map of the published statistics")).to_be_hidden()
        with page.expect_popup() as opened:
            frame.get_by_role("link", name=re.compile("Regions of .*Germany")).click()
        expect(opened.value.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()


@pytest.mark.usefixtures("released")
def test_a_wheel_over_the_map_scrolls_past_it(context, live, host):
    page = context.new_page()
    frame = framed(page, host, live.extensions["address"] + EMBED)
    frame.get_by_role("region", name="Map of the published statistics").hover()

    page.mouse.wheel(0, 300)

    frame.wait_for_function("scrollY > 100")
    expect(frame.get_by_role("button", name="Germany: about 90 people; zoom in")).to_be_visible()


@pytest.mark.usefixtures("released")
def test_it_can_be_used_by_keyboard(context, live, host):
    frame = framed(context.new_page(), host, live.extensions["address"] + EMBED)

    frame.get_by_role("button", name="Germany: about 90 people; zoom in").press("Enter")
    expect(frame.get_by_role("button", name="Baden-Württemberg: about 25 people")).to_be_visible()
    frame.get_by_role("button", name="Regions of Germany").press("Enter")
    expect(frame.get_by_role("rowheader", name="Baden-Württemberg")).to_be_visible()


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("condition", [ALL, "/conditions/marfan-syndrome", "/conditions/no-such-condition"])
def test_it_fits_a_frame_of_any_width_and_everybody(context, live, host, condition):
    page, wrong = context.new_page(), {}
    traffic = Traffic(page)
    page.set_viewport_size({"width": 1700, "height": 800})
    frame = framed(page, host, f"{live.extensions['address']}{condition}/embed")
    # What is seen depends on the colours, what fits on the width, and hardly anything on both.
    for width, scheme in ((280, "dark"), (360, None), (800, None), (1600, "light")):
        page.locator("iframe").evaluate("(frame, width) => { frame.style.width = `${width}px`; }", width)
        frame.wait_for_function("(width) => innerWidth === width", arg=width)
        traffic.settle()
        if frame.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[width, "any"] = ["scrolls sideways"]
        if scheme is None:
            continue
        page.emulate_media(color_scheme=scheme)
        if serious := [found["id"] for found in violations(frame) if found["impact"] in {"serious", "critical"}]:
            wrong[width, scheme] = serious

    assert wrong == {}
