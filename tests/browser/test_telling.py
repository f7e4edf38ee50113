"""A member tells a story on a phone, first with the script that keeps a draft, then without; and withdraws it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.browser.conftest import ALL, PHONE, new_context, on_the_map
from tests.browser.test_messages import fits

#: What is in every field of the story: nothing of it may run.
HOSTILE = '<img src=x onerror="window.ran=1"><script>window.ran=1</script>{{7*7}}'


@pytest.fixture(scope="module")
def teller(browser, live) -> StorageState:
    return on_the_map(browser, live, "Teller")


@pytest.fixture(scope="module")
def reader(browser, live) -> StorageState:
    return on_the_map(browser, live, "Reader")


def test_a_story_is_told_read_and_withdrawn_on_a_phone(browser: Browser, live, teller, reader, look: Callable):
    with (
        new_context(browser, live, storage_state=teller, viewport=PHONE) as with_script,
        new_context(browser, live, storage_state=teller, viewport=PHONE, java_script_enabled=False) as without,
        new_context(browser, live, storage_state=reader, viewport=PHONE) as others,
    ):
        hers = with_script.new_page()
        hers.goto(ALL)
        hers.get_by_role("link", name="Tell my story").click()
        hers.get_by_label("Title").fill(f"How it began {HOSTILE}")
        for part in ("First signs", "The diagnosis", "What helped", "What I would tell my earlier self"):
            hers.get_by_label(part, exact=True).fill(f"{part}: it is long ago. {HOSTILE}")
        look(hers, "tell")
        expect(hers.get_by_text("Draft saved.")).to_be_visible(timeout=20_000)

        # The draft is there on another device, which runs no script.
        plain = without.new_page()
        plain.goto(f"{ALL}/stories/tell")
        expect(plain.get_by_label("Title")).to_have_value(f"How it began {HOSTILE}")
        plain.get_by_role("button", name="Preview").click()
        expect(plain.get_by_text("Nothing has been published yet.")).to_be_visible()
        look(plain, "preview")
        plain.get_by_role("button", name="Publish").click()
        expect(plain.get_by_text("Your text has been published.")).to_be_visible()
        look(plain, "own")

        theirs = others.new_page()
        theirs.goto(f"{ALL}/stories")
        expect(theirs.get_by_text("Teller")).to_be_visible()
        look(theirs, "list")
        theirs.get_by_role("link", name=re.compile("How it began")).click()
        theirs.get_by_role("button", name="Thank you").click()
        expect(theirs.get_by_text("You thanked for this.")).to_be_visible()
        look(theirs, "story")
        assert theirs.evaluate("window.ran") is None
        address = theirs.url

        plain.goto("/me/texts")
        look(plain, "texts")
        plain.get_by_role("button", name="Withdraw at once").click()
        expect(plain.get_by_role("button", name="Undo")).to_be_visible()
        theirs.goto(address)
        expect(theirs.get_by_text("You cannot read this text.")).to_be_visible()


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Check that a page is not wider than the screen."""

    def check(page: Page, name: str) -> None:
        assert fits(page), name

    return check
