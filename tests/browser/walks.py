"""Walks through all pages in the pseudo-locales: who opens which pages, and the routes that are left out, and why."""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import NotFound

from testing.combinations import EVERY
from testing.routes import declared, is_interface, of_every_subject, rules
from tests.browser import test_admin_pages as admin_pages
from tests.browser.conftest import ALL
from tests.factor import CODES, Phone

#: A condition of which a member is asked after a move.
LEFT_BEHIND = "marfan-syndrome"

#: Addresses that only these tests have: pages that say that something has to wait.
WAIT, BUSY = "/test/wait", "/test/busy"

#: Pages of every kind for each of those who open them: these are looked at in all sizes and colours, too.
OPEN = ["/", "/search?q=ALL", "/search?q=nothinglikeit", ALL, "/conditions/fibromyalgia", "/conditions/", "/privacy",
        "/sources", "/api", "/sign-up", "/sign-up/check-your-mail", "/confirm/made-up", "/sign-in", "/forgot",
        "/account/email/freeze/made-up", "/no-such-page"]  # fmt: skip
MEMBERS = ["/me", "/me/hidden", "/me/place/forget", "/me/review", "/me/consents", "/account", "/account/email",
           "/account/email/check-your-mail", "/account/delete", f"{ALL}/join", f"{ALL}/leave", f"{ALL}/place",
           f"{ALL}/map", f"{ALL}/map?in=DE", "/conditions/fibromyalgia/map"]  # fmt: skip

#: Pages of which another one of the same shape is looked at.
ALIKE = {"/conditions/fibromyalgia", f"{ALL}/map?in=DE", "/account/email/freeze/made-up",
         "/account/email/check-your-mail", "/conditions/fibromyalgia/map"}  # fmt: skip
LOOKED_AT = {*OPEN, *MEMBERS, *admin_pages.PAGES} - (set() if EVERY in os.environ else ALIKE)

#: The pages of every kind, and one that only the tests have.
_OF_TESTS = {"stranger": [*OPEN, WAIT], "member": MEMBERS, "admin": admin_pages.PAGES}

#: Who opens which addresses, with the pages that each subject declares. What is in braces is known in a walk only.
ADDRESSES = {
    who: [address for walks in (_OF_TESTS, *of_every_subject("WALKS")) for address in walks.get(who, [])]
    for who in ("stranger", "member", "admin", "staff without a code")
}

#: Routes that answer with something else than a page, or with a page that need not be walked, and why.
LEFT_OUT = {"static": "files", **declared("NOT_WALKED")}


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


# Sends fields from the page that is open, with the token of a form on it.
_SEND = """([address, fields]) => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: address });
    const token = document.querySelector("[name=csrf_token]").value;
    for (const [name, value] of Object.entries({ csrf_token: token, ...fields })) {
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
}"""


def _send(page: Page, address: str, **fields: str) -> None:
    with page.expect_navigation():
        page.evaluate(_SEND, [address, fields])


def _lists_of_zones(page: Page, _known: Known) -> None:
    _send(page, f"{ALL}/place/zones", country="FR")


def _location_without_audience(page: Page, _known: Known) -> None:
    _send(page, f"{ALL}/place", operation=str(uuid.uuid4()))


def _second_question(page: Page, _known: Known) -> None:
    _send(page, "/account/delete")


def _recovery_codes(page: Page, known: Known) -> None:
    _send(page, CODES, operation=str(uuid.uuid4()), code=known.phone.code(known.steps))


def _form_for_later(page: Page, _known: Known) -> None:
    page.goto("/sign-in")
    _send(page, BUSY, email="bob@example.org", password="wrong")


def _expired_form(page: Page, _known: Known) -> None:
    page.goto("/forgot")
    _send(page, "/forgot", csrf_token="old", email="bob@example.org")


#: Pages that come after a form, by the address to which it is sent.
AFTER_FORMS: dict[str, dict[str, Callable[[Page, Known], None]]] = {
    "stranger": {BUSY: _form_for_later, "/forgot": _expired_form},
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
