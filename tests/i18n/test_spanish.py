"""What is written for a Spanish reader is Spanish: errors, forms with errors, e-mails, and files of statistics."""

import shutil
import uuid
from collections.abc import Iterator

import openpyxl
import pyogrio
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import default_exceptions

from mapservice import create_app, errors
from mapservice.actions import export_figures
from mapservice.db import get_session
from mapservice.files.formats import Format
from mapservice.files.table import COLUMNS, FigureLevel, Geography
from mapservice.i18n.translation import use_locale
from mapservice.web.site import error_pages, retry_messages
from testing.accounts import CHEAP, post, sign_in
from testing.releasing import put_figures
from tests.i18n.spanish import english_in, words_of
from tests.mail.queued import waiting
from tests.rendered import Rendered
from tests.web.accounts.test_emails import write_all
from tests.web.site.test_forms import ALL, WRONG

SLUG = ALL.rpartition("/")[2]


@pytest.fixture
def app(config, connection) -> Flask:
    return create_app(config, engine=connection, TESTING=True, LIMITS=False, **CHEAP)


@pytest.fixture
def spaniard(app) -> FlaskClient:
    """A browser whose language is Spanish."""
    return in_spanish(app.test_client())


def in_spanish(client: FlaskClient) -> FlaskClient:
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "es"
    return client


def fail(app: Flask, problem: Exception) -> None:
    """Let the page about the sources, and every form that is sent to it, end with an error."""

    def view() -> str:
        raise problem

    view.policy = "public"  # type: ignore[attr-defined]
    app.view_functions["conditions.sources"] = app.view_functions["sign_in.forgot"] = view


def problems() -> Iterator[Exception]:
    """Every error that has a page, and every reason for which somebody has to wait, for a short and for a long time."""
    for status in error_pages.WORDS:
        yield default_exceptions[status]()
    yield from (error() for error in (*error_pages.STATUS, *error_pages.WORDS_OF) if error is not IntegrityError)
    yield IntegrityError("", {}, Exception())
    yield OperationalError("", {}, Exception())
    yield from (errors.TooManyRequestsError(700, purpose) for purpose in retry_messages._REASONS)
    yield from (errors.TooManyRequestsError(seconds, "") for seconds in (30, 61, 120 * 60, 72 * 60 * 60))


def test_every_page_about_an_error_is_spanish(app, spaniard):
    seen = set()
    for problem in problems():
        fail(app, problem)
        answer = spaniard.get("/sources")
        page = words_of(answer.text)
        seen.add(answer.status_code)
        assert english_in(page) == [], (problem, page)
        assert 'lang="es"' in answer.text

    assert {400, 403, 404, 409, 422, 429, 500, 503} <= seen


@pytest.mark.parametrize("problem", [errors.TooBusyError(), errors.TooManyRequestsError(700, "network_mails")])
def test_the_page_that_keeps_a_form_for_later_is_spanish(app, spaniard, problem):
    token = Rendered(spaniard.get("/forgot").text).forms[-1].hidden["csrf_token"]
    fail(app, problem)

    page = spaniard.post(
        "/forgot", data={"csrf_token": token, "email": "bob@example.org"}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert 'value="bob@example.org"' in page.text
    assert english_in(words_of(page.text)) == []


def test_pages_that_nobody_asked_for_or_that_cannot_be_trusted_are_spanish(spaniard):
    answers = [
        spaniard.get("/no-such-page"),
        spaniard.get("/conditions/no-such-condition"),
        spaniard.get("/search?q=nothinglikeit"),
        spaniard.post("/sources"),
        spaniard.post("/forgot", data={"email": "x"}, headers={"Sec-Fetch-Site": "same-origin"}),
        spaniard.post("/forgot", data={"email": "x"}, headers={"Sec-Fetch-Site": "cross-site"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 200, 405, 400, 400]
    assert [english_in(words_of(answer.text)) for answer in answers] == [[]] * len(answers)


@pytest.mark.parametrize("path", WRONG)
def test_a_form_with_an_error_is_spanish(app, session, spaniard, bob, dan, condition, path):
    put_figures(session, condition, 1, {"world": 210})
    if path not in {"/sign-in", "/sign-up", "/forgot"}:
        sign_in(spaniard, dan if path.startswith("/admin") else bob)
        answer = post(spaniard, path, {"operation": str(uuid.uuid4()), "version": None, **WRONG[path]})
    else:
        token = Rendered(spaniard.get(path).text).forms[-1].hidden["csrf_token"]
        answer = spaniard.post(path, data={"csrf_token": token, **WRONG[path]})

    assert answer.status_code in {409, 422}
    assert "Hay un problema" in answer.text
    assert english_in(words_of(answer.text)) == []


@pytest.mark.parametrize(("account", "browser"), [("es", "en"), (None, "es"), ("es", "es")])
def test_every_e_mail_to_a_member_is_in_the_language_of_the_account_else_of_the_page(
    app, session, bob, account, browser
):
    with app.test_request_context(headers={"Accept-Language": browser}):
        member = session.merge(bob)
        member.language = account
        session.flush()
        write_all(member)
        get_session().commit()

    to_others = {"sign_up", "confirm_email", "email_changed"} if browser == "en" else set()
    for email in waiting(session):
        left = english_in(f"{email.subject} {email.body}")
        assert bool(left) is (email.kind in to_others), (email.kind, left)


#: Words in files that are the same in every language, as the names of the columns are.
FOR_PROGRAMS = {*COLUMNS, *(level.value for level in FigureLevel)}


def text_of(path) -> str:
    """What a person reads in a file of statistics."""
    match path.name.partition(".")[2]:
        case Format.XLSX:
            book = openpyxl.load_workbook(path)
            cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None]
            return " ".join([*book.sheetnames, *cells, book.properties.title, book.properties.description])
        case Format.GEOPACKAGE:
            return " ".join(pyogrio.read_info(path)["layer_metadata"].values())
        case Format.REPORT:
            return words_of(path.read_text(encoding="utf-8"))
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("form", Format)
@pytest.mark.parametrize(
    ("of_file", "of_reader", "is_spanish"), [("es", "en", True), ("fr", "es", True), ("en", "es", False)]
)
def test_a_file_is_in_its_language_or_if_the_site_does_not_have_it_in_that_of_its_reader(
    session, config, condition, form, of_file, of_reader, is_spanish
):
    put_figures(session, condition, 1, {"world": 210, "DE": 85})
    selection = export_figures.select_figures(session, [SLUG], Geography.COUNTRY, language=of_file)
    with use_locale(of_reader):
        path = export_figures.write_file(session, config, selection, form)
    try:
        left = set(english_in(text_of(path))) - FOR_PROGRAMS
    finally:
        shutil.rmtree(path.parent)

    assert (left == set()) is is_spanish, left


def test_a_file_that_everybody_may_cache_is_in_the_language_of_its_address(session, spaniard, condition):
    put_figures(session, condition, 1, {"world": 210})
    address = f"/api/v1/releases/1/figures.csv?condition={SLUG}"

    for query, is_spanish in (("", False), ("&language=es", True)):
        with spaniard.get(address + query) as answer:
            assert (set(english_in(answer.text)) <= FOR_PROGRAMS) is is_spanish


def test_a_sentence_that_was_forgotten_is_found(client):
    assert "Sources and licences" in english_in(words_of(client.get("/sources").text))
    assert "You can try again in about %(number)s hours." in english_in("You can try again in about three hours.")
    assert english_in("Puede intentarlo de nuevo.") == []
