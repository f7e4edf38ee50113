"""Two people on phones: one finds the other on the map, writes, is accepted, is answered; then one hides everywhere."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Page, StorageState, expect
from sqlalchemy import Engine

from mapservice import db
from mapservice.geo.zones import Level
from mapservice.privacy.visibility import Audience
from mapservice.store.catalogue import conditions
from mapservice.web.site.server_sessions import COOKIE
from testing.accounts import new_member, sign_in
from testing.locations import put, zone_called
from tests.browser.conftest import ALL, DESKTOP, PHONE, new_context, on_the_map
from tests.browser.open_maps import zoom_to_a_pin

TEXT = "Hello, would you like to talk about work one day?"


@pytest.fixture(scope="module")
def nora(browser, live) -> StorageState:
    return on_the_map(browser, live, "Nora")


@pytest.fixture(scope="module")
def otis(browser, live) -> StorageState:
    return on_the_map(browser, live, "Otis", level=Level.COUNTRY)


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def press(page: Page, name: str) -> None:
    """Press a button by its name with the keyboard."""
    button = page.get_by_role("button", name=name, exact=True)
    button.focus()
    button.press("Enter")


def test_two_people_write_to_each_other_on_their_phones(browser, live, nora, otis):
    with (
        new_context(browser, live, storage_state=otis, viewport=PHONE) as with_script,
        new_context(browser, live, storage_state=nora, viewport=PHONE, java_script_enabled=False) as without,
    ):
        theirs, hers = with_script.new_page(), without.new_page()

        # Otis finds Nora on the map, and writes, by keyboard.
        theirs.goto(f"{ALL}/map")
        zoom_to_a_pin(theirs, lambda bubble: bubble.press("Enter"))
        theirs.locator(".map-pin").first.press("Enter")
        card = theirs.get_by_role("dialog", name="Profile")
        expect(card.locator("bdi")).to_have_text("Nora")
        expect(card).to_contain_text("Area around Freiburg")
        expect(card).not_to_contain_text(re.compile(r"\d{4}"))
        card.get_by_role("link", name="Write").press("Enter")
        expect(theirs.get_by_role("heading", name="Write to Nora")).to_be_visible()
        assert fits(theirs)
        # What he typed is there after he looked at another page.
        theirs.get_by_label("Your message").fill(TEXT)
        writing = theirs.url
        theirs.goto("/me")
        theirs.goto(writing)
        expect(theirs.get_by_label("Your message")).to_have_value(TEXT)
        press(theirs, "Send message")
        expect(theirs.get_by_role("heading", name="Your message was sent")).to_be_visible()
        assert theirs.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('typed'))") == []
        assert fits(theirs)

        # Nora has no script. She accepts and answers.
        hers.goto("/messages")
        expect(hers.get_by_role("link", name="Messages New: 1")).to_be_visible()
        hers.get_by_role("link", name="Otis").click()
        expect(hers.get_by_role("heading", name="Otis wants to write to you")).to_be_visible()
        assert fits(hers)
        hers.get_by_role("button", name="Accept").click()
        hers.get_by_label("Your message").fill("Yes, gladly.")
        hers.get_by_role("button", name="Send message").click()
        expect(hers.locator(".message-own")).to_contain_text("Yes, gladly.")
        assert fits(hers)

        # What Otis opens is read, and what he types is kept without a button.
        theirs.goto("/messages")
        theirs.get_by_role("link", name="Nora").click()
        expect(theirs.locator(".message").last).to_contain_text("Yes, gladly.")
        expect(theirs.get_by_role("button", name="Mark as read")).to_be_hidden()
        with theirs.expect_response("**/draft"):
            theirs.get_by_label("Your message").fill("Tomorrow?")
        theirs.goto("/messages")
        expect(theirs.get_by_text("Tomorrow?")).to_be_visible()
        expect(theirs.get_by_role("link", name="Messages", exact=True)).to_be_visible()

        # They become contacts. Nora shows herself to nobody else, and Otis still finds her on the map.
        theirs.get_by_role("link", name="Nora").click()
        press(theirs, "Ask to become contacts")
        expect(theirs.get_by_text("You have asked Nora to become contacts.")).to_be_visible()
        assert fits(theirs)
        hers.reload()
        expect(hers.get_by_text("Otis asks whether you want to be contacts")).to_be_visible()
        assert fits(hers)
        hers.get_by_role("button", name="Agree").click()
        expect(hers.get_by_text("You are contacts now.")).to_be_visible()
        hers.goto(f"{ALL}/place")
        hers.get_by_role("radio", name="My contacts here").check()
        hers.get_by_role("button", name="Save", exact=True).click()
        expect(hers.get_by_text("Only your contacts here can see you")).to_be_visible()
        theirs.goto("/me/contacts")
        expect(theirs.get_by_role("listitem").filter(has_text="Nora")).to_be_visible()
        assert fits(theirs)
        theirs.goto(f"{ALL}/map")
        zoom_to_a_pin(theirs, lambda bubble: bubble.press("Enter"))
        expect(theirs.locator(".map-pin").first).to_be_visible()

        # Nora hides everywhere: gone from the map, but they still know each other.
        hers.goto("/me")
        hers.get_by_role("button", name="Hide me everywhere").click()
        theirs.goto(f"{ALL}/map/table?in=DE.1")
        expect(theirs.get_by_text("Nora")).to_have_count(0)
        theirs.goto("/messages")
        theirs.get_by_role("link", name="Nora").click()
        expect(theirs.get_by_label("Your message")).to_have_value("Tomorrow?")
        press(theirs, "Send message")
        expect(theirs.locator(".message-own").last).to_contain_text("Tomorrow?")

        # What was typed elsewhere is gone from the device once he signs out.
        theirs.evaluate("sessionStorage.setItem('typed:/elsewhere', 'Words')")
        theirs.get_by_role("button", name="Sign out").click()
        expect(theirs.get_by_text("You have been signed out.")).to_be_visible()
        assert theirs.evaluate("Object.keys(sessionStorage).filter((name) => name.startsWith('typed'))") == []


@pytest.fixture
def spanish(browser, live, acting: Engine) -> Iterator[Callable[[str], Page]]:
    """The windows of two people of one district who read Spanish, without JavaScript, each signed in."""
    with ExitStack() as windows, db.open_session(acting) as session:
        condition = conditions.get(session, ALL.rpartition("/")[2])
        pages = {}
        for name, town, level in (("Nuria", "Offenburg", Level.DISTRICT), ("Oscar", "Offenburg", Level.AREA)):
            member = new_member(session, f"{uuid.uuid4()}@example.org", pseudonym=name)
            home = zone_called(session, town, Level.AREA, "DE")
            put(session, member, condition, home, level=level, audience=Audience.CONDITION)
            token = sign_in(live.test_client(), member)
            options = {"locale": "es-ES", "viewport": DESKTOP, "java_script_enabled": False}
            window = windows.enter_context(new_context(browser, live, **options))
            # A cookie of this name is set under https only, and sent to localhost all the same.
            window.add_cookies([{"name": COOKIE, "value": token, "url": "https://localhost", "secure": True}])
            pages[name] = window.new_page()
        yield pages.__getitem__


def test_two_people_find_each_other_and_write_in_spanish_without_javascript(spanish):
    oscar, nuria = spanish("Oscar"), spanish("Nuria")

    oscar.goto(f"{ALL}/map")
    oscar.get_by_role("link", name="Personas cerca de mí", exact=True).click()
    oscar.get_by_role("link", name=re.compile("^1 persona a quien puedes ver.*Mi distrito")).click()
    expect(oscar.get_by_role("heading", name="Personas de tu distrito")).to_be_visible()
    oscar.get_by_role("link", name="Persona con la enfermedad").click()
    oscar.get_by_role("link", name="Escribir", exact=True).click()
    expect(oscar.get_by_role("heading", name="Escribir a Nuria")).to_be_visible()
    assert fits(oscar)
    oscar.get_by_label("Tu mensaje").fill("Hola, ¿te gustaría hablar un día del trabajo?")
    press(oscar, "Enviar mensaje")
    expect(oscar.get_by_role("heading", name="Tu mensaje se ha enviado")).to_be_visible()

    nuria.goto("/messages")
    expect(nuria.get_by_role("link", name="Mensajes Nuevos: 1")).to_be_visible()
    nuria.get_by_role("link", name="Oscar").click()
    expect(nuria.get_by_role("heading", name="Oscar quiere escribirte")).to_be_visible()
    press(nuria, "Aceptar")
    expect(nuria.get_by_text("Ya os podéis escribir.")).to_be_visible()
    nuria.get_by_label("Tu mensaje").fill("Sí, con gusto.")
    press(nuria, "Enviar mensaje")
    expect(nuria.locator(".message-own")).to_contain_text("Sí, con gusto.")
    assert fits(nuria)

    oscar.goto("/messages")
    oscar.get_by_role("link", name="Nuria").click()
    expect(oscar.locator(".message").last).to_contain_text("Sí, con gusto.")

    nuria.goto("/me")
    press(nuria, "Ocultarme en todas partes")
    expect(nuria).to_have_url(re.compile("/me/hidden$"))
    oscar.goto(f"{ALL}/nearby/district")
    expect(oscar.get_by_text("En este momento no hay nadie que puedas ver en este grupo.")).to_be_visible()
    for page in (oscar, nuria):
        assert page.locator("html").get_attribute("lang") == "es"
