"""The page of a condition is made once for all visitors of a release and a language, and never for a member."""

import re
from dataclasses import replace

import pytest

from mapservice import create_app
from mapservice.config import Config
from testing.accounts import CHEAP, sign_in, sign_out
from testing.releasing import as_owner, put_figures
from tests.statements import statements
from tests.web.catalogue.test_condition_pages import LEUKAEMIA, words_of

REGIONS = f"{LEUKAEMIA}/figures/1/DE"
PAGES = (LEUKAEMIA, REGIONS)


@pytest.fixture(autouse=True)
def released(session, condition) -> None:
    put_figures(session, condition, 1, {"world": 210, "DE": 85, "DE.3": 25})


@pytest.mark.parametrize("path", PAGES)
def test_a_repeated_request_is_answered_without_a_page(client, path):
    first = client.get(path)

    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Accept-Language"} <= set(first.headers["Vary"].split(", "))


@pytest.mark.parametrize("path", PAGES)
def test_a_second_visitor_reads_no_figures_from_the_database(client, app, connection, path):
    first = client.get(path)

    with statements(connection) as seen:
        second = app.test_client().get(path)

    assert second.data == first.data
    assert not [statement for statement in seen if "released_count" in statement or "zone" in statement]


def test_the_policy_of_a_confirmed_copy_allows_its_script_and_no_other(client):
    """A browser replaces the headers of its copy by those of the confirmation."""
    first = client.get(LEUKAEMIA)
    again = client.get(LEUKAEMIA, headers={"If-None-Match": first.headers["ETag"]})

    hashes = [re.findall(r"'(sha256-[^']+)'", answer.headers["Content-Security-Policy"]) for answer in (first, again)]

    assert hashes[0] == hashes[1]
    assert len(hashes[0]) == 1
    assert "nonce=" not in first.text
    assert not re.findall("sha256-", client.get("/").headers["Content-Security-Policy"])


