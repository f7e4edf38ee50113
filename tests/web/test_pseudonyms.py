"""The names that others see: most of what people are called, and nothing that could deceive."""

import pytest
from flask import Flask

from mapservice.config import Config
from mapservice.web import pseudonyms
from tests import frontdoor
from tests.accounts import new_member, sign_in


@pytest.fixture
def app(config: Config, connection) -> Flask:
    return frontdoor.service(config, connection)


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        "x" * 41,
        "alice@example.org",
        "a＠b.example",
        "Al\u200bice",
        "\u202eecilA",
        "Al\u2066ice\u2069",
        "Al\u200dice",
        "\u3164",
        "Alice\u0000",
        "Alice\nBob",
        "\u0301Alice",
        "A" + "\u0301\u0302\u0303\u0304\u0305\u0306",
        "\U000e0041lice",
        "\ue000",
        "...",
        "A\ufe01lice",
        "\u2800\u2800",
    ],
)
def test_names_that_are_refused(app, name):
    with app.test_request_context():
        assert pseudonyms.problem(pseudonyms.usual_form(name))


@pytest.mark.parametrize(
    "name",
    [
        "Alice",
        "Zoë 3",
        "محمد",
        "می\u200cروم",
        "דוד",
        "张伟",
        "Đặng Thị",
        "क्\u200dष",
        "👩\u200d🚀",
        "O'Neil-K.",
        "❤\ufe0f",
        "x" * 40,
    ],
)
def test_names_that_are_taken(app, name):
    with app.test_request_context():
        assert pseudonyms.problem(pseudonyms.usual_form(name)) is None


def test_a_name_is_shown_as_text(client, session):
    bob = new_member(session, "bob@example.org", pseudonym="<b onx=1>Bob</b>")
    sign_in(client, bob)

    assert "<b onx" not in client.get("/account").text
