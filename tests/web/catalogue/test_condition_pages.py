"""The catalogue's pages: start, search, one condition, letters, sources."""

import html
import re

import pytest
from sqlalchemy import select

from mapservice.i18n.dates import day as format_date
from mapservice.store.knowledge import facts
from mapservice.store.tables import ConditionCode, ConditionName
from mapservice.store.tables.knowledge import ConditionCrosswalk
from testing.accounts import new_member, sign_in

LEUKAEMIA = "/conditions/acute-lymphoblastic-leukaemia"


def words_of(page: str) -> str:
    """What a reader sees of a page, as one line."""
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def links_of(page: str) -> list[str]:
    return re.findall(r'<li>\s*<a href="(/conditions/[^"?]+)"', page)


def test_the_start_page_has_a_search_that_works_without_javascript(client):
    page = client.get("/").text

    assert '<form class="search" action="/search" method="get" role="search"' in page
    assert "Your exact location never reaches our server." in page


def test_the_start_page_suggests_conditions_that_exist(client):
    suggested = re.findall(r'class="tag" href="(/conditions/[^"]+)"', client.get("/").text)

    assert len(suggested) >= 5
    assert [client.get(path).status_code for path in suggested] == [200] * len(suggested)


@pytest.mark.parametrize("query", ["ALL", "all", "ORPHA:513", "orpha 513", "acute lymphoblastic leukemia"])
def test_search_finds_a_condition_by_abbreviation_code_and_other_spelling_first(client, query):
    answer = client.get("/search", query_string={"q": query})

    assert answer.status_code == 200
    assert links_of(answer.text)[0] == LEUKAEMIA


def test_search_does_not_send_the_reader_elsewhere_even_for_an_exact_name(client):
    assert client.get("/search?q=ALL").status_code == 200


def test_search_says_which_name_it_met(client):
    assert "found as “<bdi>ALL</bdi>”" in client.get("/search?q=ALL").text


def test_search_does_not_call_the_inside_of_a_word_a_find(client):
    names = client.get("/search?q=ALL").text.partition("Similar names")[0]

    assert LEUKAEMIA in names
    assert "small ear" not in names


def test_search_forgives_typing_mistakes_and_says_so(client):
    page = client.get("/search?q=marfn").text

    assert "Did you mean one of these?" in page
    assert links_of(page)[0] == "/conditions/marfan-syndrome"


def test_search_that_finds_nothing_is_kind_and_says_how_to_ask(client, config):
    page = client.get("/search?q=qqqqqxxxxx").text

    assert "That does not mean you are alone." in page
    assert config.mail_from in page


def test_an_empty_search_asks_for_words(client):
    page = words_of(client.get("/search").text)

    assert "Enter a name, an abbreviation or a code." in page
    assert "no condition by that name" not in page


@pytest.mark.parametrize(
    "query",
    [
        "\x00",
        "' or 1=1 --",
        "%",
        "_%_",
        "<script>alert(1)</script>",
        "\u202e\u200f\u200d",
        "𝕬𝕷𝕷",
        "白血病",
        "سرطان",
        "e\u0301" * 50,
        "\ufdfa" * 300,
        "x" * 5000,
        "ALL " * 1250,
    ],
)
@pytest.mark.parametrize("path", ["/search", "/search.json"])
def test_search_answers_anything_that_is_typed(client, path, query):
    answer = client.get(path, query_string={"q": query})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("query", ["%ff%fe", "%00", "%ed%a0%80"])
def test_search_answers_bytes_that_are_no_text(client, query):
    assert client.get(f"/search?q={query}").status_code == 200


def test_suggestions_are_the_search_results_as_json(client):
    first = client.get("/search.json?q=ALL").json["conditions"][0]

    assert first == {"name": "Acute lymphoblastic leukaemia", "matched": "ALL", "url": LEUKAEMIA}


def test_suggestions_for_nothing_are_an_empty_list(client):
    assert client.get("/search.json").json == {"conditions": []}


def test_a_condition_page_shows_its_names_and_codes(client):
    page = words_of(client.get(LEUKAEMIA).text)

    assert "Acute lymphoblastic leukaemia" in page
    assert re.search(r"Also called: .*\bALL\b", page)
    assert "ORPHA 513" in page
    assert "Nothing here replaces the advice of a doctor who knows you." in page


def test_a_condition_page_without_a_summary_says_so(client):
    page = words_of(client.get("/conditions/10q22-3q23-3-microdeletion-syndrome").text)

    assert "There is no reviewed text about this condition yet." in page


