"""A real browser against the real service: its own database with the ground, a port of its own."""

import email
import email.policy
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request
from sqlalchemy import Engine, text
from werkzeug.serving import make_server

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.hosting import embedded
from mapservice.mail import mailer
from testing import database
from testing.accounts import CHEAP, PASSWORD

ALL = "/conditions/acute-lymphoblastic-leukaemia"
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, quiet; without its sandbox only where root could not use it anyway."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"
    quiet = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    quiet += ["--disable-component-update", "--no-first-run", "--disable-quic"]
    unboxed = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": found, "args": [*quiet, *unboxed]}


@pytest.fixture(scope="module")
def live_database(server: Path) -> Iterator[str]:
    """A database that one module of browser tests may fill."""
    with database.clone(server, database.ground_template(server)) as name:
        yield name


@pytest.fixture(scope="module")
def acting(server: Path, live_database: str) -> Iterator[Engine]:
    """An engine on the database of the live service that can take on the rights of its owner."""
    engine = db.new_engine(embedded.url(server, embedded.SUPERUSER, live_database))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def live(server: Path, live_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service, answering on a port of its own; letters go to its outbox."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, live_database))
    config = Config(state=tmp_path_factory.mktemp("state"), secret_key="5e" * 32, anchor_key="a0" * 32)
    app = create_app(config, engine=engine, LIMITS=False, **CHEAP)
    running = make_server("localhost", 0, app, threaded=True)
    running.daemon_threads = False  # closing waits for the last requests, and so for their connections
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    app.extensions["address"] = f"http://localhost:{running.port}"
    yield app
    running.shutdown()
    thread.join()
    running.server_close()
    engine.dispose()


@pytest.fixture(scope="module")
def released(server: Path, live_database: str, live: Flask) -> None:
    """A release with figures of the first condition of the demo, and of no other."""
    engine = db.new_engine(embedded.url(server, embedded.OWNER, live_database))
    with engine.begin() as connection:
        connection.execute(text("insert into release values (1, date '2026-11-16', 'default', 1)"))
        connection.execute(
            text("""
                insert into released_count (release, condition_id, place, shown)
                select 1, id, place, shown
                from condition, (values ('world', 210), ('DE', 90), ('DE.3', 25), ('DE.1', 15), ('FR', 40), ('US', 55))
                    as t (place, shown)
                where slug = 'acute-lymphoblastic-leukaemia'
            """)
        )
    engine.dispose()


@pytest.fixture
def context(browser: Browser, live: Flask) -> Iterator[BrowserContext]:
    """A browser window of somebody, on a desktop."""
    context = new_context(browser, live)
    yield context
    context.close()


@pytest.fixture
def somebody_else(browser: Browser, live: Flask) -> Iterator[Page]:
    """A window of another person."""
    context = new_context(browser, live)
    yield context.new_page()
    context.close()


def new_context(browser: Browser, live: Flask, **options: Any) -> BrowserContext:
    """A fresh window; what it asks for and what its security policy stops is kept in ``watched``."""
    usual = {"viewport": DESKTOP, "reduced_motion": "reduce", "locale": "en-GB"}
    context = browser.new_context(base_url=live.extensions["address"], **{**usual, **options})
    context.set_default_timeout(15_000)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + e.blockedURI))"
    )
    return context


@pytest.fixture
def mail(live: Flask) -> Callable[[], str]:
    """Delivers what waits, and gives the link of the latest letter."""
    return lambda: latest_link(live)


def latest_link(live: Flask) -> str:
    """The path of the link in the letter that was written last, after delivering what waits."""
    config = live.extensions["config"]
    mailer.deliver_due(live.extensions["engine"], config)
    letter = (config.state / "outbox" / "latest.eml").read_bytes()
    text = email.message_from_bytes(letter, policy=email.policy.default).get_content()
    return re.search(r"https?://[^/\s]+(/\S+)", text)[1]


def sign_up(page: Page, mail: Callable[[], str], name: str) -> None:
    """Make an account as a person does, from the form to the letter to being signed in."""
    page.goto("/sign-up")
    ask_for_link(page, name)
    page.goto(mail())
    make_account(page, name)


def ask_for_link(page: Page, name: str) -> None:
    """Type the address into the page of the sign-up."""
    page.get_by_label("E-mail address").fill(f"{name.lower()}@example.org")
    page.get_by_role("button", name="Send me the link").click()
    page.wait_for_url("**/check-your-mail**")


def make_account(page: Page, name: str) -> None:
    """Fill in the page behind the link of the sign-up."""
    page.get_by_label("Name that others can see").fill(name)
    page.get_by_label("I am 18 or older").check()
    page.locator("input[autocomplete$=password]").fill(PASSWORD)
    page.get_by_label("I want to take part").check()
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url(lambda url: "/confirm/" not in url)


def join(page: Page, role: str = "Person with the condition") -> None:
    """Join the first condition of the demo."""
    page.goto(f"{ALL}/join")
    page.get_by_label(role).check()
    page.get_by_label("I agree that this service stores").check()
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/place")


def choose_country(page: Page, country: str = "Germany") -> None:
    """Choose a country on the place page and wait for its zones."""
    page.get_by_label("Country", exact=True).select_option(label=country)
    page.get_by_label("Town or city").wait_for()


def save_area(
    page: Page, town: str = "Freiburg", level: str = "Area around Freiburg", *, leads_to: str = "**/map"
) -> None:
    """Find the zone of a town in the page, choose its area, agree, save."""
    page.get_by_label("Town or city").press_sequentially(town)
    page.get_by_role("listbox", name="Towns").get_by_role("option").first.click()
    page.get_by_label(level).check()
    page.get_by_label("Members of this condition").check()
    if page.get_by_label("I understand that we expect").is_visible():
        page.get_by_label("I understand that we expect").check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(leads_to)


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
    """What axe finds wrong with a page, without the list of all that is right."""
    return Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
