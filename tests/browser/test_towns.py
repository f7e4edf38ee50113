"""Towns, found by what people type on the keyboard they have: in a browser, with the files that the page loads."""

import gzip
import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from mapservice.config import HOME
from mapservice.text.folding import fold

FOLDER = HOME / "data/ground/gazetteer"


def gazetteer(code: str) -> bytes:
    return gzip.decompress((FOLDER / f"{code}.json.gz").read_bytes())


@pytest.fixture(scope="module")
def names() -> list[str]:
    """The names of the towns of the world that hold more than plain letters."""
    codes = [path.name.partition(".")[0] for path in FOLDER.glob("*.json.gz")]
    return sorted({row[0] for code in codes for row in json.loads(gazetteer(code))["places"] if not row[0].isascii()})


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page that has the modules of the search; no service is needed for it."""
    page = browser.new_page()
    page.route("http://towns.test/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.route("http://towns.test/*.js", _answer)
    page.route("http://towns.test/*.json", _answer_with_towns)
    page.goto("http://towns.test/")
    page.evaluate(
        """async () => {
            Object.assign(window, await import("/fold.js"), await import("/gazetteer.js"));
        }"""
    )
    yield page
    page.close()


def _answer(route) -> None:
    name = route.request.url.rpartition("/")[2]
    route.fulfill(body=(HOME / "static/js/places" / name).read_text(encoding="utf-8"), content_type="text/javascript")


def _answer_with_towns(route) -> None:
    code = route.request.url.rpartition("/")[2].removesuffix(".json")
    route.fulfill(body=gazetteer(code), content_type="application/json")


def use(page: Page, code: str) -> None:
    """Let the page search the towns of a country."""
    page.evaluate(
        """async (code) => {
            window.loaded ??= {};
            const file = async () => (await fetch(`/${code}.json`)).json();
            window.gazetteer = loaded[code] ??= new Gazetteer(await file(), (zone) => zone);
        }""",
        code,
    )


def in_page(page: Page, function: str, words: list[str]) -> list[Any]:
    """What a function of the page gives for each of many words; as one text they come and go quickly."""
    answer = f"(words) => JSON.stringify(JSON.parse(words).map((each) => {function}(each)))"
    return json.loads(page.evaluate(answer, json.dumps(words)))


def towns_for(page: Page, typed: str) -> list[str]:
    return page.evaluate("(typed) => gazetteer.find(typed, 8).map((town) => town.name)", typed)


def test_the_page_folds_as_the_service_does(page, names):
    signs = [f"a{chr(code)}b" for code in range(0x3000) if unicodedata.category(chr(code))[0] in "LMNPSZ"]

    folded = in_page(page, "fold", [*names, *signs])

    pairs = zip([*names, *signs], folded, strict=True)
    assert [(name, fold(name), there) for name, there in pairs if fold(name) != there] == []
    assert len(names) > 40_000


def test_every_town_has_a_spelling_in_plain_letters(page, names):
    spellings = in_page(page, "spellings", names)

    # Names that are written in two alphabets begin with the plain one, and are found by it.
    plain = [any(spelling.split(" ")[0].isascii() for spelling in names_of_town) for names_of_town in spellings]
    assert [name for name, is_plain in zip(names, plain, strict=True) if not is_plain] == []


@pytest.mark.parametrize("code", ["AZ", "DE", "MK", "MX", "PL", "VN"])
def test_every_town_is_found_by_its_name_in_plain_letters(page, code):
    use(page, code)

    lost = page.evaluate(
        """() => gazetteer.towns
            .filter((town, at) => at % (gazetteer.towns.length >> 6 || 1) === 0
                || (!/^[\\x20-\\x7e]+$/.test(town.name) && at % 40 === 0))
            .flatMap((town) => town.names.filter((name) => /^[a-z0-9 ]+$/.test(name)).map((typed) => [town, typed]))
            .filter(([town, typed]) => !gazetteer.find(typed, 8)
                .some(({ name, zone }) => name === town.name && zone === town.zone))
            .map(([town, typed]) => `${typed}: ${town.name}`)"""
    )

    assert lost == []


@pytest.mark.parametrize(
    ("code", "typed", "name"),
    [
        ("DE", "Giessen", "Gießen"),
        ("DE", "Koeln", "Köln"),
        ("DE", "koln", "Köln"),
        ("DE", "Muenchen", "Munich"),
        ("DE", "Freiburg", "Freiburg"),
        ("CH", "Zuerich", "Zürich"),
        ("CH", "St. Gallen", "Sankt Gallen"),
        ("CH", "St Gallen", "Sankt Gallen"),
        ("PL", "Lodz", "Łódź"),
        ("DK", "Aarhus", "Århus"),
        ("DK", "Aeroskobing", "Ærøskøbing"),
        ("HR", "Djakovo", "Đakovo"),
        ("IT", "Laquila", "L'Aquila"),
        ("IT", "L aquila", "L'Aquila"),
        ("IT", "aquila", "L'Aquila"),
        ("US", "Ewa Gentry", "‘Ewa Gentry"),
        ("US", "Ft. Worth", "Fort Worth"),
        ("IS", "Thorlakshofn", "Þorlákshöfn"),
        ("MT", "San Pawl il-Bahar", "San Pawl il-Baħar"),
        ("BY", "Oktyabrskiy", "Октябрьский"),
        ("RU", "москва", "Moscow"),
    ],
)
def test_a_town_is_found_as_people_type_it(page, code, typed, name):
    use(page, code)

    assert name in towns_for(page, typed)[:2]


def test_names_are_folded_once_and_not_before_somebody_searches(page):
    use(page, "MX")

    made, prepared, found = page.evaluate(
        """async () => {
            const file = await (await fetch("/MX.json")).json();
            const [normalize, counts] = [String.prototype.normalize, []];
            let count = 0;
            const counted = (act) => { count = 0; act(); counts.push(count); };
            String.prototype.normalize = function (...form) { count += 1; return normalize.apply(this, form); };
            let towns;
            counted(() => { towns = new Gazetteer({ ...file, regions: [] }, (zone) => zone); });
            counted(() => { while (towns.prepareSome()); });
            counted(() => towns.find("merida", 8));
            String.prototype.normalize = normalize;
            return counts;
        }"""
    )

    assert made == 0
    assert prepared > 10_000
    assert found < 10


def test_a_region_after_the_name_tells_namesakes_apart(page):
    use(page, "US")

    assert len(towns_for(page, "Springfield")) > 8
    regions = page.evaluate("() => gazetteer.find('springfield, illinois', 8).map((town) => town.region)")
    assert regions == ["Illinois"]


def test_towns_of_one_name_and_region_say_their_zone(page):
    use(page, "MX")

    regions = page.evaluate("() => gazetteer.find('Emiliano Zapata Chiapas', 8).map((town) => town.region)")

    assert len(regions) == len(set(regions)) > 8