def test_never_tells_a_stranger_how_many_people_there_are(client, session):
    """No number on the page that is not part of a name, a code, the day of a source or the address of a page."""
    names = session.scalars(select(ConditionName.name)).all()
    page = words_of(client.get(LEUKAEMIA).text)

    codes = [*session.scalars(select(ConditionCode.code)), *session.scalars(select(ConditionCrosswalk.code))]
    # The days of the sources of its facts.
    days = [*facts.release_days(session).values(), *facts.days_read(session)]
    dates = [format_date(day) for day in days]
    for known in [*dates, *(name for name in names if name in page), *(code for code in codes if code in page)]:
        page = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", "", page)
    assert re.findall(r"\d+", page) == []
    assert "Numbers by country and region appear here once enough people have joined" in page


def test_a_stranger_is_invited_but_not_shown_the_way_to_the_members_map(client):
    page = client.get(LEUKAEMIA).text

    assert "You are welcome here" in page
    assert f"{LEUKAEMIA}/map" not in page


def test_a_member_is_shown_the_way_to_the_map_and_to_joining(client, session):
    sign_in(client, new_member(session, "alice@example.org"))

    page = client.get(LEUKAEMIA).text

    assert f'href="{LEUKAEMIA}/map"' in page
    assert f'href="{LEUKAEMIA}/join"' in page
    assert "You are welcome here" not in page


@pytest.mark.parametrize("slug", ["no-such-condition", "%00", "ALL", "' or 1=1", "x" * 3000])
def test_an_unknown_condition_is_a_kind_404(client, slug):
    answer = client.get(f"/conditions/{slug}")

    assert answer.status_code == 404
    assert "There is no page at this address." in answer.text
    assert 'role="search"' in answer.text


def test_letters_lead_to_every_condition(client):
    start = client.get("/conditions/").text
    letters = re.findall(r'href="/conditions/\?letter=([^"&]+)"', start)

    assert len(letters) >= 26
    assert "/conditions/marfan-syndrome" in client.get("/conditions/?letter=M&page=1").text + "".join(
        client.get(f"/conditions/?letter=M&page={page}").text for page in (2, 3, 4)
    )


def test_the_pages_of_a_letter_hold_each_condition_once(client):
    # After the last page the last one is shown again.
    pages = dict.fromkeys(
        tuple(links_of(client.get(f"/conditions/?letter=B&page={page}").text)) for page in range(1, 9)
    )
    links = [link for page in pages for link in page]

    assert len(links) == len(set(links)) > 100


@pytest.mark.parametrize(
    "query", ["letter=", "letter=%25", "letter=AB", "letter=A&page=-1", "letter=A&page=9999999999999"]
)
def test_a_letter_or_page_that_is_none_is_answered_kindly(client, query):
    assert client.get(f"/conditions/?{query}").status_code == 200


def test_sources_name_who_gave_the_data_and_under_which_licence(client):
    page = words_of(client.get("/sources").text)

    for name in ("Natural Earth", "public domain", "GeoNames", "CC BY 4.0", "Orphanet", "Leaflet", "protomaps-leaflet"):
        assert name in page


PROMISES = (
    "Your exact location never reaches our server.",
    "No number of edits, level changes, questions to the map, leaked keys or stolen backups narrows you below the "
    "finest zone you ever chose.",
    "Every zone holds at least N people (N and the source of the figure are shown before you save).",
    "You decide who sees the pin; hiding takes effect at once; figures already published stay rounded, delayed and "
    "without you as a person.",
)


@pytest.mark.parametrize("promise", PROMISES)
def test_the_privacy_page_makes_each_promise_in_its_exact_words(client, promise):
    assert promise in words_of(client.get("/privacy").text)


@pytest.mark.parametrize(
    "limit", ["anonymity", "differential privacy", "that scrapers forget", "its JavaScript is compromised"]
)
def test_the_privacy_page_says_what_is_not_promised(client, limit):
    assert limit in words_of(client.get("/privacy").text)


@pytest.mark.parametrize(
    "words",
    [
        "We only count people who agree.",
        "can be up to 11 above or below what we counted",
        "“too few to show”",
        "They are rounded, blurred, weeks old and without you as a person.",
        "after 35 days at the latest",
        "show how many people take part here, not how many people have the condition",
    ],
)
def test_the_privacy_page_says_where_figures_come_from_and_what_stays(client, words):
    assert words in words_of(client.get("/privacy").text)


def test_every_form_about_a_place_or_the_count_leads_to_the_privacy_page(client, session):
    sign_in(client, new_member(session, "alice@example.org"))
    join = client.get(f"{LEUKAEMIA}/join").text.partition("<main")[2].partition("</main>")[0]

    assert 'href="/privacy"' in join
    assert 'href="/privacy#figures"' in join


@pytest.mark.parametrize("path", ["/", "/search?q=ALL", LEUKAEMIA, "/conditions/", "/privacy", "/sources", "/nowhere"])
def test_every_page_offers_to_leave_quickly_and_links_the_promises(client, path):
    page = client.get(path).text

    assert re.search(r'<a [^>]*id="leave"[^>]*rel="noreferrer"', page)
    assert 'href="/privacy"' in page
