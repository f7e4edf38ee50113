"""The pages with the texts of the operator, and how an admin edits them."""

import pytest

from mapservice.store.operator import texts
from mapservice.store.tables.operator import TextKind
from testing.accounts import post, sign_in
from tests.web.operator.test_settings import changes

EDIT = "/admin/service/texts/terms/en"


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


def save(client, source: str, base: int, path: str = EDIT, **more: str):
    return post(client, path, {"source": source, "base": str(base), **more})


def test_visitors_see_a_page_and_a_link_to_it_as_soon_as_there_is_a_text(app, as_dan):
    visitor = app.test_client()
    kept = "/conditions/acute-lymphoblastic-leukaemia"
    assert visitor.get("/about/terms").status_code == 404
    assert "/about/terms" not in visitor.get(kept).text
    assert "Some pages about this service are still empty" in as_dan.get("/admin/").text

    assert save(as_dan, "# Be kind\n\nAlways.", 0).status_code == 303

    assert "<h3>Be kind</h3>" in visitor.get("/about/terms").text
    assert "/about/terms" in visitor.get(kept).text
    assert "/about/rules" not in visitor.get(kept).text


def test_the_warning_ends_with_the_last_empty_page(as_dan, session):
    for kind in TextKind:
        texts.save(session, kind, "en", "Words.")
    session.commit()

    assert "still empty" not in as_dan.get("/admin/").text


def test_a_text_in_another_language_only_says_so(app, as_dan):
    save(as_dan, "Sé amable.", 0, "/admin/service/texts/terms/es")

    english, spanish = (app.test_client().get(f"/{code}/about/terms").text for code in ("en", "es"))

    assert "This text is only available in: Español" in english
    assert '<div lang="es"><p>Sé amable.' in english
    assert "Español" not in spanish.partition("<main")[2].partition("</main>")[0]


def test_a_preview_shows_the_text_and_stores_nothing(app, as_dan, session):
    answer = save(as_dan, "# Be kind <script>", 0, preview="yes")

    assert answer.status_code == 200
    assert "<h3>Be kind &lt;script&gt;</h3>" in answer.text
    assert "# Be kind &lt;script&gt;</textarea>" in answer.text
    assert app.test_client().get("/about/terms").status_code == 404
    assert changes(session) == []


def test_an_earlier_version_can_be_used_again(app, as_dan, session):
    save(as_dan, "First.", 0)
    save(as_dan, "", 1)
    assert app.test_client().get("/about/terms").status_code == 404

    answer = post(as_dan, f"{EDIT}/restore", {"number": "1"})

    assert answer.status_code == 303
    assert "First." in app.test_client().get("/about/terms").text
    assert [version.source for version in texts.versions(session, TextKind.TERMS, "en")] == ["First.", "", "First."]
    assert changes(session) == ["terms en 1", "terms en 2", "terms en 3"]


@pytest.mark.parametrize("number", ["7", "", "-1", "x", "٣", "9" * 30])
def test_a_version_that_never_was_is_refused(as_dan, number):
    assert post(as_dan, f"{EDIT}/restore", {"number": number}).status_code == 422


def test_two_admins_do_not_overwrite_each_other_unseen(as_dan, session):
    save(as_dan, "First.", 0)

    answer = save(as_dan, "Second.", 0)

    assert answer.status_code == 409
    assert "Someone else has changed this text" in answer.text
    assert '<pre lang="en">First.</pre>' in answer.text
    assert "Second.</textarea>" in answer.text
    assert texts.current(session, TextKind.TERMS, "en").source == "First."
    assert save(as_dan, "Second.", 1).status_code == 303


def test_a_text_that_is_too_long_stays_in_the_form(as_dan):
    answer = save(as_dan, "x" * 30_001, 0)

    assert answer.status_code == 422
    assert "This text is too long" in answer.text
    assert "x" * 30_001 in answer.text


@pytest.mark.parametrize("path", ["/admin/service/texts/other/en", "/admin/service/texts/terms/xx"])
def test_there_are_no_other_texts(as_dan, path):
    assert as_dan.get(path).status_code == 404
    assert post(as_dan, path, {"source": "x", "base": "0"}).status_code == 404


def test_an_unknown_page_about_the_service_is_not_found(client):
    assert client.get("/about/anything").status_code == 404
