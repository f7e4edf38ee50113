"""The public map inside the pages of other sites: what it shows, the line that puts it there, to whom."""

import html
import re
from html.parser import HTMLParser

import pytest

from mapservice import create_app
from mapservice.config import Config
from testing.accounts import CHEAP, sign_in
from testing.releasing import as_owner, put_figures
from tests.statements import statements
from tests.web.catalogue.test_condition_pages import LEUKAEMIA, words_of
from tests.web.figures.test_public_figures import FIRST, SECOND, table_of

EMBED = f"{LEUKAEMIA}/embed"


class Marks(HTMLParser):
    """Collects the marks of a page and the attributes of its links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs))


def marks_of(page: str) -> Marks:
    marks = Marks()
    marks.feed(page)
    return marks


@pytest.fixture
def released(session, condition) -> None:
    put_figures(session, condition, 1, FIRST)
    put_figures(session, condition, 2, SECOND)


# What it shows.


@pytest.mark.usefixtures("released")
def test_it_shows_the_figures_of_the_condition_page(client):
    page, whole = client.get(EMBED).text, client.get(LEUKAEMIA).text

    assert table_of(page) == table_of(whole)
    assert f'"figures": "{LEUKAEMIA}/figures/2.json"' in page
    said = words_of(page)
    assert "Acute lymphoblastic leukaemia" in said
    assert "About 210 people in 2 countries Release 2," in said
    assert "not of everyone with the condition." in said
    assert "“Too few to show” can mean nobody or a few people." in said
    assert "The map needs JavaScript. The table has the same information." in said
    assert "They count members of Mapservice" in said
    assert "Self-reported by members." in said


@pytest.mark.usefixtures("released")
def test_the_map_stands_above_the_table(client):
    page = client.get(EMBED).text

    assert page.index("map-canvas") < page.index("<table>")


def test_before_the_first_release_it_says_so(client, condition):
    page = client.get(EMBED)

    assert page.status_code == 200
    assert "once enough people have joined" in words_of(page.text)
    assert not {"table", "script"} & marks_of(page.text).tags


def test_where_all_is_too_few_to_show_it_says_so(client, session, condition):
    put_figures(session, condition, 1, {})

    page = client.get(EMBED).text

    assert "Too few to show yet" in words_of(page)
    assert not {"table", "script"} & marks_of(page).tags


@pytest.mark.usefixtures("released")
def test_it_has_no_navigation_and_no_form(client):
    assert not {"nav", "form", "input", "textarea", "iframe"} & marks_of(client.get(EMBED).text).tags


@pytest.mark.usefixtures("released")
def test_every_link_that_leaves_it_opens_a_tab_of_its_own(client):
    links = marks_of(client.get(EMBED).text).links

    away = [link for link in links if not link["href"].startswith("#")]
    assert {LEUKAEMIA, "/privacy#figures"} <= {link["href"] for link in away}
    assert all(link["target"] == "_blank" and link["rel"] == "noopener" for link in away)


@pytest.mark.usefixtures("released")
def test_links_of_the_condition_page_open_where_they_stand(client):
    assert "_blank" not in client.get(LEUKAEMIA).text


@pytest.mark.usefixtures("released")
def test_it_does_not_read_what_hangs_on_its_address(client):
    bare, hung = (re.sub(r'nonce="[^"]*"', "", client.get(EMBED + query).text) for query in ("", "?map=no&lang=ar"))

    assert bare == hung


# The line with which it is put on another page.


def line_of(page: str) -> str:
    """What stands in the field, as somebody copies it."""
    [field] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(field)


@pytest.mark.usefixtures("released")
def test_the_condition_page_offers_the_line_under_the_public_address(connection, tmp_path):
    config = Config(state=tmp_path, public_url="https://map.example.org/", site_name='The "Map"')
    page = create_app(config, engine=connection, TESTING=True, **CHEAP).test_client().get(LEUKAEMIA).text

    line = line_of(page)

    assert line.startswith(f'<iframe src="https://map.example.org{EMBED}" title="Map of people with Acute')
    assert "The &#34;Map&#34;" in line
    assert "\n" not in line
    assert "<iframe" not in page


@pytest.mark.usefixtures("released")
def test_never_lets_the_name_of_a_condition_out_of_the_line(client, session, condition):
    with as_owner(session):
        condition.name = '"></textarea><script>alert(1)</script>'
        session.flush()
    session.commit()

    page = client.get(LEUKAEMIA).text

    assert "<script>alert" not in page
    assert marks_of(line_of(page)).tags == {"iframe"}


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize(
    ("sites", "is_offered", "is_for_some"), [("", False, False), ("https://a.example", True, True)]
)
def test_the_line_is_offered_only_where_a_site_may_use_it(connection, tmp_path, sites, is_offered, is_for_some):
    app = create_app(Config(state=tmp_path, framed_by=sites), engine=connection, TESTING=True, **CHEAP)

    page = app.test_client().get(LEUKAEMIA).text

    assert ("Put this map on your own page" in page) is is_offered
    assert ("It only works on pages" in page) is is_for_some


def test_before_the_first_release_nothing_is_offered(client, condition):
    assert "Put this map on your own page" not in client.get(LEUKAEMIA).text


# It asks nobody who they are.


@pytest.mark.usefixtures("released")
@pytest.mark.parametrize("path", [EMBED, "/conditions/no-such-condition/embed", "/conditions/a%00b/embed"])
def test_never_looks_who_asks(client, connection, bob, path):
    stranger = client.get(path)
    sign_in(client, bob)
    with statements(connection) as seen:
        member = client.get(path)

    assert not [statement for statement in seen if "login_session" in statement]
    assert re.sub(r'nonce="[^"]*"', "", member.text) == re.sub(r'nonce="[^"]*"', "", stranger.text)
    for answer in (stranger, member):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_page_that_looks_who_asks_is_found(client, connection, bob):
    """The check above would see others."""
    sign_in(client, bob)
    with statements(connection) as seen:
        answer = client.get(LEUKAEMIA)

    assert [statement for statement in seen if "login_session" in statement]
    assert "Cookie" in answer.headers["Vary"]


def test_anybody_may_keep_it_for_minutes_and_nobody_confirms_a_copy(client, condition):
    answer = client.get(EMBED)

    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert "ETag" not in answer.headers


def test_a_problem_is_told_inside_the_frame_and_not_kept(client):
    answer = client.get("/conditions/no-such-condition/embed")

    assert answer.status_code == 404
    assert "There is no page at this address." in words_of(answer.text)
    assert not {"nav", "form"} & marks_of(answer.text).tags
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_it_is_limited_by_address_whoever_is_signed_in(client, bob, monkeypatch):
    sign_in(client, bob)
    spent = []
    monkeypatch.setattr("mapservice.web.site.rate_limits.consume", lambda _limit, *who: spent.extend(who))

    client.get(EMBED, environ_base={"REMOTE_ADDR": "192.0.2.7"})

    assert spent == ["192.0.2.7"]
