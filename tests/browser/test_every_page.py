"""Every page, in a pseudo-locale: nothing foreign, nothing stopped, nothing in English, too long or inaccessible."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from babel.messages import pofile
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, StorageState
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from mapservice import db
from mapservice.errors import TooBusyError, TooManyRequestsError
from mapservice.geo.zones import Level
from mapservice.i18n import languages
from mapservice.message_keys import MessageKeys
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.store.community import memberships
from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.messages import conversations, writing
from mapservice.store.tables import Member
from mapservice.web.accounts import access
from testing.accounts import member_by_email, new_member
from testing.combinations import EVERY
from testing.locations import put, show, zone_called
from testing.members_map import cell_of
from tests import pseudo
from tests.browser import test_admin_pages as admin_pages
from tests.browser import walks
from tests.browser.conftest import ALL, DESKTOP, PHONE, address_of, new_context
from tests.browser.watching import Policy, faults_in_turn
from tests.factor import give_phone, new_staff
from tests.links import late_tokens, live_tokens

#: Languages whose rules stand in for those of the pseudo-locales: from right to left, and from left to right. A page
#: in the first is turned around to see whether it fits in the other direction; the second is walked where all are.
STAND_INS = ("ar", "sv") if EVERY in os.environ else ("ar",)
DIRECTIONS = ("ltr", "rtl")

#: Texts in Latin letters that stand outside every translated text, where a reader may see them.
STRAY = """([begin, end]) => {
    const stray = [];
    let depth = 0;
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (parent.closest("script, style, template, noscript")) continue;
        // Months and the names of languages come with the language, not from a translation.
        const isData = parent.closest(`[translate=no], [lang] [lang], bdi, code, [role=option], time, .leaflet-pane,
            .leaflet-control, :is([name=turns_18], [name=language]) option:not([value=""]), .ticks .tick-columns`);
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


@pytest.fixture(scope="module")
def live(live: Flask) -> Flask:
    """The service with addresses at which something has to wait."""

    def refuse(problem: Exception) -> Callable[[], str]:
        def view() -> str:
            raise problem

        return access.public(view)

    live.add_url_rule(walks.WAIT, "wait", refuse(TooManyRequestsError(700, "sign_in")))
    live.add_url_rule(walks.BUSY, "busy", refuse(TooBusyError()), methods=["POST"])
    return live


@pytest.fixture(scope="module")
def known(live: Flask, acting: Engine, signed_in, staff) -> Callable[[str], walks.Known]:
    """What the walk in a language has to know; the member has moved, and one condition was left behind."""
    with db.open_session(acting) as session:
        member = member_by_email(session, address_of("Paula"))
        move(session, member)
        links = live_tokens(live, session, member.email)
        gaps = {
            "sign_up": links["sign_up.complete"],
            "reset": links["sign_in.reset"],
            "confirm": links["email_change.confirm"],
            "freeze": links["email_change.freeze"],
            "switch_off": links["notifications.switch_off"],
        }
        here = memberships.get(session, member, conditions.get(session, ALL.rpartition("/")[2]))
        gaps |= late_tokens(live, session, member, staff[0])
        gaps |= {"person": here.public_id, "cell": cell_of(session, here.public_id)}
        gaps |= people_to_write_to(live, session, member)
        subject = f"{ALL.rpartition('/')[2]} by country"
        audit_log.add_entry(session, Act.EXPORT, staff[0], subject, release=1, form="csv", purpose="A grant")
        phone = give_phone(live.test_client(), session, staff[1])
    return lambda code: walks.Known(code, gaps, phone, STAND_INS.index(code))


def people_to_write_to(live: Flask, session: Session, member: Member) -> dict[str, str]:
    """A conversation of the member, and the public id of somebody to whom they have not written yet."""
    condition, keys = conditions.get(session, ALL.rpartition("/")[2]), MessageKeys.of(live.extensions["config"])
    writer, other = (new_member(session, f"{name}@example.org", pseudonym=name) for name in ("Wanda", "Olga"))
    row = writing.begin(session, keys, condition, writer, member.id, has_joined=False)
    writing.send_first(session, keys, row, writer, "Would you like to talk about work?")
    writing.accept(session, conversations.get(session, member, condition, row.id), member)
    public_id = put(session, other, condition, "DE", level=Level.COUNTRY, audience=Audience.CONDITION).public_id
    session.commit()
    return {"conversation": str(row.id), "other": public_id}


def move(session: Session, member: Member) -> None:
    """Let a member who is on one map join another, and then move on the first."""
    lyon, freiburg = zone_called(session, "Lyon", Level.AREA, "FR"), zone_called(session, "Freiburg", Level.AREA, "DE")
    left_behind = conditions.get(session, walks.LEFT_BEHIND)
    put(session, member, left_behind, freiburg, level=Level.AREA, audience=Audience.CONDITION)
    session.execute(update(Member).where(Member.id == member.id).values(home_changed_on=None, home_corrections=0))
    here = memberships.get(session, member, conditions.get(session, ALL.rpartition("/")[2]))
    show(session, member, here, lyon, Audience.CONDITION)
    session.commit()


@pytest.fixture(scope="module")
def staff(live: Flask, acting: Engine) -> tuple[Member, Member]:
    """Two admins; the second one has a phone, with the codes of which she has not signed in yet."""
    with db.open_session(acting) as session:
        return new_staff(session), new_staff(session, "kim@example.org")


def window(browser: Browser, live: Flask, who: str, code: str, signed_in: StorageState, staff) -> BrowserContext:
    """A window of somebody who walks; members and staff choose the language in the footer."""
    if who == "stranger":
        return new_context(browser, live, locale=code)
    if who == "member":
        context = new_context(browser, live, storage_state=signed_in)
    else:
        is_admin = who == "admin"
        context = admin_pages.window(browser, live, staff[not is_admin], has_code=is_admin)
    page = context.new_page()
    page.goto("/account")
    with page.expect_navigation():
        page.locator(f".languages button[value={code}]").click()
    return context


@dataclass
class Found:
    """What is wrong with the pages of a walk, by address."""

    foreign: dict[str, list[str]] = field(default_factory=dict)
    """What they ask of other hosts, and what their policy stops."""
    words: dict[str, list[str]] = field(default_factory=dict)
    """What was not translated, and what does not fit."""
    looks: dict[str, list[str]] = field(default_factory=dict)
    """What axe finds, on a phone in the dark or on a desk in the light, in turn."""


@pytest.fixture(scope="module", params=[(who, code) for who in walks.ADDRESSES for code in STAND_INS], ids="-".join)
def found(request, browser: Browser, live, released, signed_in, staff, known) -> Found:
    """What is wrong with the pages of a walk, each of which is opened once for all tests."""
    who, code = request.param
    context = window(browser, live, who, code, signed_in, staff)
    page = context.new_page()
    page.set_viewport_size(PHONE)
    policy, found = Policy(page), Found()
    for address in walks.walk(page, who, known(code)):
        policy.traffic.settle()
        found.words[address] = wrong_words(page, "rtl" if code == "ar" else "ltr")
        if address in walks.LOOKED_AT:
            found.looks[address] = faults_in_turn(page, len(found.looks))
        # What the page asks for while it is looked at counts too.
        found.foreign[address] = policy.broken()
    context.close()
    return found


def wrong_words(page: Page, direction: str) -> list[str]:
    """What was not translated, and what does not fit; also if the page is turned around."""
    wrong = page.evaluate(STRAY, [pseudo.BEGIN, pseudo.END])
    if page.evaluate("document.documentElement.dir") != direction:
        wrong.append("the wrong direction")
    for turned in DIRECTIONS:
        page.evaluate("(dir) => void (document.documentElement.dir = dir)", turned)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"scrolls sideways {turned}: {page.evaluate(WIDE)}")
        if page.evaluate(COVERED):
            wrong.append(f"the legend covers the sources of the map {turned}")
    page.evaluate("(dir) => void (document.documentElement.dir = dir)", direction)
    return wrong


def test_never_asks_another_host_and_keeps_to_its_policy(found):
    assert {address: wrong for address, wrong in found.foreign.items() if wrong} == {}


def test_every_page_is_translated_whole_and_fits(found):
    wrong = {address: wrong for address, wrong in found.words.items() if wrong}

    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_pages_of_every_kind_are_accessible_on_a_phone_in_the_dark_or_on_a_desk_in_the_light(found):
    assert {address: wrong for address, wrong in found.looks.items() if wrong} == {}


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
    context = new_context(browser, live, locale=STAND_INS[0])
    page = context.new_page()
    page.goto(ALL)
    page.evaluate("document.querySelector('footer').append('Forgotten words')")

    assert any("Forgotten words" in text for text in page.evaluate(STRAY, [pseudo.BEGIN, pseudo.END]))
    context.close()
