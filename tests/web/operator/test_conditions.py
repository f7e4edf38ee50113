"""A service for some conditions: what visitors and members see, and how an admin chooses them."""

import re

import pytest

from mapservice.store.catalogue import offer
from testing.accounts import post, sign_in
from testing.releasing import put_figures
from tests.web.operator.test_settings import changes

PATH = "/admin/service/conditions/"
ALL, MARFAN = "acute-lymphoblastic-leukaemia", "marfan-syndrome"

#: Every public address of a condition.
PUBLIC = [
    "/conditions/{}",
    "/conditions/{}/embed",
    "/conditions/{}/figures/1.json",
    "/conditions/{}/figures/1/DE",
    "/api/v1/conditions/{}",
    "/api/v1/releases/1/figures.csv?condition={}",
    "/ogc/collections/figures-by-country/items?condition={}",
    "/es/conditions/{}",
]


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


def choose(client, choice: str, slug: str = ""):
    return post(client, PATH, {"choice": choice, "slug": slug})


def statuses(visitor) -> list[int]:
    """How each public address of the condition answers."""
    found = []
    for path in PUBLIC:
        with visitor.get(path.format(ALL)) as answer:
            found.append(answer.status_code)
    return found


def test_never_shows_a_hidden_condition_to_a_visitor(app, session, as_dan, condition):
    put_figures(session, condition, 1, {"world": 210, "DE": 60})
    session.commit()
    visitor = app.test_client()
    before = statuses(visitor)
    assert before == [200] * len(PUBLIC)

    choose(as_dan, "hide", ALL)

    assert statuses(visitor) == [404] * len(PUBLIC)
    for path in ("/search?q=acute+lymphoblastic", "/search.json?q=acute+lymphoblastic", "/api/v1/conditions?q=ALL"):
        assert ALL not in visitor.get(path).text
    features = visitor.get("/ogc/collections/figures-by-country/items").json
    assert (features["features"], features["numberMatched"]) == ([], 0)
    assert ALL not in as_dan.get("/admin/").text
    assert changes(session) == [f"conditions: hide {ALL}"]

    choose(as_dan, "offer", ALL)
    assert statuses(visitor) == before


def test_members_of_a_hidden_condition_are_told_keep_what_they_stored_and_can_leave(session, as_dan, as_bob, as_alice):
    choose(as_dan, "hide", ALL)

    page = as_bob.get("/me").text
    assert "This service is no longer for this condition" in page
    assert f'href="/conditions/{ALL}"' not in page
    for path in ("map", "map/table", "clusters?tiles=0/0/0"):
        assert as_bob.get(f"/conditions/{ALL}/{path}", headers={"Accept": "text/html"}).status_code == 404, path
    assert as_alice.get(f"/conditions/{ALL}/join").status_code == 404
    assert post(as_bob, f"/conditions/{ALL}/hide").status_code in {200, 303}
    for path in ("leave", "place", "join", "profile"):
        answer = as_bob.get(f"/conditions/{ALL}/{path}")
        links = re.findall(r'href="(/conditions/[^"#?]*)', answer.text.partition("<main")[2])
        assert (answer.status_code, [link for link in links if link.count("/") == 2 and link != "/conditions/"]) == (
            200,
            [],
        ), path

    assert post(as_bob, f"/conditions/{ALL}/leave", {"sure": "yes"}).status_code == 303
    assert "no longer for this condition" not in as_bob.get("/me").text


def test_a_service_for_one_condition_begins_with_its_page(app, session, as_dan):
    choose(as_dan, "only", MARFAN)
    visitor = app.test_client()

    home = visitor.get("/es/")
    page = visitor.get(f"/conditions/{MARFAN}").text

    assert (home.status_code, home.location) == (302, f"/es/conditions/{MARFAN}")
    assert ">Home</a>" in page
    assert "All conditions from A to Z" not in page
    assert choose(as_dan, "hide", MARFAN).status_code == 303
    assert "A service needs at least one condition" in as_dan.get(PATH).text


def test_a_service_for_a_few_conditions_begins_with_a_list(app, session, as_dan):
    choose(as_dan, "only", MARFAN)
    choose(as_dan, "offer", ALL)
    visitor = app.test_client()

    for path in ("/", "/conditions/"):
        page = visitor.get(path).text.partition("<main")[2]
        assert f"/conditions/{MARFAN}" in page, path
        assert f"/conditions/{ALL}" in page, path
        assert 'role="search"' not in page, path
        assert "crohns" not in page, path


def test_a_list_that_was_given_up_can_be_used_again(session, as_dan):
    choose(as_dan, "only", MARFAN)
    choose(as_dan, "all")
    assert "Your earlier list had one condition" in as_dan.get(PATH).text
    choose(as_dan, "earlier")

    assert offer.number_offered(session) == 1


def test_a_condition_that_the_catalogue_lacks_is_added(app, session, as_dan):
    form = {"name": "Our  Disease", "slug": "", "synonyms": "Ours\n\nOurs\nZZ Ninth", "prevalence": "0,5"}

    assert post(as_dan, f"{PATH}own", form).status_code == 303

    page = app.test_client().get("/conditions/our-disease").text
    assert "Our Disease" in page
    assert "ZZ Ninth" in page
    assert changes(session) == ["conditions: add our-disease"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "x", "Enter a name of 2 to 120 characters"),
        ("name", "Marfan syndrome", "There is a condition with this name"),
        ("slug", "Our disease", "Use small letters"),
        ("slug", "marfan-syndrome", "There is a condition with this name"),
        ("synonyms", "\n".join(f"name {n}" for n in range(31)), "at most 30 names"),
        ("prevalence", "many", "Enter a number such as 2"),
        ("prevalence", "0", "Enter a number such as 2"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_in_words(session, as_dan, field, value, words):
    form = {"name": "Our Disease", "slug": "", "synonyms": "", "prevalence": "", field: value}

    answer = post(as_dan, f"{PATH}own", form)

    assert answer.status_code == 422
    assert words in answer.text
    assert changes(session) == []


@pytest.mark.parametrize(("choice", "slug", "status"), [("offer", "x", 404), ("away", MARFAN, 422), ("hide", "", 404)])
def test_a_choice_that_does_not_exist_changes_nothing(session, as_dan, choice, slug, status):
    assert post(as_dan, PATH, {"choice": choice, "slug": slug}).status_code == status
    assert changes(session) == []


def test_the_search_finds_what_is_hidden_too(as_dan):
    choose(as_dan, "only", MARFAN)
    page = as_dan.get(f"{PATH}?q=crohn").text

    assert 'name="choice" value="offer"' in page
    assert 'name="slug" value="crohns-disease"' in page
