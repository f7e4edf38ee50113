"""What everybody sees of the counts: the current release, and nothing else."""

import re

import pytest

from mapservice.geo.zones import Level
from mapservice.i18n.bidi import isolate
from mapservice.privacy.disclosure import DEFAULT
from mapservice.privacy.visibility import Audience
from testing.accounts import new_member, sign_in
from testing.locations import put
from testing.releasing import put_figures
from tests.web.catalogue.test_condition_pages import LEUKAEMIA, words_of

FIRST = {"world": 210, "DE": 85, "DE.3": 25, "FR": 40, "CH.1": 15}
SECOND = FIRST | {"DE": 90}


@pytest.fixture
def released(session, condition) -> None:
    put_figures(session, condition, 1, FIRST)
    put_figures(session, condition, 2, SECOND)


def table_of(page: str) -> list[tuple[str, str]]:
    """The rows of the table: place and figure."""
    [table] = re.findall(r"<table>.*?</table>", page, re.DOTALL)
    cells = re.findall(r'<tr.*?<th scope="row">(.*?)</th>\s*<td class="number">(.*?)</td>', table, re.DOTALL)
    words = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]
    return [(place, figure) for place, figure in words]


def pages(client) -> dict[str, bytes]:
    """All that is public of a condition's counts, but for what is new on every page."""
    paths = [LEUKAEMIA, f"{LEUKAEMIA}/figures/1.json", f"{LEUKAEMIA}/figures/2.json", f"{LEUKAEMIA}/figures/3.json"]
    return {path: re.sub(rb'nonce="[^"]*"', b"", client.get(path).data) for path in paths}


def test_the_page_says_how_many_people_there_are_and_in_how_many_countries(client, released):
    page = words_of(client.get(LEUKAEMIA).text)

    assert "About 210 people in 2 countries" in page
    assert "Release 2," in page
    assert "Nov" in page


def test_the_table_has_the_countries_the_largest_first(client, released):
    assert table_of(client.get(LEUKAEMIA).text) == [
        ("Germany", "90"),
        ("France", "40"),
        ("Switzerland", "too few to show"),
        ("All other countries", "too few to show"),
    ]


def test_each_country_leads_to_a_table_of_its_regions(client, released):
    links = re.findall(r'<a class="figures-fold" href="([^"]+)" aria-label="([^"]+)"', client.get(LEUKAEMIA).text)

    assert [(path, words) for path, words in links] == [
        (f"{LEUKAEMIA}/figures/2/{code}", f"Regions of {isolate(name)}")
        for code, name in (("DE", "Germany"), ("FR", "France"), ("CH", "Switzerland"))
    ]
    tables = [table_of(client.get(path).text) for path, _words in links]
    assert tables[0] == [("Germany", "90"), ("Baden-Württemberg", "25"), ("other regions", "too few to show")]
    assert tables[1] == [("France", "40"), ("its regions", "too few to show")]
    assert [figure for _name, figure in tables[2]] == ["too few to show", "15", "too few to show"]


def test_the_regions_of_a_country_are_those_of_the_release_in_the_address(client, released):
    first, second = (client.get(f"{LEUKAEMIA}/figures/{number}/DE").text for number in (1, 2))

    assert (table_of(first)[0], table_of(second)[0]) == (("Germany", "85"), ("Germany", "90"))
    assert ("Release 1," in words_of(first), "Release 2," in words_of(second)) == (True, True)


def test_a_country_without_a_figure_is_too_few_to_show(client, released):
    assert table_of(client.get(f"{LEUKAEMIA}/figures/2/IS").text)[0] == ("Iceland", "too few to show")


@pytest.mark.parametrize("path", ["2/ZZ", "2/de", "2/DE.3", "3/DE", "0/DE", "2/"])
def test_regions_of_no_country_or_no_release_are_a_kind_404(client, released, path):
    assert client.get(f"{LEUKAEMIA}/figures/{path}").status_code == 404


def test_the_method_is_told_with_the_figures(client, released):
    page = words_of(client.get(LEUKAEMIA).text)

    assert f"up to {DEFAULT.interval} above or below" in page
    assert f"rounded to the nearest {DEFAULT.base}" in page
    assert "may not add up" in page
    assert "They do not say how common it is." in page


def test_the_page_names_the_map_and_its_figures_by_the_number_of_the_release(client, released):
    page = client.get(LEUKAEMIA).text

    assert f'"figures": "{LEUKAEMIA}/figures/2.json"' in page
    assert 'aria-label="Map of the published statistics' in page


