"""A member of staff sets up the second factor, signs out and in again, and reaches a page for staff."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from mapservice import db
from mapservice.store.accounts import staff
from mapservice.web.accounts import access
from testing.accounts import PASSWORD, member_by_email
from testing.appointing import appoint
from tests.browser.conftest import DESKTOP, PHONE, address_of, latest_link, new_context, sign_up
from tests.browser.watching import violations
from tests.factor import Phone

STAFF_PAGE = '{% extends "base.html" %}{% block main %}<h1>For staff: {{ name }}</h1>{% endblock %}'


@pytest.fixture(scope="module")
def staffed(live: Flask) -> Flask:
    """The service with a page for staff."""
    view = access.staff_required(staff.ADMIN)(lambda member: render_template_string(STAFF_PAGE, name=member.pseudonym))
    live.add_url_rule("/test/admin", "only_admin", view)
    return live


@pytest.fixture
def page(browser: Browser, staffed: Flask) -> Iterator[Page]:
    """A page of somebody on a phone, who is told what the security policy stopped."""
    context = new_context(browser, staffed)
    page = context.new_page()
    page.set_viewport_size(PHONE)
    stopped: list[str] = []
    page.on("console", lambda message: stopped.append(message.text) if "CSP" in message.text else None)
    yield page
    context.close()
    assert stopped == []


def become_admin(page: Page, live: Flask, acting: Engine, name: str) -> None:
    """Sign up, be appointed, and sign in again."""
    sign_up(page, lambda: latest_link(live), name)
    with db.open_session(acting) as session:
        appoint(session, member_by_email(session, address_of(name)), staff.ADMIN)
        session.commit()
    enter(page, name)


def enter(page: Page, name: str) -> None:
    page.goto("/test/admin")
    page.get_by_label("E-mail address").fill(address_of(name))
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def check(page: Page, heading: str) -> None:
    """The page is there, nothing on it is inaccessible, and it fits a desk and a phone."""
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    problems = violations(page)
    assert [problem["id"] for problem in problems if problem["impact"] in {"serious", "critical"}] == []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size


def test_staff_set_it_up_and_are_asked_for_it(page: Page, staffed: Flask, acting: Engine):
    name = "Sasha"
    become_admin(page, staffed, acting, name)

    check(page, "Set up a second factor")
    assert page.get_by_role("img", name="QR code").evaluate("(image) => image.naturalWidth") > 0
    phone = Phone(page.locator("main code").inner_text().replace(" ", ""))
    page.get_by_label("Code from the app").fill(phone.code())
    page.keyboard.press("Enter")
    check(page, "Your recovery codes")
    codes = page.locator("main ol code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have saved my codes").click()
    check(page, f"For staff: {name}")

    page.get_by_role("button", name="Sign out").click()
    enter(page, name)
    check(page, "Enter your security code")
    page.get_by_label("Code from the app").fill("111 111")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    check(page, "Enter your security code")
    page.get_by_label("Code from the app").fill(codes[0])
    page.keyboard.press("Enter")
    check(page, f"For staff: {name}")

    page.goto("/account")
    check(page, "Your account")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    page.get_by_role("link", name="New recovery codes").click()
    check(page, "New recovery codes")
    page.get_by_label("Code from the app").fill(phone.code(1))
    page.get_by_role("button", name="Get new codes").click()
    check(page, "Your recovery codes")
    page.goto("/account")
    page.get_by_role("link", name="Replace or remove").click()
    check(page, "Replace or remove your second factor")
    page.get_by_label("Code from the app").fill(codes[1])
    page.get_by_role("button", name="Remove second factor").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("does not work"))
