"""Two members in the forum on a phone: one with scripts, to whom like discussions are offered, and one without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, StorageState, expect

from tests.browser.conftest import ALL, PHONE, new_context, on_the_map
from tests.browser.test_telling import HOSTILE, look

__all__ = ["look"]


@pytest.fixture(scope="module")
def asker(browser, live) -> StorageState:
    return on_the_map(browser, live, "Asker")


@pytest.fixture(scope="module")
def helper(browser, live) -> StorageState:
    return on_the_map(browser, live, "Helper")


def test_a_question_is_asked_answered_and_withdrawn_on_a_phone(browser: Browser, live, asker, helper, look: Callable):
    with (
        new_context(browser, live, storage_state=asker, viewport=PHONE) as with_script,
        new_context(browser, live, storage_state=helper, viewport=PHONE, java_script_enabled=False) as without,
    ):
        plain = without.new_page()
        plain.goto(f"{ALL}/forum")
        look(plain, "empty")
        plain.get_by_role("link", name="Ask in the forum").click()
        plain.get_by_label("Your question or topic").fill("How do you sleep with the tablets?")
        plain.get_by_label("More about it").fill(f"I lie awake until three.\n\n- tea\n- a book\n\n> walk {HOSTILE}")
        plain.get_by_role("button", name="Preview").click()
        expect(plain.get_by_text("Nothing has been published yet.")).to_be_visible()
        look(plain, "preview")
        plain.get_by_role("button", name="Publish").click()
        expect(plain.get_by_text("No answer yet")).to_be_visible()
        address = plain.url

        hers = with_script.new_page()
        hers.goto(f"{ALL}/forum/ask")
        hers.get_by_label("Your question or topic").press_sequentially(f"How to sleep on tablets? {HOSTILE[:20]}")
        expect(hers.get_by_role("link", name="How do you sleep with the tablets?")).to_be_visible(timeout=20_000)
        look(hers, "alike")
        hers.get_by_role("link", name="How do you sleep with the tablets?").click()
        look(hers, "thread")
        hers.get_by_role("link", name="Write an answer").first.click()
        hers.get_by_label("Your answer").fill(f"A walk. Ring 0800 555 0199. {HOSTILE}")
        look(hers, "answer")
        hers.get_by_role("button", name="Publish").click()
        expect(hers.get_by_text("A walk. Ring [hidden].")).to_be_visible()
        assert hers.evaluate("window.ran") is None

        plain.goto(address)
        plain.get_by_role("button", name="This helped me").click()
        expect(plain.get_by_text("This helped the person who asked")).to_be_visible()
        look(plain, "answered")
        plain.goto("/me/forum")
        expect(plain.get_by_text("New answer")).to_be_visible()
        look(plain, "mine")
        plain.goto("/me/texts")
        plain.get_by_role("button", name="Withdraw at once").click()
        hers.goto(address)
        expect(hers.get_by_text("Withdrawn by its author")).to_be_visible()
        look(hers, "withdrawn")
        hers.goto(f"{ALL}/forum")
        look(hers, "list")
