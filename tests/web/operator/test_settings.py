"""The name, the contact and the colours of the service, as an admin edits them."""

import pytest
from sqlalchemy import select

from mapservice.store.figures import audit_log
from mapservice.store.figures.audit_log import Act
from mapservice.store.tables import Mail
from testing.accounts import fill_in, post, sign_in

PATH = "/admin/service/"

FIELDS = {"name": "Map of ours", "contact": "help@example.org", "colour": "#7f6600", "colour_dark": ""}


@pytest.fixture
def as_dan(client, dan):
    sign_in(client, dan)
    return client


def changes(session) -> list[str]:
    return sorted(line.subject for line in audit_log.entries(session, Act.CHANGE, limit=50, offset=0)[1])


def test_a_change_is_on_every_page_at_once_also_on_those_kept_in_memory(app, as_dan):
    visitor = app.test_client()
    kept = "/conditions/acute-lymphoblastic-leukaemia"
    before = [visitor.get(path).text for path in ("/", kept, kept)]
    assert all("Mapservice" in text for text in before)

    saved = post(as_dan, PATH, FIELDS)

    assert saved.status_code == 303, saved.text
    for path in ("/", kept, "/privacy", f"{kept}/embed"):
        page = visitor.get(path).text
        assert "Map of ours</title>" in page, path
        assert "Mapservice" not in page, path
        assert "/look/colours/7f6600-" in page, path
    assert "help@example.org" in visitor.get("/privacy").text
    assert visitor.get("/manifest.webmanifest").json["name"] == "Map of ours"
    assert visitor.get("/api/v1/openapi.json").json["info"]["title"].startswith("Map of ours")


def test_the_log_says_what_was_changed_and_never_what_was_written(session, as_dan):
    post(as_dan, PATH, FIELDS)
    post(as_dan, PATH, FIELDS)
    page = as_dan.get("/admin/service/changes").text

    assert changes(session) == ["colour", "contact", "name"]
    assert "Dan" in page
    assert "help@example.org" not in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("colour", "#ffcc00", "The nearest that works is #7f6600"),
        ("colour_dark", "#0d5656", "too dark to read on our dark background"),
        ("colour", "teal", "Enter a colour as #"),
        ("contact", "nobody", "correct format"),
        ("name", "x" * 61, "at most 60 characters"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_stays_in_the_form(session, as_dan, field, value, words):
    answer = post(as_dan, PATH, {**FIELDS, field: value})

    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{value}"' in answer.text
    assert 'value="Map of ours"' in answer.text or field == "name"
    assert changes(session) == []


def test_the_styles_have_the_colour_for_light_and_a_lighter_one_for_dark(app, as_dan):
    post(as_dan, PATH, FIELDS)
    address = app.test_client().get("/").text.partition('href="/look/colours/')[2].partition('"')[0]
    styles = app.test_client().get(f"/look/colours/{address}")

    assert "--accent:#7f6600" in styles.text
    assert "immutable" in styles.headers["Cache-Control"]
    assert styles.mimetype == "text/css"


@pytest.mark.parametrize("address", ["red-blue", "0d5656-", "0D5656-84d3c9", "0d5656-84d3c9}x"])
def test_no_other_styles_exist(client, address):
    assert client.get(f"/look/colours/{address}.css").status_code == 404


def test_an_old_password_is_asked_for_again(app, session, dan):
    client = app.test_client()
    sign_in(client, dan, is_fresh=False)

    answer = post(client, PATH, FIELDS)

    assert answer.status_code == 403
    assert "step_up_password" in answer.text
    assert changes(session) == []


@pytest.mark.parametrize(("name", "is_named"), [("Map of ours", True), ("Leukaemia Friends", False)])
def test_never_puts_a_name_with_a_condition_into_an_e_mail_or_onto_a_phone(app, session, as_dan, name, is_named):
    post(as_dan, PATH, {**FIELDS, "name": name})
    fill_in(app.test_client(), "/sign-up", email="new@example.org")

    body = session.scalars(select(Mail.body).where(Mail.recipient == "new@example.org")).one()
    page = as_dan.get(PATH).text

    assert (name in body) is is_named
    assert ("An e-mail with it would tell other people" in page) is not is_named


def test_a_member_cannot_take_the_name_of_the_service(as_dan, as_alice):
    post(as_dan, PATH, FIELDS)

    answer = post(as_alice, "/account/name", {"pseudonym": "Map of ours"})

    assert answer.status_code == 422 or "name of this site" in answer.text
