"""Every page in two pseudo-locales on a phone: no text is left in English, and nothing is too long."""

import json

import pytest
from babel.messages import pofile
from playwright.sync_api import Browser

from mapservice.i18n import languages
from tests import pseudo
from tests.browser import test_admin_pages as admin_pages
from tests.browser.conftest import (
    ALL,
    DESKTOP,
    PHONE,
    new_context,
)
from tests.browser.test_pages import MEMBERS, OPEN
from tests.browser.watching import Traffic

dana = admin_pages.dana

#: Who walks through which pages.
WALKS = {"stranger": OPEN, "member": MEMBERS, "admin": admin_pages.PAGES}

#: Languages whose rules stand in for those of the pseudo-locales: one longer, one from right to left.
STAND_INS = ("sv", "ar")

#: Texts in Latin letters that stand outside every translated text, where a reader may see them.
STRAY = """([begin, end]) => {
    const stray = [];
    let depth = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (parent.closest("script, style, template, noscript")) continue;
        const isData = parent.closest(`[translate=no], [lang] [lang], bdi, code, [role=option], time, .leaflet-pane,
            .leaflet-control`);
        for (const piece of node.data.split(new RegExp(`([${begin}${end}])`))) {
            if (piece === begin) depth += 1;
            else if (piece === end) depth -= 1;
            else if (depth === 0 && !isData && /[A-Za-z]{2,}/.test(piece)) {
                stray.push(`${parent.tagName}.${parent.className}: ${piece.trim()}`);
            }
        }
    }
    for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
        if (element.closest("[translate=no], bdi")) continue;
        for (const name of ["aria-label", "title", "placeholder", "alt"]) {
            const text = element.getAttribute(name);
            if (text && /[A-Za-z]{2,}/.test(text) && !text.includes(begin)) stray.push(`${name}: ${text}`);
        }
    }
    return stray;
}"""

#: Elements that reach beyond the page on either side, or whose content does, the innermost last.
WIDE = """() => [...document.body.querySelectorAll("*")]
    .filter((each) => {
        const box = each.getBoundingClientRect();
        const isOut = box.right > innerWidth + 1 || box.left < -1 || box.left + each.scrollWidth > innerWidth + 1;
        return isOut && !each.closest(".leaflet-container, .table-scroll, .skip");
    })
    .map((each) => `${each.tagName}.${each.className}#${each.id} ${each.textContent.trim().slice(0, 30)}`)
    .slice(-3)"""


# Whether the legend lies on the sources that the map has to name.
COVERED = """() => {
    const box = (selector) => document.querySelector(selector)?.getBoundingClientRect();
    const [a, b] = [box(".legend"), box(".leaflet-control-attribution")];
    return Boolean(a && b && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom);
}"""


@pytest.fixture(scope="module", autouse=True)
def pseudo_locales(tmp_path_factory):
    """The service speaks the pseudo-locales beside English."""
    folder = tmp_path_factory.mktemp("translations")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(languages, "FOLDER", folder)
        for code in STAND_INS:
            patch.setitem(languages.LANGUAGES, code, f"⟦{code}⟧")
            languages.catalogue(code).parent.mkdir(parents=True)
            with languages.catalogue(code).open("wb") as file:
                pofile.write_po(file, pseudo.catalogue(code))
        languages.translations.cache_clear()
        yield
        languages.translations.cache_clear()


# Where the letters of some elements begin.
STARTS = """(selectors) => selectors.map((selector) => {
    const letters = document.createRange();
    letters.selectNodeContents(document.querySelector(selector));
    const { left, right } = letters.getBoundingClientRect();
    return Math.round(document.dir === "rtl" ? right : left);
})"""


@pytest.mark.parametrize("code", STAND_INS)
@pytest.mark.parametrize("who", WALKS)
def test_every_page_is_translated_whole_and_fits(browser: Browser, live, released, signed_in, dana, code, who):
    if who == "admin":
        context = admin_pages.window(browser, live, dana, locale=code)
    else:
        context = new_context(browser, live, locale=code, storage_state=signed_in if who == "member" else None)
    page = context.new_page()
    page.set_viewport_size(PHONE)
    traffic, wrong = Traffic(page), {}
    if who != "stranger":
        page.goto("/account")
        page.locator(f".languages button[value={code}]").click()
    for address in WALKS[who]:
        page.goto(address)
        traffic.settle()
        problems = page.evaluate(STRAY, [pseudo.BEGIN, pseudo.END])
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"scrolls sideways: {page.evaluate(WIDE)}")
        if page.evaluate(COVERED):
            problems.append("the legend covers the sources of the map")
        if page.evaluate("document.documentElement.dir") != ("rtl" if code == "ar" else "ltr"):
            problems.append("the wrong direction")
        if problems:
            wrong[address] = problems
    context.close()

    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_the_switch_of_a_member_begins_where_the_links_above_it_begin(browser: Browser, live, signed_in):
    context = new_context(browser, live, storage_state=signed_in)
    page = context.new_page()
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        page.goto("/account")
        link, switch = page.evaluate(STARTS, [".site-footer li a", ".site-footer .languages button"])
        assert link == switch
    context.close()


def test_a_text_that_was_forgotten_is_found(browser: Browser, live):
    context = new_context(browser, live, locale="sv")
    page = context.new_page()
    page.goto(ALL)
    page.evaluate("document.querySelector('footer').append('Forgotten words')")

    assert any("Forgotten words" in text for text in page.evaluate(STRAY, [pseudo.BEGIN, pseudo.END]))
    context.close()
