"""The page of promises says what was measured, and no page promises what was refuted."""

import re
from dataclasses import replace
from html import unescape

import pytest

from mapservice import create_app
from mapservice.config import HOME
from mapservice.web.places.privacy_page import ADVANTAGES
from testing.accounts import CHEAP

ALL = "/conditions/acute-lymphoblastic-leukaemia"


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_page_says_that_the_map_is_live_and_watched(client):
    page = words(client.get("/privacy").text)

    assert "The members' map is live." in page
    assert "Someone who watches them can conclude that it was the same person." in page
    assert "With 300 e-mail accounts, used for a year, they are right about 77 times in 100" in page
    assert "With 8 accounts they are right about 59 times" in page


def test_the_page_says_what_the_attack_measured():
    evidence = (HOME / "docs" / "privacy-evidence.md").read_text(encoding="utf-8")
    (row,) = [line for line in evidence.splitlines() if line.startswith("| A31 ")]

    # Of many accounts the page tells the worst: what could be found by who also knew when each is counted.
    few, _many, known = map(float, row.split("|")[4].split(";"))
    assert {8: few, 300: known} == pytest.approx(ADVANTAGES, abs=0.01)


def test_the_place_page_says_that_the_map_is_live(as_bob):
    assert "The map is live." in words(as_bob.get(f"{ALL}/place").text)


@pytest.mark.parametrize("path", ["/privacy", "/me", "/account", f"{ALL}/join", f"{ALL}/place", "/me/place/forget"])
def test_never_promises_that_two_names_hide_one_person(as_bob, path):
    page = as_bob.get(path)

    assert page.status_code == 200
    assert "nobody can tell that you are the same person" not in words(page.text)


def test_who_chooses_another_name_reads_what_it_does_not_hide(as_bob):
    page = words(as_bob.get(f"{ALL}/join").text)

    assert "Someone who watches several maps can still notice" in page


def test_the_page_says_how_to_reach_the_people_who_run_the_service(config, connection):
    contact = "help@map.example"
    app = create_app(replace(config, mail_from=f"The Map <{contact}>"), engine=connection, TESTING=True, **CHEAP)

    assert f'<a href="mailto:{contact}" translate="no">{contact}</a>' in app.test_client().get("/privacy").text