def test_a_release_makes_the_page_new_at_once(client, session, condition):
    before = client.get(LEUKAEMIA)
    put_figures(session, condition, 2, {"world": 300, "DE": 90})

    after = client.get(LEUKAEMIA, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 200
    assert "About 300 people" in words_of(after.text)
    assert f"{LEUKAEMIA}/figures/2/DE" in after.text


def test_a_release_of_the_same_number_that_is_another_makes_the_page_new(client, session, condition):
    """After a restore the numbers are used again."""
    client.get(LEUKAEMIA)
    with as_owner(session):
        session.connection().exec_driver_sql("delete from released_count")
        session.connection().exec_driver_sql("delete from release")
        session.expunge_all()
    put_figures(session, condition, 1, {"world": 400})

    assert "About 400 people" in words_of(client.get(LEUKAEMIA).text)


@pytest.mark.parametrize("path", PAGES)
def test_another_catalogue_makes_the_page_new(client, session, condition, path):
    client.get(path)
    with as_owner(session):
        condition.name = "Another name"
        session.flush()
    session.commit()

    assert "Another name" in client.get(path).text


def test_never_mixes_two_languages(client):
    paths = [LEUKAEMIA, f"/es{LEUKAEMIA}", f"/en{LEUKAEMIA}", REGIONS, f"/es{REGIONS}"]
    wishes = [{"Accept-Language": language} for language in ("es", "en", "es", "en")]

    for wish in wishes:
        for path in paths:
            page = client.get(path, headers=wish).text
            language = path[1:3] if path[3] == "/" and path[1:3] in {"es", "en"} else wish["Accept-Language"]
            assert re.findall(r'<html lang="(\w+)"', page) == [language]
            assert ("too few to show" in page) is (language == "en"), path


def test_never_keeps_the_language_of_an_address_in_the_links_of_another(client):
    client.get(f"/es{LEUKAEMIA}")

    page = client.get(LEUKAEMIA, headers={"Accept-Language": "es"}).text

    assert 'href="/es/conditions' not in re.sub(r'href="http[^"]*"|hreflang="[^"]*"', "", page).split("</header>")[1]


@pytest.mark.parametrize("path", PAGES)
def test_never_gives_a_member_the_page_of_another_or_of_a_visitor(app, bob, carol, path):
    clients = {name: app.test_client() for name in ("visitor", "bob", "carol", "again")}
    sign_in(clients["bob"], bob)
    sign_in(clients["carol"], carol)
    mark = clients["visitor"].get(path).headers["ETag"]

    answers = {name: browser.get(path, headers={"If-None-Match": mark}) for name, browser in clients.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "visitor": 304, "bob": 200, "carol": 200, "again": 304,
    }  # fmt: skip
    for name in ("bob", "carol"):
        assert answers[name].headers["Cache-Control"] == "private, no-store"
        assert "Sign out" in answers[name].text
        assert "ETag" not in answers[name].headers
    tokens = [set(re.findall(r'csrf_token" value="([^"]+)"', answers[name].text)) for name in ("bob", "carol")]
    assert all(tokens)


@pytest.mark.parametrize("path", PAGES)
def test_never_shows_a_visitor_what_the_page_of_a_member_said(app, bob, path):
    """Whoever is first: what a member's page has of its own is not kept."""
    member = app.test_client()
    sign_in(member, bob)
    assert "Sign out" in member.get(path).text
    sign_out(member)

    page = member.get(path).text

    assert "Sign out" not in page
    assert "csrf_token" not in page
    assert "Sign in" in page


@pytest.mark.parametrize("path", PAGES)
def test_never_shows_what_another_visitor_was_told(app, path):
    """A message is for one browser: it is in the session of a cookie."""
    visitor = app.test_client()
    with visitor.session_transaction() as session:
        session["_flashes"] = [("info", "Only for you")]

    assert "Only for you" in visitor.get(path).text
    assert "Only for you" not in app.test_client().get(path).text


def test_never_shows_the_address_under_which_another_reads(app):
    app.test_client().get(LEUKAEMIA, base_url="http://evil.example")

    assert "evil.example" not in app.test_client().get(LEUKAEMIA).text


def test_never_keeps_what_hangs_on_an_address(app):
    client = app.test_client()
    client.get(f"{LEUKAEMIA}?q=Quillweave")

    assert "Quillweave" not in client.get(LEUKAEMIA).text
    assert "ETag" not in client.get(f"{LEUKAEMIA}?q=Quillweave").headers


def test_never_shares_a_page_between_two_services(app, connection, tmp_path):
    app.test_client().get(LEUKAEMIA)
    other = create_app(
        Config(state=tmp_path / "other", site_name="Another service"), engine=connection, TESTING=True, **CHEAP
    )

    assert "Another service" in other.test_client().get(LEUKAEMIA).text


def test_a_page_from_memory_is_not_counted_and_any_other_is(app, bob, monkeypatch):
    counted = []
    monkeypatch.setattr("mapservice.web.site.rate_limits.consume", lambda _limit, *who: counted.extend(who))
    visitor, member = app.test_client(), app.test_client()
    sign_in(member, bob)

    for client, path, expected in (
        (visitor, LEUKAEMIA, 1),
        (visitor, LEUKAEMIA, 0),
        (visitor, f"{LEUKAEMIA}?q=1", 1),
        (visitor, REGIONS, 1),
        (visitor, REGIONS, 0),
        (member, LEUKAEMIA, 1),
        (member, LEUKAEMIA, 1),
        (visitor, f"/es{LEUKAEMIA}", 1),
    ):
        counted.clear()
        client.get(path)
        assert len(counted) == expected, path


def test_never_makes_pages_without_a_limit(config, connection):
    """Another host in the address makes another page."""
    app = create_app(replace(config, limit_pages="3 per minute"), engine=connection, TESTING=True, **CHEAP)
    hosts = [f"http://h{n}.example" for n in range(5)]

    statuses = [app.test_client().get(LEUKAEMIA, base_url=host).status_code for host in hosts]

    assert statuses == [200, 200, 200, 429, 429]
    assert app.test_client().get(LEUKAEMIA, base_url=hosts[0]).status_code == 200
