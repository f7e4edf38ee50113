"""What the page of the location suggests, counts, previews and bars, where a script has found the zone."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from tests.browser.conftest import PASSWORD, choose_country, latest_link, new_context, sign_up
from tests.browser.test_member_pages import find_freiburg

#: Conditions by how many of 100,000 people have them: many, few, next to nobody.
FREQUENT, RARE, RAREST = "fibromyalgia", "acute-lymphoblastic-leukaemia", "fibrodysplasia-ossificans-progressiva"

#: Of a child: joined by somebody who speaks for them.
OF_A_CHILD = "endometriosis"

LEVELS = ("DE", "DE.3", "DE.3.4", "DE.3.4.3")
COUNTRY, REGION, DISTRICT, AREA = LEVELS

#: What stands on the page of each level: its people, rounded down.
PEOPLE = {COUNTRY: "82,000,000", REGION: "10,000,000", DISTRICT: "420,000", AREA: "260,000"}


@pytest.fixture(scope="module")
def page(browser: Browser, live) -> Iterator[Page]:
    """A page of somebody who has joined conditions of every rarity, one of them for a child."""
    context = new_context(browser, live)
    page = context.new_page()
    sign_up(page, lambda: latest_link(live), "Runa")
    for slug in (FREQUENT, RARE, RAREST, OF_A_CHILD):
        page.goto(f"/conditions/{slug}/join")
        page.locator("input[name=role][value=caregiver]").check()
        page.locator("input[name=consent]").check()
        page.locator("input[name=for_minor]").set_checked(slug == OF_A_CHILD)
        page.locator("main form.form button").first.click()
        page.wait_for_url("**/place")
    yield page
    context.close()


@pytest.fixture
def is_minor(acting) -> Iterator[None]:
    """The member has said that they are under 18 themselves."""
    with acting.begin() as connection:
        connection.execute(text("update member set minor_until = date '2999-01-01' where pseudonym = 'Runa'"))
    yield
    with acting.begin() as connection:
        connection.execute(text("update member set minor_until = null where pseudonym = 'Runa'"))


def open_at_freiburg(page: Page, slug: str) -> None:
    """Open the page of the location and find a zone in it."""
    page.goto(f"/conditions/{slug}/place")
    choose_country(page)
    find_freiburg(page)
    expect(page.locator("#level-choices input")).to_have_count(4)


@pytest.fixture(scope="module")
def opened(page: Page) -> Callable[[str], Page]:
    """A page of the location for a condition, with a zone found in it; it is opened once, and nothing in it is sent."""

    @cache
    def open_once(slug: str) -> Page:
        other = page.context.new_page()
        open_at_freiburg(other, slug)
        return other

    return open_once


def choices(page: Page) -> dict[str, dict[str, Any]]:
    """What the page offers, by zone: the numbers it shows, and what may be done."""
    labels = page.locator("#level-choices label").evaluate_all(
        """(labels) => labels.map((label) => {
            const input = label.querySelector("input");
            return {
                zone: input.value,
                isSuggested: label.querySelector(".tag") !== null,
                isChecked: input.checked,
                isBarred: input.disabled,
                note: label.querySelector(".choice-note").textContent,
            };
        })"""
    )
    return {choice["zone"]: choice | {"numbers": re.findall(r"\d[\d,]*", choice["note"])} for choice in labels}


def zones(by_zone: dict[str, dict[str, Any]], key: str) -> list[str]:
    return [zone for zone, choice in by_zone.items() if choice[key]]


def words(page: Page) -> dict[str, Any]:
    """The sentences that the service gave to the script."""
    return json.loads(page.locator("#place-data").text_content() or "")["words"]


@pytest.mark.parametrize(
    ("slug", "suggested", "expected"),
    [
        (FREQUENT, AREA, ("827,047", "105,434", "4,282", "2,615")),
        (RARE, DISTRICT, ("2,481", "316", "13", "8")),
        (RAREST, COUNTRY, ("41", "5", "1", "1")),
    ],
)
def test_the_finest_level_with_enough_people_is_suggested_and_each_shows_its_numbers(opened, slug, suggested, expected):
    page = opened(slug)

    by_zone = choices(page)

    assert zones(by_zone, "isSuggested") == zones(by_zone, "isChecked") == [suggested]
    for zone, people in zip(LEVELS, expected, strict=True):
        shown = [PEOPLE[zone], people]
        if slug == RAREST and zone in {DISTRICT, AREA}:  # 0.2 and 0.1 people: fewer than one
            assert by_zone[zone]["note"].startswith(words(page)["atLeast"]["other"].replace("{n}", PEOPLE[zone]))
            assert words(page)["expectedFew"] in by_zone[zone]["note"]
        else:
            assert by_zone[zone]["numbers"] == shown


def test_a_zone_in_which_one_person_is_expected_says_so_in_the_singular(page, acting):
    prevalence = "update condition set prevalence = :prevalence where slug = :slug"
    with acting.begin() as connection:
        before = connection.scalar(text("select prevalence from condition where slug = :slug"), {"slug": RAREST})
        connection.execute(text(prevalence), {"prevalence": 0.3, "slug": RAREST})
    open_at_freiburg(page, RAREST)
    note = choices(page)[AREA]["note"]
    page.locator(f"input[name=zone][value='{AREA}']").check()
    page.get_by_label("Members of this condition").check()
    consent = page.locator("#finer-words").text_content() or ""
    with acting.begin() as connection:
        connection.execute(text(prevalence), {"prevalence": before, "slug": RAREST})

    assert "we expect about 1 person with this condition" in note
    assert "we expect about 1 person with this condition in this zone" in consent


@pytest.mark.parametrize("slug", [FREQUENT, RARE, RAREST])
def test_a_finer_level_than_the_suggested_one_asks_for_a_consent_that_names_its_figure(opened, slug):
    page = opened(slug)
    suggested = LEVELS.index(zones(choices(page), "isSuggested")[0])

    for number, zone in enumerate(LEVELS):
        page.locator(f"input[name=zone][value='{zone}']").check()
        for audience in ("nobody", "condition", "members"):
            page.locator(f"input[name=audience][value={audience}]").check()
            asks = number > suggested and audience != "nobody"
            expect(page.locator("#finer")).to_be_visible(visible=asks)
            if asks and slug == RARE:
                expect(page.locator("#finer-words")).to_contain_text(re.compile(r"\b8\b"))
    assert page.locator("input[name=finer]").is_checked() is False


@pytest.mark.parametrize("how", ["a child's card", "a member under 18"])
def test_never_lets_a_district_or_an_area_of_a_child_be_chosen(page, request, how):
    if how == "a member under 18":
        request.getfixturevalue("is_minor")
    open_at_freiburg(page, OF_A_CHILD if how == "a child's card" else FREQUENT)

    by_zone = choices(page)

    assert zones(by_zone, "isBarred") == [DISTRICT, AREA]
    assert zones(by_zone, "isSuggested") == zones(by_zone, "isChecked") == [REGION]
    for zone in (DISTRICT, AREA):
        page.locator("#level-choices label").filter(has=page.locator(f"input[value='{zone}']")).click(force=True)
        assert zones(choices(page), "isChecked") == [REGION]
        assert words(page)["barred"] in by_zone[zone]["note"]


def test_an_adult_may_choose_every_level(opened):
    assert zones(choices(opened(FREQUENT)), "isBarred") == []


@pytest.mark.parametrize(
    ("audience", "seen_by"), [("nobody", set()), ("condition", {"condition"}), ("members", {"condition", "members"})]
)
def test_the_preview_says_what_each_of_the_others_will_see(opened, audience, seen_by):
    page = opened(RARE)
    page.locator(f"input[name=audience][value={audience}]").check()
    said = words(page)
    titles = {COUNTRY: "Germany", REGION: "Baden-Württemberg", DISTRICT: said["district"], AREA: said["area"]}

    for zone, title in titles.items():
        page.locator(f"input[name=zone][value='{zone}']").check()
        kind = "pin" if zone in {DISTRICT, AREA} else "badge"
        shown = said[kind].replace("{zone}", title.replace("{place}", "Freiburg"))
        for viewer in ("members", "condition"):
            expect(page.locator(f"[data-preview={viewer}]")).to_have_text(
                shown if viewer in seen_by else said["nobody"]
            )
    page.locator("input[name=zone][value='']").check()
    for viewer in ("members", "condition"):
        expect(page.locator(f"[data-preview={viewer}]")).to_have_text(said["nobody"])


@pytest.mark.parametrize(
    ("lng", "lat", "zone"),
    [(7.85, 48.0, AREA), (7.55, 47.85, "DE.3.1.2"), (8.0, 54.6, "DE.12.8.1"), (2.35, 48.86, None)],
)
def test_the_place_of_the_device_is_looked_up_in_the_page(page, lng, lat, zone):
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"longitude": lng, "latitude": lat})
    page.goto(f"/conditions/{RARE}/place")
    choose_country(page)

    page.locator("#where-i-am").click()

    if zone is None:
        expect(page.locator("#finder-status")).to_have_text(words(page)["outside"])
        expect(page.locator("#level-choices input")).to_have_count(0)
    else:
        expect(page.locator("#level-choices input")).to_have_count(4)
        assert list(choices(page))[-1] == zone


def test_another_town_than_the_stored_one_asks_whether_the_member_has_moved(page):
    open_at_freiburg(page, FREQUENT)
    page.locator("input[name=audience][value=condition]").check()
    if page.locator("#password-input").count():
        page.locator("#password-input").fill(PASSWORD)
    page.locator("#place-form button[type=submit]").click()
    page.wait_for_url("**/map")

    open_at_freiburg(page, RARE)
    expect(page.locator("#moved")).to_be_hidden()
    page.locator("#town").fill("Hamburg")
    page.locator("#towns [role=option]").first.click()

    expect(page.locator("#moved")).to_be_visible()
    page.locator(f"input[name=zone][value={COUNTRY}]").check()
    expect(page.locator("#moved")).to_be_hidden()
