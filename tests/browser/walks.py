"""Walks through all pages in the pseudo-locales: who opens which pages, and the routes that are left out, and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import NotFound

from testing.routes import is_interface, rules
from tests.browser import test_admin_pages as admin_pages
from tests.browser.conftest import ALL
from tests.browser.test_pages import MEMBERS, OPEN
from tests.factor import ASK, CODES, NEW, REMOVE, Phone

#: A condition of which a member is asked after a move.
LEFT_BEHIND = "marfan-syndrome"

#: Addresses that only these tests have: pages that say that something has to wait.
WAIT, BUSY = "/test/wait", "/test/busy"

#: Who opens which addresses. What is in braces is known in a walk only.
ADDRESSES = {
    "stranger": [*OPEN, "/forgot/check-your-mail", "/{language}" + ALL + "/embed", f"{ALL}/figures/1/DE",
                 "/confirm/{sign_up}", "/reset/{reset}", "/account/email/freeze/{freeze}", WAIT],
    "member": [*MEMBERS, "/account/age", "/account/password", "/account/again", "/me/data", "/me/place/moved",
               ALL + "/people/{person}", "/account/email/confirm/{confirm}"],
    "admin": [*admin_pages.PAGES, NEW],
    "staff without a code": [ASK, CODES, REMOVE],
}  # fmt: skip

#: Routes that answer with something else than a page, or with a page that need not be walked.
LEFT_OUT = {
    "static": "files",
    "zone_data.zones": "data for scripts",
    "zone_data.gazetteer": "data for scripts",
    "zone_data.countries": "data for scripts",
    "zone_data.regions": "data for scripts",
    "zone_data.tile": "data for scripts",
    "figures.as_json": "data for scripts",
    "conditions.suggest": "data for scripts",
    "map.view": "data for scripts",
    "map.card_shown": "data for scripts",
    "map.table": "a piece of the members' map, which is walked",
    "quick_exit.leave": "leads to another site",
    "demo_outbox.show": "in a demo only, for the person who runs it",
}


@dataclass(frozen=True)
class Known:
    """What a walk has to know: its language, what fills the gaps of the addresses, and a code that works."""

    language: str
    gaps: dict[str, str]
    phone: Phone
    steps: int
    """The code is the one of so many steps of time from now: each works once."""


def walk(page: Page, who: str, known: Known) -> Iterator[str]:
    """Open each page of a walk; its address."""
    for address in ADDRESSES[who]:
        page.goto(address.format(language=known.language, **known.gaps))
        yield address
    for address, act in AFTER_FORMS.get(who, {}).items():
        act(page, known)
        yield f"after the form for {address}"


def _lists_of_zones(page: Page, _known: Known) -> None:
    page.goto(f"{ALL}/place")
    _send(page, "#country-form")


def _location_without_audience(page: Page, _known: Known) -> None:
    page.goto(f"{ALL}/place")
    page.locator("#place-form [name=audience]:checked").evaluate("(button) => (button.checked = false)")
    _send(page, "#place-form")


def _second_question(page: Page, _known: Known) -> None:
    page.goto("/account/delete")
    _send(page, "main form")


def _recovery_codes(page: Page, known: Known) -> None:
    page.goto(CODES)
    page.locator("main [name=code]").fill(known.phone.code(known.steps))
    _send(page, "main form")


def _form_for_later(page: Page, _known: Known) -> None:
    page.goto("/sign-in")
    page.locator("main form").evaluate("(form, address) => form.setAttribute('action', address)", BUSY)
    _send(page, "main form")


def _send(page: Page, form: str) -> None:
    """Send a form as it stands, past the scripts of the page and the checks of the browser."""
    with page.expect_navigation():
        page.locator(form).evaluate("(form) => form.submit()")


#: Pages that come after a form, by the address to which it is sent.
AFTER_FORMS: dict[str, dict[str, Callable[[Page, Known], None]]] = {
    "stranger": {BUSY: _form_for_later},
    "member": {f"{ALL}/place/zones": _lists_of_zones, f"{ALL}/place": _location_without_audience,
               "/account/delete": _second_question},
    "staff without a code": {CODES: _recovery_codes},
}  # fmt: skip


def walked(app: Flask) -> set[str]:
    """The views whose pages are opened in the walks."""
    paths = [("GET", address) for addresses in ADDRESSES.values() for address in addresses]
    paths += [("POST", address) for acts in AFTER_FORMS.values() for address in acts]
    return {view for method, address in paths if (view := _view_at(app, address, method))}


def _view_at(app: Flask, address: str, method: str) -> str:
    """The view at an address; empty for those that only the tests have or nobody."""
    path = address.replace("{language}", "en").partition("?")[0]
    try:
        return app.url_map.bind("localhost").match(path, method=method)[0]
    except NotFound:
        return ""


def not_walked(app: Flask) -> list[str]:
    """The routes for browsers that are neither opened in a walk nor left out for a reason."""
    known = walked(app) | set(LEFT_OUT)
    return [
        rule.rule
        for rule in rules(app)
        if "GET" in (rule.methods or ()) and not is_interface(rule) and rule.endpoint not in known
    ]