def test_a_release_in_which_all_is_too_small_is_said_kindly_and_has_no_number_of_people(client, session, condition):
    put_figures(session, condition, 1, {})

    page = words_of(client.get(LEUKAEMIA).text)

    assert "Too few to show yet" in page
    assert "You may well not be the only one." in page
    assert "map-canvas" not in client.get(LEUKAEMIA).text


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ({"world": 15}, "About 15 people"),
        ({"DE": 15}, "People in 1 country"),
        ({"world": 1250, "DE": 15}, "About 1,250 people in 1 country"),
    ],
)
def test_what_is_too_small_to_show_is_left_out_of_the_sentence(client, session, condition, shown, words):
    put_figures(session, condition, 1, shown)

    assert words in words_of(client.get(LEUKAEMIA).text)


def test_the_figures_as_data_are_those_of_the_release_by_zone(client, released):
    answer = client.get(f"{LEUKAEMIA}/figures/1.json")

    assert answer.json["release"] == 1
    assert answer.json["world"] == 210
    assert [(place["zone"], place["shown"]) for place in answer.json["places"]] == [
        ("CH.1", 15), ("DE", 85), ("DE.3", 25), ("FR", 40),
    ]  # fmt: skip


def test_anybody_may_keep_a_release_for_ever(client, released):
    answer = client.get(f"{LEUKAEMIA}/figures/1.json")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    again = client.get(f"{LEUKAEMIA}/figures/1.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_page_of_a_member_is_never_kept(client, released, bob):
    sign_in(client, bob)

    assert client.get(LEUKAEMIA).headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in client.get(LEUKAEMIA).headers


@pytest.mark.parametrize("number", ["0", "3", "2147483648", "99999999999999999999", "-1", "x", "1.5"])
def test_an_unknown_release_is_a_kind_404(client, released, number):
    answer = client.get(f"{LEUKAEMIA}/figures/{number}.json")

    assert answer.status_code == 404
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_release_of_an_unknown_condition_is_a_404(client, released):
    assert client.get("/conditions/no-such-condition/figures/1.json").status_code == 404


def test_a_condition_without_figures_has_an_empty_release(client, released):
    answer = client.get("/conditions/marfan-syndrome/figures/2.json")

    assert (answer.json["world"], answer.json["places"]) == (None, [])


def test_never_gives_two_users_different_figures(app, session, released, bob, dan):
    clients = [app.test_client() for _ in range(4)]
    sign_in(clients[1], bob)
    sign_in(clients[2], dan)
    language = {"Accept-Language": "ar"}

    answers = [
        client.get(f"{LEUKAEMIA}/figures/2.json", headers=language if client is clients[3] else {})
        for client in clients
    ]

    assert len({answer.data for answer in answers}) == 1
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_never_changes_a_public_byte_by_fifty_joins(client, session, condition, freiburg, released):
    before = pages(client)

    for n in range(50):
        member = new_member(session, f"p-{n}@example.org")
        put(session, member, condition, freiburg, level=Level.AREA, audience=Audience.MEMBERS)

    assert pages(client) == before


def test_never_names_a_place_that_was_not_released(client, session, condition, released, bob, carol):
    """Bob's district and area, and Carol's country, have no figure."""
    everything = b"".join(pages(client).values()).decode()

    assert re.findall(r"IS\b|Iceland|DE\.3\.\d|Freiburg", everything) == []
    assert table_of(client.get(LEUKAEMIA).text)[-1] == ("All other countries", "too few to show")


def test_never_changes_the_start_page_or_a_list_by_a_release(client, session, condition):
    def pages() -> list[bytes]:
        paths = ("/", "/conditions/", "/search?q=ALL", "/search.json?q=ALL")
        return [re.sub(rb'nonce="[^"]*"', b"", client.get(path).data) for path in paths]

    before = pages()
    put_figures(session, condition, 1, FIRST)

    assert pages() == before


def test_the_shapes_are_the_same_for_everybody_and_may_be_kept(app, bob):
    stranger, member = app.test_client(), app.test_client()
    sign_in(member, bob)
    for path in ("/ground/1/countries.json", "/ground/1/regions.json"):
        answers = [browser.get(path) for browser in (stranger, member)]
        assert answers[0].data == answers[1].data
        assert answers[0].headers["Cache-Control"].startswith("public")
        assert answers[0].json["type"] == "Topology"
