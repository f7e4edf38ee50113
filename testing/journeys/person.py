"""Somebody at a browser, who finds everything by its words in their own language."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

from mapservice.i18n.translation import gettext, use_locale
from testing.accounts import PASSWORD

# What browsers say of a form that is refused, where a journey sends one with something missing.
_EXPECTED = re.compile("status of 422")


@dataclass
class Person:
    """A member with a browser window; ``community`` is the address of the condition in which they take part.

    One who uses it ``by_keyboard`` never clicks.

    Every page that they come to is looked at: it has their language, nothing is wider than the screen, no script fails,
    and no other host is asked. What is wrong is in ``faults``.
    """

    page: Page
    name: str
    email: str
    language: str
    community: str
    by_keyboard: bool = False
    faults: list[str] = field(default_factory=list)

    @classmethod
    def at(
        cls, page: Page, name: str, email: str, language: str, community: str, *, by_keyboard: bool = False
    ) -> "Person":
        """Somebody at a window."""
        person = cls(page, name, email, language, community, by_keyboard)
        person.page.on("console", lambda said: person.faults.append(said.text) if _is_fault(said) else None)
        person.page.on("pageerror", lambda error: person.faults.append(str(error)))
        person.page.on("request", lambda request: person.note_host(request.url))
        return person

    def say(self, words: str, **gaps: Any) -> str:
        """Words of the service in this person's language."""
        with use_locale(self.language):
            return gettext(words, **gaps)

    def sign_in(self) -> None:
        """Sign in with the password."""
        self.open("/sign-in")
        self.fill("E-mail address", self.email)
        self.fill("Password", PASSWORD)
        self.press("Sign in")

    def open(self, path: str) -> None:
        """Open a page by its address; one that begins with a dot is below the community."""
        self.page.goto(f"{self.community}{path[1:]}" if path.startswith(".") else path)
        self.look()

    def follow(self, words: str, **gaps: Any) -> None:
        """Follow the first link of this name in the page itself."""
        self.come_by(self.page.get_by_role("main").get_by_role("link", name=self.say(words, **gaps), exact=True).first)

    def come_by(self, link: Locator) -> None:
        """Follow a link."""
        self.use(link)
        self.look()

    def press(self, words: str, **gaps: Any) -> None:
        """Press the first button of this name that is in view: in the page, or else in the navigation."""
        buttons = self.page.get_by_role("button", name=self.say(words, **gaps), exact=True)
        in_page = self.page.get_by_role("main").get_by_role("button", name=self.say(words, **gaps), exact=True)
        self.use((in_page if in_page.count() else buttons).first)
        self.page.wait_for_load_state()
        self.look()

    def fill(self, label: str, text: str) -> None:
        """Fill in a field."""
        self.page.get_by_role("main").get_by_label(self.say(label), exact=True).fill(text)

    def tick(self, label: str, **gaps: Any) -> None:
        """Choose something, by the beginning of its label."""
        box = self.page.get_by_label(self.say(label, **gaps)).first
        if self.by_keyboard:
            box.press("Space")
        else:
            box.check()
        expect(box).to_be_checked()

    def use(self, control: Locator) -> None:
        """Click a link or a button, or press the key for it."""
        if self.by_keyboard:
            control.press("Enter")
        else:
            control.click()

    def sees(self, words: str, **gaps: Any) -> None:
        """Wait until some words of the service are there."""
        expect(self.page.get_by_role("main").get_by_text(self.say(words, **gaps)).first).to_be_visible()

    def reads(self, text: str) -> None:
        """Wait until something that somebody wrote is there."""
        expect(self.page.get_by_role("main").get_by_text(text).first).to_be_visible()

    def does_not_read(self, text: str) -> None:
        """Check that something is not there."""
        expect(self.page.get_by_role("main").get_by_text(text)).to_have_count(0)

    def look(self) -> None:
        """Look at the page: its language and its width."""
        html = self.page.locator("html")
        if html.get_attribute("lang") != self.language:
            self.faults.append(f"{self.page.url} is not in the language {self.language}")
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        if self.page.evaluate("document.documentElement.scrollWidth") > width:
            self.faults.append(f"{self.page.url} is wider than the screen")

    def note_host(self, url: str) -> None:
        """Note what is asked of another host."""
        if not re.match(r"(https?://(localhost|127\.0\.0\.1)[:/]|data:|blob:)", url):
            self.faults.append(f"asked another host: {url}")


def _is_fault(said: Any) -> bool:
    return said.type == "error" and not _EXPECTED.search(said.text)
