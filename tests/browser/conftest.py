"""A real browser against the real service: its own database with the ground, a port of its own."""

import email
import email.policy
import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, ViewportSize
from sqlalchemy import Engine, text
from werkzeug.serving import ThreadedWSGIServer, make_server

from mapservice import create_app, db
from mapservice.config import Config
from mapservice.geo.zones import Level
from mapservice.hosting import embedded
from mapservice.mail import mailer
from mapservice.privacy.visibility import Audience, Role
from mapservice.store.catalogue import conditions
from testing import database
from testing.accounts import CHEAP, PASSWORD, member_by_email
from testing.locations import put, zone_called
from tests.rendered import match_in

ALL = "/conditions/acute-lymphoblastic-leukaemia"
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
OUT_OF_TIME = r"Timeout \d+ms exceeded|with timeout \d+ms"  # of a wait, and of what is expected

#: How often somebody of a name has signed up: at a second try their first address has an account already.
SIGN_UPS: Counter[str] = Counter()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try once more what waited in vain for the browser; promises (``test_never_…``) hold at once or are red."""
    for item in items:
        if item.path.parent == Path(__file__).parent and not item.name.startswith("test_never_"):
            item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=OUT_OF_TIME))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, quiet; without its sandbox only where root could not use it anyway."""
    programs = filter(None, map(shutil.which, ["chromium-headless-shell", "chromium", "chromium-browser"]))
    program = next(programs, "/usr/bin/chromium")
    quiet = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
    quiet += ["--disable-component-update", "--no-first-run", "--disable-quic"]
    unboxed = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*quiet, *unboxed]}


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
    """The service, answering on a port of its own; e-mails go to its outbox."""
    engine = db.new_engine(embedded.url(server, embedded.RUNTIME, live_database))
    config = Config(state=tmp_path_factory.mktemp("state"), secret_key="5e" * 32, anchor_key="a0" * 32)
    app = create_app(config, engine=engine, LIMITS=False, **CHEAP)
    running = make_server("localhost", 0, app, threaded=True)
    assert isinstance(running, ThreadedWSGIServer)
    running.daemon_threads = False  # closing waits for the last requests, and so for their connections
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    app.extensions["address"] = f"http://localhost:{running.port}"
    windows: list[BrowserContext] = []
    app.extensions["windows"] = windows
    yield app
    # A test that failed may have left one open, and with it connections for whose end the server would wait.
    for window in windows:
        window.close()
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
    live.extensions["windows"].append(context)
    context.set_default_timeout(15_000)
    context.add_init_script(
        "addEventListener('securitypolicyviolation', (e) => console.error('CSP ' + e.violatedDirective + e.blockedURI))"
    )
    return context


@pytest.fixture
def mail(live: Flask) -> Callable[[], str]:
    """Delivers what waits, and gives the link of the latest e-mail."""
    return lambda: latest_link(live)


def latest_link(live: Flask) -> str:
    """The path of the link in the e-mail that was written last, after delivering what waits."""
    config = live.extensions["config"]
    mailer.deliver_due(live.extensions["engine"], config)
    content = (config.state / "outbox" / "latest.eml").read_bytes()
    text = email.message_from_bytes(content, policy=email.policy.default).get_content()
    return match_in(text, r"https?://[^/\s]+(/\S+)")


def new_address(name: str) -> str:
    """The address with which somebody of a name signs up now."""
    SIGN_UPS[name] += 1
    return address_of(name)


def address_of(name: str) -> str:
    """The address with which somebody of a name signed up last."""
    return f"{name.lower()}{SIGN_UPS[name] or ''}@example.org"


def sign_up(page: Page, mail: Callable[[], str], name: str) -> None:
    """Make an account by the forms of the sign-up and the link of its e-mail; the browser draws none of the pages."""
    fill_in(page, "/sign-up", email=new_address(name))
    fill_in(page, mail(), pseudonym=name, age="adult", turns_18="", password=PASSWORD, taking_part="y")


def fill_in(page: Page, path: str, **fields: str) -> None:
    """Send the form of a page from a browser that does not draw it."""
    carried = dict(
        re.findall(r'name="(csrf_token|operation|version)"[^>]* value="([^"]*)"', page.request.get(path).text())
    )
    answer = page.request.post(path, form={**carried, **fields}, max_redirects=0)
    assert answer.status == 303, (path, answer.status)


def cookies_after(browser: Browser, live: Flask, name: str, act: Callable[[Page], object]) -> StorageState:
    """The cookies of somebody who signed up by the pages, and then did something there."""
    with new_context(browser, live) as context:
        page = context.new_page()
        sign_up(page, lambda: latest_link(live), name)
        act(page)
        return context.storage_state()


def on_the_map(
    browser: Browser, live: Flask, name: str, town: str = "Freiburg", level: Level = Level.AREA
) -> StorageState:
    """The cookies of somebody who is shown to the members of the first condition."""
    with new_context(browser, live) as context:
        sign_up(context.new_page(), lambda: latest_link(live), name)
        with db.open_session(live.extensions["engine"]) as session:
            member = member_by_email(session, address_of(name))
            condition = conditions.get(session, ALL.rpartition("/")[2])
            area = zone_called(session, town, Level.AREA, "DE")
            put(session, member, condition, area, level=level, audience=Audience.CONDITION)
        return context.storage_state()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, live: Flask) -> StorageState:
    """The cookies of somebody who is on the map; some files have another person of this name."""
    return on_the_map(browser, live, "Paula")


def ask_for_link(page: Page, name: str) -> None:
    """Type the address into the page of the sign-up."""
    page.get_by_label("E-mail address").fill(new_address(name))
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


def join(page: Page, role: Role = Role.PERSON) -> None:
    """Join the first condition of the demo by the form for it, and open the page to which that leads."""
    fill_in(page, f"{ALL}/join", role=role, consent="yes")
    page.goto(f"{ALL}/place")


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
